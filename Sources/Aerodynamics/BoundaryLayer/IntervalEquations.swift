import Foundation

/// The three equations between a station and the one before: amplification or shear lag, momentum, shape.
///
/// Derivatives have lanes for whatever the caller varies: sixteen where both stations do, eight for the first and eight for
/// the second; four where a march seeks the second. Momentum and shape are differences of logarithms, so that the equations of parts of an interval add up. Reference: Drela & Giles (1987),
/// equations 3 to 8 and 22; Drela (1989), section 3.
struct IntervalEquations<Lanes: SIMD & Sendable> where Lanes.Scalar == Double {
  typealias Number = Dual<Lanes>
  typealias Closure = Closures<Lanes>

  /// Of amplification where the layer is laminar, of the shear stress elsewhere.
  var lag: Number
  var momentum: Number
  var shape: Number

  /// The growth of the amplification over a laminar interval, N₂ - N₁ - (dN/ds) Δs.
  @inline(__always)
  static func amplification(_ s1: Station<Lanes>, _ s2: Station<Lanes>, critical: Number) -> Number {
    let rate = Closure.meanAmplificationRate(
      s1.amplificationRate, s2.amplificationRate, thickness: s1.theta + s2.theta, mean: 0.5 * (s1.shear + s2.shear),
      critical: critical)
    return s2.shear - s1.shear - rate * (s2.distance - s1.distance)
  }

  /// The equations of a whole interval in one regime. The lag of a laminar one is left to the caller.
  @inline(__always)
  init(_ s1: Station<Lanes>, _ s2: Station<Lanes>, _ regime: Regime) {
    let logX = (s2.distance / s1.distance).logarithm
    let logU = (s2.velocity / s1.velocity).logarithm
    let logTheta = (s2.theta / s1.theta).logarithm
    let logHs = (s2.hs / s1.hs).logarithm
    // Upwinding follows changes of the shape factor.
    let ratio = (s2.hk - 1) / (s1.hk - 1)
    let change = ratio.logarithm
    let squared = change.squared.atMost(15)
    let steepness = (regime == .wake ? 1.0 : 5.0) / s2.hk.squared
    let upwind = 1 - 0.5 * (-squared * steepness).exponential
    let down = 1 - upwind

    let h = 0.5 * (s1.h + s2.h)
    let machSquared = 0.5 * (s1.machSquared + s2.machSquared)
    let x = 0.5 * (s1.distance + s2.distance), theta = 0.5 * (s1.theta + s2.theta)
    let dead = regime == .wake ? 0.5 * (s1.gap / s1.theta + s2.gap / s2.theta) : Number(0)
    let xt1 = s1.distance / s1.theta, xt2 = s2.distance / s2.theta

    let hkm = 0.5 * (s1.hk + s2.hk), rtm = 0.5 * (s1.rt + s2.rt)
    switch regime {
    case .wake:
      momentum = logTheta + (h + 2 - machSquared + dead) * logU
    case .laminar, .turbulent:
      var middle = Closure.laminarFriction(hkm, rtm)
      if regime == .turbulent { middle = Closure.turbulentFriction(hkm, rtm.logarithm, machSquared).larger(middle) }
      let friction = 0.5 * middle * x / theta + 0.25 * (s1.cf * xt1 + s2.cf * xt2)
      momentum = logTheta + (h + 2 - machSquared) * logU - 0.5 * logX * friction
    }

    let hs = 0.5 * (s1.hs + s2.hs), hc = 0.5 * (s1.hc + s2.hc)
    let dissipation = down * s1.di * xt1 + upwind * s2.di * xt2
    let wall = regime == .wake ? Number(0) : down * s1.cf * xt1 + upwind * s2.cf * xt2
    shape = logHs + (2 * hc / hs + 1 - h - dead) * logU + logX * (0.5 * wall - dissipation)

    if regime == .laminar {
      lag = Number(0)
    } else {
      let factor = regime == .wake ? 0.9 : 1.0
      let shear = down * s1.shear + upwind * s2.shear
      let equilibrium = down * s1.cq + upwind * s2.cq
      let cf = down * s1.cf + upwind * s2.cf
      let hk = down * s1.hk + upwind * s2.hk
      let us = 0.5 * (s1.us + s2.us), de = 0.5 * (s1.de + s2.de), delta = 0.5 * (s1.delta + s2.delta)
      let inner = regime == .wake ? hk - 1 : (hk - 1 - 18 / rtm).atLeast(0.01)
      let outer = inner / (6.7 * factor * hk)
      let equilibriumSlope = (0.5 * cf - outer.squared) / (0.75 * delta)
      let dx = s2.distance - s1.distance
      let rate = (5.6 * 1.333) / (1 + us)
      let logShear = (s2.shear / s1.shear).logarithm
      lag = rate * (equilibrium - factor * shear) * dx - 2 * de * logShear + 2 * de * (equilibriumSlope * dx - logU)
    }
  }

  /// The equations at the first station, where the layer is that of a stagnation point: u grows with x, θ and δ* do not.
  @inline(__always)
  init(similarityAt s: Station<Lanes>) {
    let xt = s.distance / s.theta
    let friction = s.cf * xt
    lag = s.shear
    momentum = (s.h + 2 - s.machSquared) - 0.5 * friction
    shape = (2 * s.hc / s.hs + 1 - s.h) + (0.5 * friction - s.di * xt)
  }
}
