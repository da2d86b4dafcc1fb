/// A surface of triangles in space; corners counter-clockwise seen from outside.
public struct TriangleSurface: Sendable, Hashable {
  /// In m.
  public var vertices: [SIMD3<Double>]
  /// Indices of the corners.
  public var triangles: [SIMD3<Int32>]

  public init(vertices: [SIMD3<Double>] = [], triangles: [SIMD3<Int32>] = []) {
    self.vertices = vertices
    self.triangles = triangles
  }

  public var isEmpty: Bool { triangles.isEmpty }

  /// The corners of a triangle, in m.
  public func corners(_ t: SIMD3<Int32>) -> (SIMD3<Double>, SIMD3<Double>, SIMD3<Double>) {
    (vertices[Int(t.x)], vertices[Int(t.y)], vertices[Int(t.z)])
  }

  /// Outward normal whose length is twice the triangle's area, in m².
  public func areaVector(of t: SIMD3<Int32>) -> SIMD3<Double> {
    let (a, b, c) = corners(t)
    return cross(b - a, c - a)
  }

  /// Outward unit normal; zero for a triangle without area.
  public func normal(of t: SIMD3<Int32>) -> SIMD3<Double> { unit(areaVector(of: t)) }

  /// Enclosed volume by the divergence theorem, in m³; positive when the triangles face outward. Closed surfaces only.
  public var volume: Double {
    // Measured from the first vertex: far from the origin the terms would cancel.
    guard let base = vertices.first else { return 0 }
    var sum = 0.0
    for t in triangles {
      let (a, b, c) = corners(t)
      sum += dot(a - base, cross(b - base, c - base))
    }
    return sum / 6
  }

  /// In m².
  public var area: Double {
    triangles.reduce(0) { sum, t in
      let v = areaVector(of: t)
      return sum + dot(v, v).squareRoot() / 2
    }
  }

  /// Lowest and highest coordinates over all vertices; nil for an empty surface.
  public var bounds: (lower: SIMD3<Double>, upper: SIMD3<Double>)? {
    guard var lower = vertices.first else { return nil }
    var upper = lower
    for v in vertices {
      lower = pointwiseMin(lower, v)
      upper = pointwiseMax(upper, v)
    }
    return (lower, upper)
  }

  /// The surface without triangles that name a vertex twice, and without vertices that no triangle names.
  public func compacted() -> TriangleSurface {
    var newIndex = [Int32](repeating: -1, count: vertices.count)
    var result = TriangleSurface()
    result.triangles.reserveCapacity(triangles.count)
    for t in triangles where t.x != t.y && t.y != t.z && t.z != t.x {
      var renamed = SIMD3<Int32>()
      for c in 0..<3 {
        let old = Int(t[c])
        if newIndex[old] < 0 {
          newIndex[old] = Int32(result.vertices.count)
          result.vertices.append(vertices[old])
        }
        renamed[c] = newIndex[old]
      }
      result.triangles.append(renamed)
    }
    return result
  }
}

@inlinable public func dot(_ a: SIMD3<Double>, _ b: SIMD3<Double>) -> Double { (a * b).sum() }

@inlinable public func cross(_ a: SIMD3<Double>, _ b: SIMD3<Double>) -> SIMD3<Double> {
  SIMD3(a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x)
}

/// `v` at length one; zero stays zero.
@inlinable public func unit(_ v: SIMD3<Double>) -> SIMD3<Double> {
  let square = dot(v, v)
  return square > 0 ? v / square.squareRoot() : .zero
}
