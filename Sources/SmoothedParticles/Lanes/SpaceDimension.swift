/// The number of axes that a pair loop works on, known when compiling so that the third costs nothing in the plane.
protocol SpaceDimension: Sendable {
  static var count: Int { get }
}

/// Two axes; one axis is a plane whose second coordinate is zero.
enum Plane: SpaceDimension {
  @inline(__always) static var count: Int { 2 }
}

/// Three axes.
enum Space: SpaceDimension {
  @inline(__always) static var count: Int { 3 }
}

/// A vector in space for each of several neighbours.
struct LaneVector<L: PairLanes, D: SpaceDimension> {
  var x: L
  var y: L
  var z: L

  @inline(__always) init(x: L, y: L, z: L) {
    self.x = x
    self.y = y
    self.z = z
  }

  @inline(__always) static var zero: Self { Self(x: .zero, y: .zero, z: .zero) }

  @inline(__always) func dot(_ other: Self) -> L {
    let plane = L.fused(x * other.x, y, other.y)
    return D.count == 3 ? L.fused(plane, z, other.z) : plane
  }

  /// |self|² + `offset`
  @inline(__always) func square(plus offset: L) -> L {
    let plane = L.fused(L.fused(offset, x, x), y, y)
    return D.count == 3 ? L.fused(plane, z, z) : plane
  }

  @inline(__always) static func - (a: Self, b: Self) -> Self {
    Self(x: a.x - b.x, y: a.y - b.y, z: D.count == 3 ? a.z - b.z : .zero)
  }

  @inline(__always) static func + (a: Self, b: Self) -> Self {
    Self(x: a.x + b.x, y: a.y + b.y, z: D.count == 3 ? a.z + b.z : .zero)
  }

  @inline(__always) static func * (a: Self, b: L) -> Self {
    Self(x: a.x * b, y: a.y * b, z: D.count == 3 ? a.z * b : .zero)
  }

  /// Adds `direction * factor`.
  @inline(__always) mutating func add(_ direction: Self, scaledBy factor: L) {
    x = L.fused(x, direction.x, factor)
    y = L.fused(y, direction.y, factor)
    if D.count == 3 { z = L.fused(z, direction.z, factor) }
  }
}
