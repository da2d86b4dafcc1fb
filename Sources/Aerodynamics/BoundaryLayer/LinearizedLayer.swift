import DifferentiableCore

/// The equations of a coupled flow and their derivatives at one state, in marching order.
///
/// Unknowns of a station are shear, θ, the mass defect m = u δ* and u. The equations of an interval know its two stations
/// and, because distances are measured from there, the stagnation point; those of the wake's first point the ends of both
/// sides.
struct LinearizedLayer {
  typealias Slopes = SIMD16<Double>

  /// One equation's derivatives, by the station before and by its own.
  struct Row {
    /// (shear, θ, m, u).
    var before = SIMD4<Double>.zero
    var own = SIMD4<Double>.zero
    var stagnation = 0.0
  }

  let count: Int, upperCount: Int, nodeCount: Int
  /// Of each place: residuals of lag, momentum and shape.
  private(set) var residuals: [SIMD4<Double>]
  /// Of each place three: derivatives by everything that the equations are made of.
  private(set) var slopes: [Slopes]
  /// Of each place three: derivatives by the unknowns and by the place of the stagnation point.
  private(set) var rows: [Row]
  /// Those of the wake's first point by the end of the upper side.
  private(set) var upperRows: [SIMD4<Double>] = []
  /// u - u₀ - D m.
  let velocityResidual: [Double]
  /// How the stagnation point moves with the velocities beside it.
  let stagnation: (byUpper: Double, byLower: Double)
  /// The inverse of the block of shear and θ by lag and momentum.
  private(set) var inverses: [SIMD4<Double>]

  /// The largest residual: equations of lag relative to the layer's thickness, the rest as they are.
  private(set) var residual = 0.0
  /// The place in marching order where it is.
  private(set) var worstPosition = 0

  /// - Throws: A layer at which momentum and lag do not determine shear and θ.
  init(_ flow: CoupledFlow) throws(SolveFailure) {
    count = flow.stationCount
    upperCount = flow.upperCount
    nodeCount = flow.nodeCount
    residuals = [SIMD4<Double>](repeating: .zero, count: count)
    slopes = [Slopes](repeating: .zero, count: 3 * count)
    rows = [Row](repeating: Row(), count: 3 * count)
    inverses = [SIMD4<Double>](repeating: .zero, count: count)
    let state = flow.state
    let induced = flow.inducedVelocity()
    velocityResidual = (0..<count).map { state.velocity[flow.order[$0]] - induced[$0] }
    let fraction = flow.stagnationFraction
    let length = flow.arc[state.stagnation + 1] - flow.arc[state.stagnation]
    stagnation = (fraction.byUpper * length, fraction.byLower * length)
    addIntervals(flow)
    addWakeStart(flow)
    for position in 0..<count { note(velocityResidual[position], position) }
    for position in 0..<count {
      let lag = rows[3 * position].own, momentum = rows[3 * position + 1].own
      let determinant = lag[0] * momentum[1] - lag[1] * momentum[0]
      guard determinant != 0 && determinant.isFinite else {
        throw SolveFailure(.singular, "the boundary layer's equations are singular at \(flow.describe(position))")
      }
      inverses[position] = SIMD4(momentum[1], -lag[1], -momentum[0], lag[0]) / determinant
    }
  }

  private mutating func note(_ value: Double, _ position: Int) {
    if !(abs(value) <= residual) {
      residual = abs(value)
      worstPosition = position
    }
  }

