import CVectorLanes

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

// e^x = 2^n e^r with n the nearest whole number to x / ln 2 and |r| <= ln 2 / 2, where e^r is a Taylor polynomial. n is
// rounded by adding 1.5 times the power of two whose unit is one, which leaves n in the low bits for the exponent.

extension Float: TensorScalar {
  public typealias Lanes = backsolve_floats

  @inline(__always) public static func exponential(_ x: Lanes) -> Lanes {
    let x = larger(Lanes(repeating: -87), smaller(Lanes(repeating: 88), x))
    let magic = Lanes(repeating: 12_582_912)
    let shifted = fused(magic, x, Lanes(repeating: 1.442_695_04))
    let n = shifted - magic
    let r = fused(fused(x, n, Lanes(repeating: -0.693_359_375)), n, Lanes(repeating: 2.121_944_4e-4))
    var p = Lanes(repeating: 1 / 5040)
    p = fused(Lanes(repeating: 1 / 720), p, r)
    p = fused(Lanes(repeating: 1 / 120), p, r)
    p = fused(Lanes(repeating: 1 / 24), p, r)
    p = fused(Lanes(repeating: 1 / 6), p, r)
    p = fused(Lanes(repeating: 0.5), p, r)
    p = fused(Lanes(repeating: 1), p, r)
    p = fused(Lanes(repeating: 1), p, r)
    return p * backsolve_floats_power_of_two(shifted)
  }

  @inline(__always) public static func larger(_ a: Lanes, _ b: Lanes) -> Lanes { backsolve_floats_larger(a, b) }
  @inline(__always) public static func smaller(_ a: Lanes, _ b: Lanes) -> Lanes { backsolve_floats_smaller(a, b) }
  @inline(__always) public static func isPositive(_ a: Lanes) -> Lanes { backsolve_floats_is_positive(a) }
  public static func logarithm(_ x: Float) -> Float { log(x) }
}

extension Double: TensorScalar {
  public typealias Lanes = backsolve_doubles

  @inline(__always) public static func exponential(_ x: Lanes) -> Lanes {
    let x = larger(Lanes(repeating: -708), smaller(Lanes(repeating: 709), x))
    let magic = Lanes(repeating: 6_755_399_441_055_744)
    let shifted = fused(magic, x, Lanes(repeating: 1.442_695_040_888_963_4))
    let n = shifted - magic
    let r = fused(
      fused(x, n, Lanes(repeating: -0.693_147_180_369_123_816_49)), n, Lanes(repeating: -1.908_214_929_270_587_7e-10))
    var p = Lanes(repeating: 1 / 6_227_020_800)
    p = fused(Lanes(repeating: 1 / 479_001_600), p, r)
    p = fused(Lanes(repeating: 1 / 39_916_800), p, r)
    p = fused(Lanes(repeating: 1 / 3_628_800), p, r)
    p = fused(Lanes(repeating: 1 / 362_880), p, r)
    p = fused(Lanes(repeating: 1 / 40_320), p, r)
    p = fused(Lanes(repeating: 1 / 5040), p, r)
    p = fused(Lanes(repeating: 1 / 720), p, r)
    p = fused(Lanes(repeating: 1 / 120), p, r)
    p = fused(Lanes(repeating: 1 / 24), p, r)
    p = fused(Lanes(repeating: 1 / 6), p, r)
    p = fused(Lanes(repeating: 0.5), p, r)
    p = fused(Lanes(repeating: 1), p, r)
    p = fused(Lanes(repeating: 1), p, r)
    return p * backsolve_doubles_power_of_two(shifted)
  }

  @inline(__always) public static func larger(_ a: Lanes, _ b: Lanes) -> Lanes { backsolve_doubles_larger(a, b) }
  @inline(__always) public static func smaller(_ a: Lanes, _ b: Lanes) -> Lanes { backsolve_doubles_smaller(a, b) }
  @inline(__always) public static func isPositive(_ a: Lanes) -> Lanes { backsolve_doubles_is_positive(a) }
  public static func logarithm(_ x: Double) -> Double { log(x) }
}
