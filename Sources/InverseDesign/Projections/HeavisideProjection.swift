#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// A smooth step that pushes filtered densities toward 0 and 1:
/// y = (tanh(beta eta) + tanh(beta (x - eta))) / (tanh(beta eta) + tanh(beta (1 - eta))).
///
/// Wang, Lazarov & Sigmund, Struct. Multidisc. Optim. 43 (2011) 767, eq. (9). It maps 0 to 0 and 1 to 1. Raise `beta`
/// in steps during a run (continuation): a steep projection from the start stops at poor designs.
public struct HeavisideProjection: PointwiseTransform {
  /// Steepness; near zero the projection is the identity.
  public let beta: Double
  /// The density that splits void from solid; the step narrows around it.
  public let eta: Double
  /// tanh(beta eta), and one over the denominator.
  private let low: Double
  private let scale: Double

  public init(beta: Double = 1, eta: Double = 0.5) {
    self.beta = beta
    self.eta = eta
    low = tanh(beta * eta)
    scale = 1 / (low + tanh(beta * (1 - eta)))
  }

  public func value(at x: Double) -> Double {
    abs(beta) < 1e-8 ? x : (low + tanh(beta * (x - eta))) * scale
  }

  public func slope(at x: Double) -> Double {
    if abs(beta) < 1e-8 { return 1 }
    let t = tanh(beta * (x - eta))
    return beta * (1 - t * t) * scale
  }
}