  private mutating func addIntervals(_ flow: CoupledFlow) {
    let state = flow.state
    // The station before and this one take turns in two places: they are kilobytes, too long to be passed about.
    let stations = UnsafeMutablePointer<Station<SIMD8<Double>>>.allocate(capacity: 2)
    defer { stations.deallocate() }
    var last: CoupledFlow.Kind?
    for position in 0..<count where position != nodeCount {
      let kind = flow.kind(position)
      let before = stations + (position + 1) % 2, station = stations + position % 2
      if kind != .similarity && (position == nodeCount + 1 || last?.regime != kind.regime || last == .transition) {
        before.initialize(to: flow.station(position - 1, kind.regime))
      }
      station.initialize(to: flow.station(position, kind.regime))
      let equations =
        kind == .similarity
        ? IntervalEquations(similarityAt: station.pointee.widened(second: true))
        : flow.equations(position, kind, before.pointee, station.pointee)
      last = kind
      residuals[position] = SIMD4(equations.lag.value, equations.momentum.value, equations.shape.value, 0)
      let own = flow.order[position]
      let (side, place) = flow.side(of: position)
      let sign = side == 0 ? 1.0 : -1.0
      for (k, g) in [equations.lag.slope, equations.momentum.slope, equations.shape.slope].enumerated() {
        slopes[3 * position + k] = g
        var row = Row()
        row.own = Self.byMass(g.highHalf.lowHalf, state, own)
        if place > 0 || side == 2 { row.before = Self.byMass(g.lowHalf.lowHalf, state, flow.order[position - 1]) }
        // The wake's extra lanes are gaps, those of a surface a trip.
        row.stagnation =
          sign * (g[Lane.distance] + g[8 + Lane.distance] + (side == 2 ? 0 : g[8 + Lane.extra]))
        rows[3 * position + k] = row
      }
      let isTurbulent = kind != .laminar && kind != .similarity
      note(equations.lag.value / (isTurbulent ? 10 * state.theta[own] : 1), position)
      note(equations.momentum.value, position)
      note(equations.shape.value, position)
    }
  }

  /// The wake begins with what leaves both sides.
  private mutating func addWakeStart(_ flow: CoupledFlow) {
    let state = flow.state, first = nodeCount
    let wake = flow.order[first], upper = flow.order[upperCount - 1], lower = flow.order[first - 1]
    let tu = state.theta[upper], tl = state.theta[lower], su = state.shear[upper], sl = state.shear[lower]
    let total = tu + tl, shear = (su * tu + sl * tl) / total
    residuals[first] = SIMD4(
      state.shear[wake] - shear, state.theta[wake] - total,
      state.delta[wake] - state.delta[upper] - state.delta[lower] - flow.gaps[0].value.value, 0)
    let own = [SIMD4(1.0, 0, 0, 0), SIMD4(0, 1.0, 0, 0), SIMD4(0, 0, 1.0, 0)]
    let fromLower = [SIMD4(-tl / total, -(sl - shear) / total, 0, 0), SIMD4(0, -1, 0, 0), SIMD4(0, 0, -1, 0)]
    let fromUpper = [SIMD4(-tu / total, -(su - shear) / total, 0, 0), SIMD4(0, -1, 0, 0), SIMD4(0, 0, -1, 0)]
    for k in 0..<3 {
      slopes[3 * first + k].lowHalf.lowHalf = fromLower[k]
      slopes[3 * first + k].highHalf.lowHalf = own[k]
      rows[3 * first + k] = Row(
        before: Self.byMass(fromLower[k], state, lower), own: Self.byMass(own[k], state, wake), stagnation: 0)
      upperRows.append(Self.byMass(fromUpper[k], state, upper))
      note(residuals[first][k] / (k == 0 ? 1 : state.theta[wake]), first)
    }
  }

  /// Derivatives by (shear, θ, δ*, u) to those by (shear, θ, m, u).
  @inline(__always)
  private static func byMass(_ slope: SIMD4<Double>, _ state: LayerState, _ station: Int) -> SIMD4<Double> {
    let perVelocity = slope[2] / state.velocity[station]
    return SIMD4(slope[0], slope[1], perVelocity, slope[3] - perVelocity * state.delta[station])
  }

  /// True where a place has none before it.
  @inline(__always)
  func isFirst(_ position: Int) -> Bool { position == 0 || position == upperCount }

  // MARK: Marches

