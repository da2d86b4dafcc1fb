import Foundation

/// What the layer is at a station: it decides which correlations hold.
enum Regime: Sendable { case laminar, turbulent, wake }

/// The lanes of the derivatives of one station; those of the second of a pair follow by eight.
enum Lane {
  static let shear = 0, theta = 1, delta = 2, velocity = 3, distance = 4, reynolds = 5, mach = 6
  /// The critical amplification on the surface, the gap of the dead air in the wake. For the second of a pair that is
  /// tripped in between, the place of the trip.
  static let extra = 7
}

/// The free stream as the boundary layer sees it.
struct FreeStream<Lanes: SIMD & Sendable>: Sendable where Lanes.Scalar == Double {
  typealias Number = Dual<Lanes>
  let isCompressible: Bool
  /// The factor of Kármán's and Tsien's velocity.
  let karmanTsien: Number
  /// (γ-1) (V∞/h₀) as XFOIL's papers scale it: the inverse of the stagnation enthalpy.
  let inverseEnthalpy: Number
  let stagnationDensity: Number
  /// The Reynolds number by the viscosity at stagnation.
  let reynolds: Number

  /// The ratio of Sutherland's temperature to the temperature at stagnation. XFOIL 6.99 computes as if it were zero, and
  /// so does this, to be comparable; 0.35, which air has, would change Re_θ by less than a percent up to Mach 0.5.
  static var sutherland: Double { 0 }

  init(reynolds: Double, mach: Double) {
    let re = Number(reynolds, lane: Lane.reynolds)
    isCompressible = mach != 0
    if mach == 0 {
      karmanTsien = Number(0)
      inverseEnthalpy = Number(0)
      stagnationDensity = Number(1)
      self.reynolds = re
      return
    }
    let second = Number(mach, lane: Lane.mach).squared
    let beta = (1 - second).squareRoot
    karmanTsien = second / (1 + beta).squared
    let stagnation = 1 + 0.2 * second
    inverseEnthalpy = 0.4 * second / stagnation
    stagnationDensity = stagnation.power(2.5)
    let enthalpy = 1 - 0.5 * inverseEnthalpy
    self.reynolds = re * (enthalpy.squared * enthalpy).squareRoot * (1 + Self.sutherland) / (enthalpy + Self.sutherland)
  }

  /// The same stream as a constant in other lanes.
  init<Other>(constant other: FreeStream<Other>) {
    isCompressible = other.isCompressible
    karmanTsien = Number(other.karmanTsien.value)
    inverseEnthalpy = Number(other.inverseEnthalpy.value)
    stagnationDensity = Number(other.stagnationDensity.value)
    reynolds = Number(other.reynolds.value)
  }
}

/// The primary variables of a station.
struct StationVariables<Lanes: SIMD & Sendable> where Lanes.Scalar == Double {
  typealias Number = Dual<Lanes>
  /// The amplification where the layer is laminar, the root of the shear stress coefficient elsewhere.
  var shear: Number
  /// Momentum thickness; displacement thickness, with the gap of the dead air in the wake.
  var theta: Number, delta: Number
  /// The edge velocity without compressibility, and the distance from the stagnation point along the surface.
  var velocity: Number, distance: Number
  /// The gap of the dead air behind a blunt edge.
  var gap: Number
}

/// What a station is before any correlation but that of compressibility.
struct Profile<Lanes: SIMD & Sendable> where Lanes.Scalar == Double {
  typealias Number = Dual<Lanes>

  /// The displacement thickness without the dead air, and the velocity with compressibility.
  let delta: Number, velocity: Number
  let machSquared: Number
  /// Shape factors H, H_k.
  let h: Number, hk: Number
  /// Re_θ.
  let rt: Number
  /// ρ u² / 2 by the free stream's, for the wall shear.
  let dynamicPressure: Number

  @inline(__always)
  init(_ v: StationVariables<Lanes>, _ stream: FreeStream<Lanes>, isWake: Bool) {
    delta = isWake ? v.delta - v.gap : v.delta
    if stream.isCompressible {
      let u = v.velocity * (1 - stream.karmanTsien) / (1 - stream.karmanTsien * v.velocity.squared)
      let kinetic = u.squared * stream.inverseEnthalpy
      let m2 = kinetic / (0.4 * (1 - 0.5 * kinetic))
      let density = stream.stagnationDensity * (1 + 0.2 * m2).power(-2.5)
      let enthalpy = 1 - 0.5 * kinetic
      let viscosity =
        (enthalpy.squared * enthalpy).squareRoot * (1 + FreeStream<Lanes>.sutherland)
        / (enthalpy + FreeStream<Lanes>.sutherland) / stream.reynolds
      rt = density * u * v.theta / viscosity
      dynamicPressure = density * u.squared
      velocity = u
      machSquared = m2
    } else {
      rt = v.velocity * v.theta * stream.reynolds
      dynamicPressure = v.velocity.squared
      velocity = v.velocity
      machSquared = Number(0)
    }
    h = delta / v.theta
    var hk = stream.isCompressible ? Closures<Lanes>.kinematicShape(h, machSquared) : h
    // An iterate may be out of the range of the correlations; its slope still shows the way back.
    hk.value = max(hk.value, isWake ? 1.00005 : 1.05)
    self.hk = hk
  }
}

/// All quantities of a station that the equations use.
struct Station<Lanes: SIMD & Sendable> where Lanes.Scalar == Double {
  typealias Number = Dual<Lanes>
  typealias Closure = Closures<Lanes>

