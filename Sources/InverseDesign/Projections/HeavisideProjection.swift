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
  public var beta: Double
  /// The density that splits void from solid; the step narrows around it.
  public var eta: Double

  public init(beta: Double = 1, eta: Double = 0.5) {
    self.beta = beta
    self.eta = eta
  }

  public func value(at x: Double) -> Double {
    if abs(beta) < 1e-8 { return x }
    let low = tanh(beta * eta)
    return (low + tanh(beta * (x - eta))) / (low + tanh(beta * (1 - eta)))
  }

  public func slope(at x: Double) -> Double {
    if abs(beta) < 1e-8 { return 1 }
    let t = tanh(beta * (x - eta))
    return beta * (1 - t * t) / (tanh(beta * eta) + tanh(beta * (1 - eta)))
  }
}
