import Foundation

/// Rotations in space as unit quaternions (x, y, z, w), with the derivatives that an adjoint needs.
enum Quaternion {
  typealias Vector = SIMD3<Double>

  /// The rotation by |φ| about φ.
  static func rotation(_ phi: Vector) -> SIMD4<Double> {
    let half = (phi * phi).sum().squareRoot() / 2
    return SIMD4(phi * (sinc(half) / 2), cos(half))
  }

  /// From the seed on `rotation(phi)` to that on phi.
  static func pullRotation(_ seed: SIMD4<Double>, at phi: Vector) -> Vector {
    let half = (phi * phi).sum().squareRoot() / 2
    let along = (phi * seed.vector).sum()
    return seed.vector * (sinc(half) / 2) + phi * (along * sincSlope(half) / 8 - seed.w * sinc(half) / 4)
  }

  /// First q, then p.
  static func product(_ p: SIMD4<Double>, _ q: SIMD4<Double>) -> SIMD4<Double> {
    SIMD4(
      p.w * q.vector + q.w * p.vector + cross(p.vector, q.vector), p.w * q.w - (p.vector * q.vector).sum())
  }

  /// From the seed on `product(p, q)` to those on p and q.
  static func pullProduct(_ seed: SIMD4<Double>, _ p: SIMD4<Double>, _ q: SIMD4<Double>) -> (
    p: SIMD4<Double>, q: SIMD4<Double>
  ) {
    let s = seed.vector
    return (
      SIMD4(
        q.w * s + cross(q.vector, s) - seed.w * q.vector, (s * q.vector).sum() + seed.w * q.w),
      SIMD4(
        p.w * s + cross(s, p.vector) - seed.w * p.vector, (s * p.vector).sum() + seed.w * p.w)
    )
  }

  static func matrix(_ q: SIMD4<Double>) -> Matrix3 {
    let (x, y, z, w) = (q.x, q.y, q.z, q.w)
    return Matrix3(
      x: SIMD3(1 - 2 * (y * y + z * z), 2 * (x * y + z * w), 2 * (x * z - y * w)),
      y: SIMD3(2 * (x * y - z * w), 1 - 2 * (x * x + z * z), 2 * (y * z + x * w)),
      z: SIMD3(2 * (x * z + y * w), 2 * (y * z - x * w), 1 - 2 * (x * x + y * y)))
  }

  /// From the seed on `matrix(q)` to that on q.
  static func pullMatrix(_ s: Matrix3, at q: SIMD4<Double>) -> SIMD4<Double> {
    let (x, y, z, w) = (q.x, q.y, q.z, q.w)
    let xy = s.y.x + s.x.y, xz = s.z.x + s.x.z, yz = s.z.y + s.y.z
    let turnX = s.y.z - s.z.y, turnY = s.z.x - s.x.z, turnZ = s.x.y - s.y.x
    return SIMD4(
      2 * (y * xy + z * xz + w * turnX) - 4 * x * (s.y.y + s.z.z),
      2 * (x * xy + z * yz + w * turnY) - 4 * y * (s.x.x + s.z.z),
      2 * (x * xz + y * yz + w * turnZ) - 4 * z * (s.x.x + s.y.y),
      2 * (z * turnZ + y * turnY + x * turnX))
  }

  private static func sinc(_ a: Double) -> Double { a < 1e-4 ? 1 - a * a / 6 : sin(a) / a }

  /// sinc'(a)/a
  private static func sincSlope(_ a: Double) -> Double {
    a < 1e-2 ? -1 / 3 + a * a / 30 - a * a * a * a / 840 : (cos(a) - sin(a) / a) / (a * a)
  }
}

extension SIMD4<Double> {
  var vector: SIMD3<Double> { SIMD3(x, y, z) }
  init(_ vector: SIMD3<Double>, _ w: Double) { self.init(vector.x, vector.y, vector.z, w) }
}