  var shear: Number, theta: Number, delta: Number, velocity: Number, distance: Number, gap: Number
  var machSquared: Number
  /// Shape factors H, H_k, H*, H**.
  var h: Number, hk: Number, hs: Number, hc: Number
  /// Re_θ.
  var rt: Number
  /// Slip velocity, equilibrium shear, friction, dissipation 2 C_D / H*, thickness.
  var us: Number, cq: Number, cf: Number, di: Number, de: Number
  /// The rate of amplification dN/ds of a laminar layer.
  var amplificationRate: Number
  /// ρ u² / 2 by the free stream's, for the wall shear.
  var dynamicPressure: Number

  init(_ v: StationVariables<Lanes>, _ stream: FreeStream<Lanes>, _ regime: Regime) {
    let profile = Profile(v, stream, isWake: regime == .wake)
    shear = v.shear
    theta = v.theta
    distance = v.distance
    gap = v.gap
    delta = profile.delta
    velocity = profile.velocity
    let m2 = profile.machSquared, h = profile.h, hk = profile.hk, rt = profile.rt
    machSquared = m2
    self.h = h
    self.hk = hk
    self.rt = rt
    dynamicPressure = profile.dynamicPressure
    hc = Closure.densityShape(hk, m2)
    let thickness = (3.15 + 1.72 / (hk - 1)) * v.theta + delta
    de = thickness.value > 12 * v.theta.value ? 12 * v.theta : thickness
    let logarithm = rt.logarithm
    switch regime {
    case .laminar:
      hs = Closure.laminarEnergyShape(hk)
      cf = Closure.laminarFriction(hk, rt)
      di = Closure.laminarDissipation(hk, rt)
      us = Number(0)
      cq = Number(0)
      amplificationRate = Closure.amplificationRate(hk, v.theta, logarithm)
    case .turbulent:
      hs = Closure.turbulentEnergyShape(hk, rt, logarithm, m2)
      us = Closure.slipVelocity(hs, hk, h, wake: false)
      cq = Closure.equilibriumShear(hs, us, h, hk, rt, wake: false)
      let wall = Closure.turbulentFriction(hk, logarithm, m2)
      cf = wall.larger(Closure.laminarFriction(hk, rt))
      // The part at the wall, less at low H_k; then the outer layer, turbulent and laminar.
      let lowest = 1 + 2.1 / logarithm
      let low = 0.5 + 0.5 * ((hk - 1) / (lowest - 1)).hyperbolicTangent
      let slip = 0.995 - us
      let outer = v.shear.squared * slip + 0.15 * slip.squared / rt
      let turbulent = (wall * us * 0.5 * low + outer) * 2 / hs
      di = turbulent.larger(Closure.laminarDissipation(hk, rt))
      amplificationRate = Number(0)
    case .wake:
      hs = Closure.turbulentEnergyShape(hk, rt, logarithm, m2)
      us = Closure.slipVelocity(hs, hk, h, wake: true)
      cq = Closure.equilibriumShear(hs, us, h, hk, rt, wake: true)
      cf = Number(0)
      let slip = 0.995 - us
      let outer = (v.shear.squared * slip + 0.15 * slip.squared / rt) * 2 / hs
      // Two halves of the wake dissipate.
      di = 2 * outer.larger(Closure.laminarWakeDissipation(hk, rt))
      amplificationRate = Number(0)
    }
  }
}

extension Dual where Lanes == SIMD8<Double> {
  /// The number with its derivatives in the first or second eight of sixteen lanes.
  @inline(__always)
  func widened(second: Bool) -> Dual<SIMD16<Double>> {
    Dual<SIMD16<Double>>(
      value, second ? SIMD16(lowHalf: .zero, highHalf: slope) : SIMD16(lowHalf: slope, highHalf: .zero))
  }
}

extension StationVariables where Lanes == SIMD8<Double> {
  @inline(__always)
  func widened(second: Bool) -> StationVariables<SIMD16<Double>> {
    StationVariables<SIMD16<Double>>(
      shear: shear.widened(second: second), theta: theta.widened(second: second), delta: delta.widened(second: second),
      velocity: velocity.widened(second: second), distance: distance.widened(second: second),
      gap: gap.widened(second: second))
  }
}

extension Station where Lanes == SIMD8<Double> {
  @inline(__always)
  func widened(second: Bool) -> Station<SIMD16<Double>> {
    Station<SIMD16<Double>>(
      shear: shear.widened(second: second), theta: theta.widened(second: second), delta: delta.widened(second: second),
      velocity: velocity.widened(second: second), distance: distance.widened(second: second),
      gap: gap.widened(second: second), machSquared: machSquared.widened(second: second),
      h: h.widened(second: second), hk: hk.widened(second: second), hs: hs.widened(second: second),
      hc: hc.widened(second: second), rt: rt.widened(second: second), us: us.widened(second: second),
      cq: cq.widened(second: second), cf: cf.widened(second: second), di: di.widened(second: second),
      de: de.widened(second: second), amplificationRate: amplificationRate.widened(second: second),
      dynamicPressure: dynamicPressure.widened(second: second))
  }
}

extension Station {
  init(
    shear: Number, theta: Number, delta: Number, velocity: Number, distance: Number, gap: Number, machSquared: Number,
    h: Number, hk: Number, hs: Number, hc: Number, rt: Number, us: Number, cq: Number, cf: Number, di: Number,
    de: Number, amplificationRate: Number, dynamicPressure: Number
  ) {
    self.shear = shear
    self.theta = theta
    self.delta = delta
    self.velocity = velocity
    self.distance = distance
    self.gap = gap
    self.machSquared = machSquared
    self.h = h
    self.hk = hk
    self.hs = hs
    self.hc = hc
    self.rt = rt
    self.us = us
    self.cq = cq
    self.cf = cf
    self.di = di
    self.de = de
    self.amplificationRate = amplificationRate
    self.dynamicPressure = dynamicPressure
  }
}
