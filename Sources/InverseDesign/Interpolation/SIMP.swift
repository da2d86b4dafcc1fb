#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Solid isotropic material with penalisation, in its modified form: E = Emin + rho^p (E0 - Emin).
///
/// Bendsøe & Sigmund, Arch. Appl. Mech. 69 (1999) 635; the form with Emin: Sigmund, Struct. Multidisc. Optim. 33 (2007)
/// 401. Density below zero, which an undershooting filter may yield, counts as zero.
public struct SIMP: PointwiseTransform {
  /// The exponent p; at least one.
  public var penalty: Double
  /// E0, in the unit of the modulus (Pa for elasticity, W/(m K) for conduction).
  public var modulus: Double
  /// Emin / E0.
  public var minimumModulusRatio: Double

  public init(penalty: Double = 3, modulus: Double = 1, minimumModulusRatio: Double = 1e-9) {
    self.penalty = penalty
    self.modulus = modulus
    self.minimumModulusRatio = minimumModulusRatio
  }

  public func value(at density: Double) -> Double {
    let floor = minimumModulusRatio * modulus
    return floor + Self.power(max(0, density), penalty) * (modulus - floor)
  }

  public func slope(at density: Double) -> Double {
    if density < 0 { return 0 }
    return penalty * Self.power(density, penalty - 1) * (modulus - minimumModulusRatio * modulus)
  }

  /// The usual exponents without the library's `pow`, which costs twenty times as much.
  @inline(__always)
  private static func power(_ x: Double, _ exponent: Double) -> Double {
    if exponent == 3 { return x * x * x }
    if exponent == 2 { return x * x }
    if exponent == 1 { return x }
    return pow(x, exponent)
  }
}
