import Foundation

/// The pull between two particles at distance r, which is a push within half the support's radius H:
/// C(r) = c (t³ q³ + [q < 1/2] (t³ q³ - 1/64)) with q = r/H and t = 1 - q. Akinci, Akinci, Teschner (2013), eq. 2.
///
/// c is such that a force V_i V_j C(r) between particles that fill space evenly up to a plane gives it unit surface tension:
/// half the work that separates two halves of space, (1/3) ∫ C r³ dr = 1 in the plane and (π/8) ∫ C r⁴ dr = 1 in space.
struct CohesionSpline<L: PairLanes> {
  let inverseSupport: L.Scalar
  /// c, and c over the support.
  let factor: L.Scalar
  let slopeFactor: L.Scalar

  init(support: Double, dimension: Int) {
    inverseSupport = L.Scalar(1 / support)
    let c = Self.normalization(dimension: dimension) / pow(support, Double(dimension + 2))
    factor = L.Scalar(c)
    slopeFactor = L.Scalar(c / support)
  }

  /// c for a support of one.
  static func normalization(dimension: Int) -> Double {
    // The line has no surface tension; there c is that of the plane.
    let power = dimension > 2 ? 4.0 : 3.0, pieces = 4000
    var sum = 0.0
    for k in 0..<pieces {
      let q = (Double(k) + 0.5) / Double(pieces), lobe = pow((1 - q) * q, 3)
      sum += (q < 0.5 ? 2 * lobe - 1 / 64.0 : lobe) * pow(q, power) / Double(pieces)
    }
    return dimension > 2 ? 8 / (.pi * sum) : 3 / sum
  }

  @inline(__always) func value(_ r: L) -> L {
    let q = r * L.broadcast(inverseSupport), one = L.broadcast(1)
    let product = L.larger(one - q, .zero) * q
    let lobe = product * product * product
    let isNear = (L.broadcast(0.5) - q).isPositive
    return L.broadcast(factor) * L.fused(lobe, isNear, lobe - L.broadcast(1.0 / 64))
  }

  /// dC/dr
  @inline(__always) func slope(_ r: L) -> L {
    let q = r * L.broadcast(inverseSupport), one = L.broadcast(1)
    let product = L.larger(one - q, .zero) * q
    let isNear = (L.broadcast(0.5) - q).isPositive
    return L.broadcast(slopeFactor) * L.broadcast(3) * (product * product) * (one - (q + q)) * (one + isNear)
  }
}
