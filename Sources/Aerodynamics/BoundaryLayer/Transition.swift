import Foundation

/// The growth of the amplification over a laminar interval, in plain numbers.
struct Amplification {
  let first: Double, critical: Double
  private let length: Double, thickness: Double
  /// The root of the mean square of the rates at the ends.
  private let mean: Double

  init<Lanes>(_ s1: Station<Lanes>, _ s2: Station<Lanes>, critical: Double) {
    first = s1.shear.value
    self.critical = critical
    length = s2.distance.value - s1.distance.value
    thickness = s1.theta.value + s2.theta.value
    let rate1 = s1.amplificationRate.value, rate2 = s2.amplificationRate.value
    mean = (0.5 * (rate1 * rate1 + rate2 * rate2)).squareRoot()
  }

  /// True where waves turn the layer turbulent within the interval.
  var reachesCritical: Bool {
    if first >= critical { return true }
    let short = 20 * (critical - 0.5 * (first + critical))
    return first + (mean + 0.002 * exp(-min(short, 20)) / thickness) * length >= critical
  }

  /// The amplification at the second station.
  func atEnd() -> Double {
    var n2 = first
    for _ in 0..<30 {
      let short = 20 * (critical - 0.5 * (first + n2))
      let nearness = short <= 0 ? 1 : exp(-min(short, 20))
      let slope = short >= 20 || short <= 0 ? 0 : 0.02 * nearness / thickness
      let miss = n2 - first - (mean + 0.002 * nearness / thickness) * length
      let step = miss / (1 - slope * length)
      n2 -= step
      if abs(step) < 1e-13 * max(1, abs(n2)) { break }
    }
    return n2
  }
}

/// An interval of a surface that begins laminar: where in it the layer turns turbulent, if it does.
struct LaminarInterval {
  typealias Narrow = SIMD8<Double>
  typealias Number = Dual<SIMD16<Double>>
  typealias Pair = Station<SIMD16<Double>>

  let first: StationVariables<Narrow>, second: StationVariables<Narrow>
  let stream: FreeStream<SIMD16<Double>>
  let critical: Double
  /// The first and second station, both laminar.
  let station1: Station<Narrow>, station2: Station<Narrow>
  /// Where a trip is, as a fraction of the interval, with its derivative.
  let trip: Number?

  private let amplification: Amplification

  init(
    first: StationVariables<Narrow>, second: StationVariables<Narrow>, stream: FreeStream<SIMD16<Double>>,
    critical: Double, station1: Station<Narrow>, station2: Station<Narrow>, trip: Number?
  ) {
    self.first = first
    self.second = second
    self.stream = stream
    self.critical = critical
    self.station1 = station1
    self.station2 = station2
    self.trip = trip
    amplification = Amplification(station1, station2, critical: critical)
  }

  /// The variables at a fraction of an interval.
  @inline(__always)
  private static func variables<Lanes>(
    _ first: StationVariables<Lanes>, _ second: StationVariables<Lanes>, at w: Dual<Lanes>, shear: Dual<Lanes>
  ) -> StationVariables<Lanes> {
    let v = 1 - w
    return StationVariables(
      shear: shear, theta: v * first.theta + w * second.theta, delta: v * first.delta + w * second.delta,
      velocity: v * first.velocity + w * second.velocity, distance: v * first.distance + w * second.distance,
      gap: Dual(0))
  }

  func variables(at w: Number, shear: Number) -> StationVariables<SIMD16<Double>> {
    Self.variables(first.widened(second: false), second.widened(second: true), at: w, shear: shear)
  }

  /// N at the fraction w, less the critical: zero where the layer turns turbulent.
  @inline(__always)
  private static func excess<Lanes>(
    _ w: Dual<Lanes>, _ first: StationVariables<Lanes>, _ second: StationVariables<Lanes>,
    _ stream: FreeStream<Lanes>, rate1: Dual<Lanes>, critical: Dual<Lanes>
  ) -> Dual<Lanes> {
    let at = variables(first, second, at: w, shear: critical)
    let profile = Profile(at, stream, isWake: false)
    let rate2 = Closures<Lanes>.amplificationRate(profile.hk, at.theta, profile.rt.logarithm)
    let rate = Closures<Lanes>.meanAmplificationRate(
      rate1, rate2, thickness: first.theta + at.theta, mean: 0.5 * (first.shear + critical), critical: critical)
    return first.shear + rate * (w * (second.distance - first.distance)) - critical
  }

  /// True where the layer turns turbulent within the interval.
  var isTransitional: Bool { trip != nil || amplification.reachesCritical }

  /// Where transition is, as a fraction of the interval with its derivatives; nil where the layer stays laminar.
  func transition() -> Number? {
    guard amplification.reachesCritical else { return trip }
    // Where waves alone would turn it.
    let free = first.shear.value >= critical ? (place: 0, byFraction: slope(at: 0)) : root()
    if let trip, trip.value <= free.place { return trip }
    let one = first.widened(second: false), two = second.widened(second: true)
    let rate1 = station1.amplificationRate.widened(second: false)
    let still = Self.excess(
      Number(free.place), one, two, stream, rate1: rate1, critical: Number(critical, lane: Lane.extra))
    return Number(free.place, still.slope * (-1 / free.byFraction))
  }

  private typealias Fraction = SIMD2<Double>

  /// The excess at a fraction of the interval, with its derivative by the fraction in lane 0.
  private func excess() -> (Double) -> Dual<Fraction> {
    func constant(_ v: StationVariables<Narrow>) -> StationVariables<Fraction> {
      StationVariables(
        shear: Dual(v.shear.value), theta: Dual(v.theta.value), delta: Dual(v.delta.value),
        velocity: Dual(v.velocity.value), distance: Dual(v.distance.value), gap: Dual(0))
    }
    let one = constant(first), two = constant(second), stream = FreeStream<Fraction>(constant: stream)
    let rate1 = station1.amplificationRate.value
    return { [critical] w in
      Self.excess(Dual(w, lane: 0), one, two, stream, rate1: Dual(rate1), critical: Dual(critical))
    }
  }

  private func slope(at w: Double) -> Double { excess()(w).slope[0] }

  private func root() -> (place: Double, byFraction: Double) {
    let excess = excess()
    var low = 0.0, high = 1.0, w = 0.5
    var value = excess(w)
    for _ in 0..<80 {
      if value.value > 0 { high = w } else { low = w }
      var next = w - value.value / value.slope[0]
      if !(next > low && next < high) { next = 0.5 * (low + high) }
      let step = abs(next - w)
      w = next
      value = excess(w)
      if step < 1e-15 || high - low < 1e-15 { break }
    }
    return (w, value.slope[0])
  }

  /// The equations of the interval: laminar to the transition, turbulent from there.
  func equations(transition w: Number) -> IntervalEquations<SIMD16<Double>> {
    var laminar = IntervalEquations<SIMD16<Double>>.zero
    let at = variables(at: w, shear: Number(critical, lane: Lane.extra))
    if w.value > 0 {
      let end = Pair(at, stream, .laminar)
      laminar = IntervalEquations(station1.widened(second: false), end, .laminar)
    }
    var start = Pair(at, stream, .turbulent)
    let initial = 1.8 * (-3.3 / (start.hk - 1)).exponential * start.cq
    var variables = at
    variables.shear = initial
    start = Pair(variables, stream, .turbulent)
    var result = IntervalEquations(start, Pair(second.widened(second: true), stream, .turbulent), .turbulent)
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
