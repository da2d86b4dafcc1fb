import Foundation

/// Correlations that close the two-equation integral boundary layer: shape parameters, friction, dissipation and
/// amplification as functions of the kinematic shape factor H_k, the Reynolds number Re_θ and the Mach number squared.
///
/// References: Drela & Giles, AIAA J. 25 (1987); Drela (1989), with the coefficients in use since version 6 of that
/// code, as collected by Fidkowski, AIAA J. 60 (2022), appendix A.
enum Closures<Lanes: SIMD & Sendable> where Lanes.Scalar == Double {
  typealias Number = Dual<Lanes>

  /// H_k of the shape factor and the Mach number squared (Whitfield).
  @inline(__always)
  static func kinematicShape(_ h: Number, _ machSquared: Number) -> Number {
    (h - 0.29 * machSquared) / (1 + 0.113 * machSquared)
  }

  /// The density shape parameter H**.
  @inline(__always)
  static func densityShape(_ hk: Number, _ machSquared: Number) -> Number {
    if machSquared.value == 0 { return Number(0) }
    return machSquared * (0.064 / (hk - 0.8) + 0.251)
  }

  /// The kinetic energy shape parameter H* of a laminar layer.
  @inline(__always)
  static func laminarEnergyShape(_ hk: Number) -> Number {
    let t = hk - 4.35
    if hk.value < 4.35 {
      return (0.0111 * t.squared - 0.0278 * (t.squared * t)) / (hk + 1) + 1.528 - 0.0002 * (t * hk).squared
    }
    return 0.015 * t.squared / hk + 1.528
  }

  /// The friction coefficient of a laminar layer.
  @inline(__always)
  static func laminarFriction(_ hk: Number, _ rt: Number) -> Number {
    if hk.value < 5.5 {
      let t = 5.5 - hk
      return (0.0727 * (t.squared * t) / (hk + 1) - 0.07) / rt
    }
    let t = 1 - 1 / (hk - 4.5)
    return (0.015 * t.squared - 0.07) / rt
  }

  /// The dissipation coefficient of a laminar layer, 2 C_D / H*.
  @inline(__always)
  static func laminarDissipation(_ hk: Number, _ rt: Number) -> Number {
    let t = 4 - hk
    if t.value > 0 {
      // t^5.5
      let second = t.squared
      return (0.00205 * (second.squared * t * t.squareRoot) + 0.207) / rt
    }
    let second = t.squared
    return (0.207 - 0.0016 * second / (1 + 0.02 * second)) / rt
  }

  /// The dissipation coefficient of a laminar wake.
  @inline(__always)
  static func laminarWakeDissipation(_ hk: Number, _ rt: Number) -> Number {
    let dissipation = 1.1 * (1 - 1 / hk).squared / hk
    return 2 * dissipation / (laminarEnergyShape(hk) * rt)
  }

  /// The kinetic energy shape parameter H* of a turbulent layer, also from ln Re_θ.
  @inline(__always)
  static func turbulentEnergyShape(
    _ hk: Number, _ rt: Number, _ logarithm: Number, _ machSquared: Number
  ) -> Number {
    let least = 1.5, growth = 0.015
    let bounded = rt.atLeast(200)
    let h0 = rt.value > 400 ? 3 + 400 / rt : Number(4)
    let base = least + 4 / bounded
    var result: Number
    if hk.value < h0.value {
      let ratio = (h0 - hk) / (h0 - 1)
      result = (2 - base) * ratio.squared * (1.5 / (hk + 0.5)) + base
    } else {
      let logarithm = rt.value < 200 ? Number(log(200)) : logarithm
      let excess = hk - h0
      let shifted = excess + 4 / logarithm
      result = excess.squared * (0.007 * logarithm / shifted.squared + growth / hk) + base
    }
    if machSquared.value != 0 { result = (result + 0.028 * machSquared) / (1 + 0.014 * machSquared) }
    return result
  }

