import Foundation

/// An interval of a surface that begins laminar: where in it the layer turns turbulent, if it does.
struct LaminarInterval {
  typealias Number = Dual<SIMD16<Double>>
  typealias Pair = Station<SIMD16<Double>>

  let first: StationVariables<SIMD16<Double>>, second: StationVariables<SIMD16<Double>>
  let stream: FreeStream<SIMD16<Double>>
  let critical: Number
  /// The first and second station, both laminar.
  let station1: Pair, station2: Pair

  /// Where a trip is, as a fraction of the interval, with its derivative.
  var trip: Number?

  /// The laminar amplification at the second station, from the first's.
  func amplificationAtEnd() -> Double {
    let n1 = first.shear.value, dx = second.distance.value - first.distance.value
    var n2 = n1
    for _ in 0..<30 {
      let rate = IntervalEquations.amplificationRate(
        station1, station2, n1: first.shear, n2: Number(n2, lane: 0), critical: critical)
      // Lane 0 of n₂ overlaps that of n₁, so the slope by n₂ is taken apart.
      let slope = rateSlope(n2)
      let miss = n2 - n1 - rate.value * dx
      let step = miss / (1 - slope * dx)
      n2 -= step
      if abs(step) < 1e-13 * max(1, abs(n2)) { break }
    }
    return n2
  }

  private func rateSlope(_ n2: Double) -> Double {
    let short = 20 * (critical.value - 0.5 * (first.shear.value + n2))
    if short >= 20 || short <= 0 { return 0 }
    return 0.002 * exp(-short) / (first.theta.value + second.theta.value) * 10
  }

  /// The variables at a fraction of the interval.
  func variables(at w: Number, shear: Number) -> StationVariables<SIMD16<Double>> {
    let v = 1 - w
    return StationVariables(
      shear: shear, theta: v * first.theta + w * second.theta, delta: v * first.delta + w * second.delta,
      velocity: v * first.velocity + w * second.velocity, distance: v * first.distance + w * second.distance,
      gap: Number(0))
  }

  /// N at the fraction w, less the critical: zero where the layer turns turbulent.
  private func excess(_ w: Number) -> Number {
    let station = Pair(variables(at: w, shear: critical), stream, .laminar)
    let rate = IntervalEquations.amplificationRate(station1, station, n1: first.shear, n2: critical, critical: critical)
    return first.shear + rate * (w * (second.distance - first.distance)) - critical
  }

  /// Where transition is, as a fraction of the interval with its derivatives; nil where the layer stays laminar.
  func transition() -> Number? {
    // Where waves alone would turn it.
    var free: Double?
    if first.shear.value >= critical.value {
      free = 0
    } else if excess(Number(1)).value >= 0 {
      free = root()
    }
    if let trip, trip.value <= free ?? 1 { return trip }
    guard let free else { return nil }
    let w = Number(free, lane: 0)
    // The derivative by w: a step in lane 0 alone, apart from the first station's.
    let still = excess(Number(free))
    let moved = excess(w)
    let byFraction = moved.slope[0] - still.slope[0]
    return Number(free, still.slope * (-1 / byFraction))
  }

  private func root() -> Double {
    var low = 0.0, high = 1.0, w = 0.5
    for _ in 0..<80 {
      let value = excess(Number(w))
      if value.value > 0 { high = w } else { low = w }
      let slope = excess(Number(w, lane: 0)).slope[0] - value.slope[0]
      var next = w - value.value / slope
      if !(next > low && next < high) { next = 0.5 * (low + high) }
      if abs(next - w) < 1e-15 || high - low < 1e-15 { return next }
      w = next
    }
    return w
  }

  /// The equations of the interval: laminar to the transition, turbulent from there.
  func equations(transition w: Number) -> IntervalEquations {
    var laminar = IntervalEquations.zero
    let at = variables(at: w, shear: critical)
    if w.value > 0 {
      let end = Pair(at, stream, .laminar)
      laminar = IntervalEquations(station1, end, .laminar)
    }
    var start = Pair(at, stream, .turbulent)
    let initial = 1.8 * (-3.3 / (start.hk - 1)).exponential * start.cq
    var variables = at
    variables.shear = initial
    start = Pair(variables, stream, .turbulent)
    var result = IntervalEquations(start, Pair(second, stream, .turbulent), .turbulent)
    result.momentum = result.momentum + laminar.momentum
    result.shape = result.shape + laminar.shape
    return result
  }
}

extension IntervalEquations {
  static var zero: IntervalEquations {
    IntervalEquations(lag: Number(0), momentum: Number(0), shape: Number(0))
  }
  init(lag: Number, momentum: Number, shape: Number) {
    self.lag = lag
    self.momentum = momentum
    self.shape = shape
  }
}
