/// How the surface crosses a cube, for each of the 256 patterns of corners inside the body.
///
/// Corner c sits at (c & 1, (c >> 1) & 1, c >> 2). The method is marching cubes (Lorensen & Cline 1987, Computer
/// Graphics 21(4)), but the table is derived here instead of listed: on every face of the cube the crossed edges are joined by
/// segments, and the segments of the six faces link up into closed loops, which are then cut into triangles. On a face
/// with two diagonal corners inside, the segments keep these corners apart. Both cubes at a face see the same four
/// corners and so draw the same segments in opposite directions: the surface is closed by construction.
///
/// A loop is cut along no line that lies in a face of the cube, where the neighbour could draw it too and an edge of four
/// triangles would arise. Where no such cut exists the loop becomes a fan around its centre.
struct MarchingCubesTable: Sendable {
  /// The two corners of each of the 12 edges, lower corner first. Edges 0-3 run along x, 4-7 along y, 8-11 along z.
  static let edgeCorners: [(Int, Int)] = (0..<3).flatMap { axis in
    (0..<8).filter { $0 & (1 << axis) == 0 }.map { ($0, $0 | 1 << axis) }
  }

  struct Pattern: Sendable {
    /// Edges in loop order; a centre point is wanted where `fanned`.
    var loops: [(edges: [Int], fanned: Bool)] = []
    /// Three entries per triangle: an edge (0..<12), or 12 + the index of the fanned loop whose centre it is.
    var triangles: [Int] = []
  }

  let patterns: [Pattern]

  static let shared = MarchingCubesTable()

  private init() { patterns = (0..<256).map(Self.pattern) }

  /// Corners of the six faces, counter-clockwise seen from outside the cube.
  private static let faces: [[Int]] = [
    [0, 4, 6, 2], [1, 3, 7, 5], [0, 1, 5, 4], [2, 6, 7, 3], [0, 2, 3, 1], [4, 5, 7, 6],
  ]

  private static func edge(_ a: Int, _ b: Int) -> Int {
    edgeCorners.firstIndex { $0 == (min(a, b), max(a, b)) }!
  }

  private static func pattern(_ inside: Int) -> Pattern {
    // From edge to edge, the body on the left seen from outside the cube: loops then run counter-clockwise around the outward normal.
    var next = [Int](repeating: -1, count: 12)
    for face in faces {
      for i in 0..<4 {
        // Walking counter-clockwise, the boundary enters the body between corners i and i + 1 ...
        guard inside >> face[i] & 1 == 0, inside >> face[(i + 1) % 4] & 1 == 1 else { continue }
        // ... and leaves it at the first corner outside; the segment cuts off the corners in between.
        var j = i + 1
        while inside >> face[(j + 1) % 4] & 1 == 1 { j += 1 }
        let entry = edge(face[i], face[(i + 1) % 4]), exit = edge(face[j % 4], face[(j + 1) % 4])
        next[entry] = exit
      }
    }
    var result = Pattern()
    var visited = [Bool](repeating: false, count: 12)
    for start in 0..<12 where next[start] >= 0 && !visited[start] {
      var loop: [Int] = []
      var e = start
      while !visited[e] {
        visited[e] = true
        loop.append(e)
        e = next[e]
      }
      if let cut = triangulation(loop) {
        result.loops.append((loop, false))
        result.triangles += cut
      } else {
        let centre = 12 + result.loops.count
        result.loops.append((loop, true))
        for i in loop.indices { result.triangles += [loop[i], loop[(i + 1) % loop.count], centre] }
      }
    }
    return result
  }

  private static func shareFace(_ a: Int, _ b: Int) -> Bool {
    let (p, q) = edgeCorners[a], (r, s) = edgeCorners[b]
    return faces.contains { face in [p, q, r, s].allSatisfy(face.contains) }
  }

  /// Cuts off one corner after the other along lines that lie in no face; nil where that is impossible.
  private static func triangulation(_ loop: [Int]) -> [Int]? {
    if loop.count == 3 { return loop }
    for i in loop.indices {
      let a = loop[(i + loop.count - 1) % loop.count], b = loop[i], c = loop[(i + 1) % loop.count]
      if shareFace(a, c) { continue }
      var rest = loop
      rest.remove(at: i)
      if let others = triangulation(rest) { return [a, b, c] + others }
    }
    return nil
  }
}