  /// Marches (shear, θ) for given changes of m and u and given residuals; returns what is left of the shape equations.
  func marched(mass: [Double], velocity: [Double], residuals: [SIMD4<Double>]) -> (y: [SIMD2<Double>], shape: [Double])
  {
    var y = [SIMD2<Double>](repeating: .zero, count: count), shape = [Double](repeating: 0, count: count)
    let moved = stagnation.byUpper * velocity[0] + stagnation.byLower * velocity[upperCount]
    for position in 0..<count {
      var sums = residuals[position]
      let own = SIMD4(0, 0, mass[position], velocity[position])
      var before = SIMD4<Double>.zero, end = SIMD4<Double>.zero
      if !isFirst(position) {
        before = SIMD4(y[position - 1].x, y[position - 1].y, mass[position - 1], velocity[position - 1])
      }
      if position == nodeCount {
        let p = upperCount - 1
        end = SIMD4(y[p].x, y[p].y, mass[p], velocity[p])
      }
      for k in 0..<3 {
        let row = rows[3 * position + k]
        sums[k] += (row.own * own + row.before * before).sum() + row.stagnation * moved
        if position == nodeCount { sums[k] += (upperRows[k] * end).sum() }
      }
      let inverse = inverses[position]
      let found = SIMD2(
        -(inverse[0] * sums[0] + inverse[1] * sums[1]), -(inverse[2] * sums[0] + inverse[3] * sums[1]))
      y[position] = found
      let row = rows[3 * position + 2]
      shape[position] = sums[2] + row.own[0] * found.x + row.own[1] * found.y
    }
    return (y, shape)
  }

  /// Solves the transposed march for multipliers of lag and momentum, those of shape given; returns what is left of the
  /// seeds on m and u.
  func transposedMarch(_ seed: [SIMD4<Double>], shape: [Double]) -> (
    lambda: [SIMD4<Double>], mass: [Double], velocity: [Double]
  ) {
    var left = seed, lambda = [SIMD4<Double>](repeating: .zero, count: count)
    var onStagnation = 0.0
    for position in stride(from: count - 1, through: 0, by: -1) {
      let s = shape[position]
      let row = rows[3 * position + 2]
      let (x, y) = (left[position][0] - s * row.own[0], left[position][1] - s * row.own[1])
      let inverse = inverses[position]
      let multipliers = SIMD4(inverse[0] * x + inverse[2] * y, inverse[1] * x + inverse[3] * y, s, 0)
      lambda[position] = multipliers
      subtract(multipliers, at: position, from: &left, &onStagnation)
    }
    subtractStagnation(onStagnation, from: &left)
    return (lambda, left.map { $0[2] }, left.map { $0[3] })
  }

  /// What multipliers of the equations leave of the seeds, but for the equations of the velocities.
  func transposedResidual(_ seed: [SIMD4<Double>], _ lambda: [SIMD4<Double>]) -> [SIMD4<Double>] {
    var left = seed
    var onStagnation = 0.0
    for position in 0..<count { subtract(lambda[position], at: position, from: &left, &onStagnation) }
    subtractStagnation(onStagnation, from: &left)
    return left
  }

  @inline(__always)
  private func subtract(
    _ multipliers: SIMD4<Double>, at position: Int, from left: inout [SIMD4<Double>], _ onStagnation: inout Double
  ) {
    for k in 0..<3 {
      let row = rows[3 * position + k], weight = multipliers[k]
      left[position] -= weight * row.own
      if !isFirst(position) { left[position - 1] -= weight * row.before }
      if position == nodeCount { left[upperCount - 1] -= weight * upperRows[k] }
      onStagnation -= weight * row.stagnation
    }
  }

  private func subtractStagnation(_ onStagnation: Double, from left: inout [SIMD4<Double>]) {
    left[0][3] += onStagnation * stagnation.byUpper
    left[upperCount][3] += onStagnation * stagnation.byLower
  }
}
