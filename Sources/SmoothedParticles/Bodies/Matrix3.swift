/// A 3 x 3 matrix by its columns.
struct Matrix3: Sendable, Equatable {
  var x: SIMD3<Double>
  var y: SIMD3<Double>
  var z: SIMD3<Double>

  static let zero = Matrix3(x: .zero, y: .zero, z: .zero)

  subscript(column: Int) -> SIMD3<Double> {
    get { column == 0 ? x : column == 1 ? y : z }
    set {
      switch column {
      case 0: x = newValue
      case 1: y = newValue
      default: z = newValue
      }
    }
  }

  static func * (a: Matrix3, v: SIMD3<Double>) -> SIMD3<Double> { a.x * v.x + a.y * v.y + a.z * v.z }

  /// The transposed matrix times a vector.
  func transposedTimes(_ v: SIMD3<Double>) -> SIMD3<Double> { SIMD3((x * v).sum(), (y * v).sum(), (z * v).sum()) }

  /// Adds `u vᵀ` times a factor.
  mutating func add(outer u: SIMD3<Double>, _ v: SIMD3<Double>, times factor: Double = 1) {
    x += u * (v.x * factor)
    y += u * (v.y * factor)
    z += u * (v.z * factor)
  }

  /// - Precondition: invertible.
  var inverse: Matrix3 {
    let a = cross(y, z), b = cross(z, x), c = cross(x, y)
    let scale = 1 / (x * a).sum()
    // Rows of the inverse.
    return Matrix3(
      x: SIMD3(a.x, b.x, c.x) * scale, y: SIMD3(a.y, b.y, c.y) * scale, z: SIMD3(a.z, b.z, c.z) * scale)
  }
}

func cross(_ a: SIMD3<Double>, _ b: SIMD3<Double>) -> SIMD3<Double> {
  SIMD3(a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x)
}
