/// Rational approximation of material properties: E = Emin + rho / (1 + q (1 - rho)) (E0 - Emin).
///
/// Stolpe & Svanberg, Struct. Multidisc. Optim. 22 (2001) 116. Unlike SIMP its slope at zero density is not zero.
public struct RAMP: PointwiseTransform {
  /// The parameter q; not negative. Zero is linear interpolation.
  public var penalty: Double
  /// E0, in the unit of the modulus.
  public var modulus: Double
  /// Emin / E0.
  public var minimumModulusRatio: Double

  public init(penalty: Double = 8, modulus: Double = 1, minimumModulusRatio: Double = 1e-9) {
    self.penalty = penalty
    self.modulus = modulus
    self.minimumModulusRatio = minimumModulusRatio
  }

  public func value(at density: Double) -> Double {
    let floor = minimumModulusRatio * modulus
    let density = max(0, density)
    return floor + density / (1 + penalty * (1 - density)) * (modulus - floor)
  }

  public func slope(at density: Double) -> Double {
    if density < 0 { return 0 }
    let denominator = 1 + penalty * (1 - density)
    return (1 + penalty) / (denominator * denominator) * (modulus - minimumModulusRatio * modulus)
  }
}