  /// The friction coefficient of a turbulent layer (Swafford), from ln Re_θ.
  @inline(__always)
  static func turbulentFriction(_ hk: Number, _ logReynolds: Number, _ machSquared: Number) -> Number {
    let compressible = machSquared.value != 0
    let factor = compressible ? (1 + 0.2 * machSquared).squareRoot : Number(1)
    let logarithm = (compressible ? logReynolds - factor.logarithm : logReynolds).atLeast(3)
    let exponent = -1.74 - 0.31 * hk
    let decay = (-1.33 * hk).atLeast(-20)
    // 0.3 exp(-1.33 H) log10(Re)^exponent
    let main = 0.3 * (decay + exponent * (logarithm / 2.3026).logarithm).exponential
    let result = main + 1.1e-4 * ((4 - hk / 0.875).hyperbolicTangent - 1)
    return compressible ? result / factor : result
  }

  /// The slip velocity of the outer layer.
  @inline(__always)
  static func slipVelocity(_ hs: Number, _ hk: Number, _ h: Number, wake: Bool) -> Number {
    let us = 0.5 * hs * (1 - (hk - 1) / (0.75 * h))
    if wake { return us.value > 0.99995 ? Number(0.99995) : us }
    return us.value > 0.95 ? Number(0.98) : us
  }

  /// The root of the shear stress coefficient in equilibrium.
  @inline(__always)
  static func equilibriumShear(
    _ hs: Number, _ us: Number, _ h: Number, _ hk: Number, _ rt: Number, wake: Bool
  ) -> Number {
    let inner = wake ? hk - 1 : (hk - 1 - 18 / rt).atLeast(0.01)
    // 0.5 / (6.7² 0.75)
    let constant = 0.5 / (6.7 * 6.7 * 0.75)
    return (constant * hs * (hk - 1) * inner.squared / ((1 - us) * h * hk.squared)).squareRoot
  }

  /// The rate dN/ds of the envelope of the most amplified waves, θ in chords, from ln Re_θ.
  @inline(__always)
  static func amplificationRate(_ hk: Number, _ theta: Number, _ logReynolds: Number) -> Number {
    let inverse = 1 / (hk - 1)
    let critical = 2.492 * inverse.power(0.43) + 0.7 * ((14 * inverse - 9.24).hyperbolicTangent + 1)
    let logarithm = logReynolds / 2.302585092994046
    let width = 0.08
    let place = (logarithm - critical + width) / (2 * width)
    if place.value <= 0 { return Number(0) }
    let ramp = place.value >= 1 ? Number(1) : place.squared * (3 - 2 * place)
    let offset = 3.87 * inverse - 2.52
    let slope = 0.028 * (hk - 1) - 0.0345 * (-offset.squared).exponential
    // Fidkowski (2022) adds 0.1 exp(-20 / (H_k - 1)). XFOIL 6.99 does not: the term shortens bubbles at a leading edge, where
    // H_k passes ten, and with them the drag before stall.
    let growth = -0.05 + 2.7 * inverse - 5.5 * inverse.squared + 3 * (inverse.squared * inverse)
    return growth * slope / theta * ramp
  }

  /// The rate over an interval from those at its ends: the root of their mean square, and near the critical N a little
  /// that never vanishes.
  /// - Parameters:
  ///   - thickness: θ₁ + θ₂.
  ///   - amplification: The mean of N.
  @inline(__always)
  static func meanAmplificationRate(
    _ rate1: Number, _ rate2: Number, thickness: Number, mean amplification: Number, critical: Number
  ) -> Number {
    let squares = 0.5 * (rate1.squared + rate2.squared)
    let mean = squares.value > 0 ? squares.squareRoot : Number(0)
    let short = 20 * (critical - amplification)
    if short.value >= 20 { return mean + 0.002 * Foundation.exp(-20) / thickness }
    let nearness = short.value <= 0 ? Number(1) : (-short).exponential
    return mean + 0.002 * nearness / thickness
  }
}
