extension TriangleSurface {
  /// Whether a surface bounds a body: what a 3D printer needs.
  public struct Closedness: Sendable, Hashable {
    /// Edges with one triangle only: holes.
    public var openEdges = 0
    /// Edges with more than two triangles: two bodies that touch along a line.
    public var crowdedEdges = 0
    /// Edges whose two triangles run the same way: one of them faces inward.
    public var flippedEdges = 0
    /// Triangles that name a vertex twice.
    public var degenerateTriangles = 0

    /// Every edge has exactly two triangles, which run along it in opposite directions.
    public var isClosed: Bool {
      openEdges == 0 && crowdedEdges == 0 && flippedEdges == 0 && degenerateTriangles == 0
    }
  }

  /// Counts what keeps the surface from being closed and oriented. The empty surface is closed.
  public var closedness: Closedness {
    var result = Closedness()
    // Lower vertex, higher vertex, direction in one key; equal edges are neighbours after sorting.
    var keys: [UInt64] = []
    keys.reserveCapacity(3 * triangles.count)
    for t in triangles {
      if t.x == t.y || t.y == t.z || t.z == t.x { result.degenerateTriangles += 1 }
      for (a, b) in [(t.x, t.y), (t.y, t.z), (t.z, t.x)] where a != b {
        keys.append(UInt64(min(a, b)) << 33 | UInt64(max(a, b)) << 1 | (a < b ? 0 : 1))
      }
    }
    keys.sort()
    var i = 0
    while i < keys.count {
      var end = i, upward = 0
      while end < keys.count && keys[end] >> 1 == keys[i] >> 1 {
        upward += keys[end] & 1 == 0 ? 1 : 0
        end += 1
      }
      switch end - i {
      case 1: result.openEdges += 1
      case 2: result.flippedEdges += upward == 1 ? 0 : 1
      default: result.crowdedEdges += 1
      }
      i = end
    }
    return result
  }
}
