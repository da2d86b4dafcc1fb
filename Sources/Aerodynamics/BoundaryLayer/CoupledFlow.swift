import COpenBLAS
import DifferentiableCore
import Foundation

/// The boundary layer and the panels at one geometry and angle: the equations, station by station.
///
/// Stations stand in marching order: the upper side from the stagnation point, the lower side, the wake.
final class CoupledFlow {
  typealias Number = Dual<SIMD16<Double>>

  let system: PanelSystem
  let influence: SourceInfluence
  let condition: FlowCondition
  let nodeCount: Int, wakeCount: Int, stationCount: Int
  let narrowStream: FreeStream<SIMD8<Double>>
  let stream: FreeStream<SIMD16<Double>>
  let constantStream: FreeStream<SIMD4<Double>>
  /// Lengths along the surface to each node.
  let arc: [Double]
  /// The gap of the dead air at each point of the wake, with its derivatives by the corner's nodes and the wake's
  /// lengths up to there.
  let gaps: [(value: TrailingEdge.Number, byDistance: Double)]

  var state: LayerState
  /// Stations in marching order, and how many of them each side has.
  private(set) var order: [Int] = []
  private(set) var upperCount = 0, lowerCount = 0
  /// The distance from the stagnation point, in marching order.
  private(set) var distance: [Double] = []
  /// The place of the trips, from the stagnation point; nil: none.
  private(set) var trips: [Double?] = [nil, nil]
  /// Signs that turn γ into a velocity downstream, and a mass defect into a signed one, by station.
  private(set) var velocitySign: [Double] = [], massSign: [Double] = []
  /// The derivatives of the velocities by the mass defects in marching order, transposed: a column is one velocity's.
  private(set) var coupling = DenseMatrix(rows: 0, columns: 0)

  init(_ system: PanelSystem, _ influence: SourceInfluence, _ condition: FlowCondition, reynolds: Double) {
    self.system = system
    self.influence = influence
    self.condition = condition
    nodeCount = system.nodeCount
    wakeCount = influence.wake.count
    stationCount = nodeCount + wakeCount
    narrowStream = FreeStream(reynolds: reynolds, mach: condition.mach)
    stream = FreeStream(reynolds: reynolds, mach: condition.mach)
    constantStream = FreeStream(constant: stream)
    let surface = system.surface
    var arc = [0.0]
    for i in 1..<nodeCount {
      let dx = surface.x[i] - surface.x[i - 1], dy = surface.y[i] - surface.y[i - 1]
      arc.append(arc[i - 1] + (dx * dx + dy * dy).squareRoot())
    }
    self.arc = arc
    gaps = Self.deadAir(system.edges[0], influence.wake)
    state = LayerState(stations: stationCount)
  }

  /// The dead air behind a blunt edge fills its gap and closes over 2.5 gaps, as a cubic that leaves with the slopes of
  /// the surfaces. Reference: Drela (1989), section 2.
  private static func deadAir(_ edge: TrailingEdge, _ wake: WakeGeometry) -> [(
    value: TrailingEdge.Number, byDistance: Double
  )] {
    let ratio = 2.5
    var distance = 0.0
    let slope = (-edge.wedgeSlope).atLeast(-3 / ratio).atMost(3 / ratio)
    return (0..<wake.count).map { w in
      if w > 0 { distance += wake.lengths[w - 1] }
      if edge.isSharp || distance >= ratio * abs(edge.gap.value) { return (TrailingEdge.Number(0), 0) }
      let z = 1 - distance / (ratio * edge.gap)
      let a = 3 + ratio * slope, b = -2 - ratio * slope
      let value = edge.gap * (a + b * z) * z.squared
      let byZ = edge.gap.value * (2 * a.value * z.value + 3 * b.value * z.value * z.value)
      return (value, -byZ / (ratio * edge.gap.value))
    }
  }

  // MARK: Sides

  /// Puts the stagnation point between a node and the next, and renews what follows from it.
  func setStagnation(after node: Int) {
    state.stagnation = node
    upperCount = node + 1
    lowerCount = nodeCount - upperCount
    order = Array(stride(from: node, through: 0, by: -1)) + Array(node + 1..<stationCount)
    velocitySign = (0..<stationCount).map { $0 > node && $0 < nodeCount ? -1 : 1 }
    massSign = (0..<stationCount).map { $0 <= node ? -1 : 1 }
    coupling = influence.inMarchingOrder(order, velocitySign: velocitySign, massSign: massSign)
  }

  /// The fraction of the panel at which the surface velocity vanishes, with its derivatives by the velocities beside it.
  var stagnationFraction: (value: Double, byUpper: Double, byLower: Double) {
    let u = state.velocity[state.stagnation], l = state.velocity[state.stagnation + 1]
    let sum = u + l
    return (u / sum, l / (sum * sum), -u / (sum * sum))
  }

  /// Recomputes the distances from the stagnation point, and the places of the trips.
  func updateDistances() {
    let i = state.stagnation
    let start = arc[i] + stagnationFraction.value * (arc[i + 1] - arc[i])
    distance = order.map { $0 <= i ? start - arc[$0] : $0 < nodeCount ? arc[$0] - start : 0 }
    var along = arc[nodeCount - 1] - start
    for w in 0..<wakeCount {
      if w > 0 { along += influence.wake.lengths[w - 1] }
      distance[nodeCount + w] = along
    }
    trips = [condition.upperTrip, condition.lowerTrip].enumerated().map { side, place in
      guard let place, place < 1, let at = tripArc(side: side, place) else { return nil }
      return side == 0 ? start - at.value : at.value - start
    }
  }

  /// Where a side crosses a chordwise place, as a length along the surface: the panel and the fraction of it. The
  /// crossing nearest to the trailing edge counts.
  func tripArc(side: Int, _ place: Double) -> (value: Double, panel: Int, fraction: Double)? {
    let x = system.surface.x
    let panels = side == 0 ? Array(0..<nodeCount - 1) : Array((0..<nodeCount - 1).reversed())
    for j in panels where (x[j] - place) * (x[j + 1] - place) <= 0 && x[j] != x[j + 1] {
      let fraction = (place - x[j]) / (x[j + 1] - x[j])
      return (arc[j] + fraction * (arc[j + 1] - arc[j]), j, fraction)
    }
    return nil
  }

  /// The side (0 upper, 1 lower, 2 wake) of a place in marching order, and the place along it.
  @inline(__always)
  func side(of position: Int) -> (side: Int, place: Int) {
    if position < upperCount { return (0, position) }
    if position < nodeCount { return (1, position - upperCount) }
    return (2, position - nodeCount)
  }

  // MARK: Equations

  @inline(__always)
  func variables(_ position: Int) -> StationVariables<SIMD8<Double>> {
    let station = order[position]
    typealias Number = Dual<SIMD8<Double>>
    return StationVariables(
      shear: Number(state.shear[station], lane: Lane.shear), theta: Number(state.theta[station], lane: Lane.theta),
      delta: Number(state.delta[station], lane: Lane.delta),
      velocity: Number(state.velocity[station], lane: Lane.velocity),
      distance: Number(distance[position], lane: Lane.distance),
      gap: station >= nodeCount ? Number(gaps[station - nodeCount].value.value, lane: Lane.extra) : Number(0))
  }

  @inline(__always)
  func station(_ position: Int, _ regime: Regime) -> Station<SIMD8<Double>> {
    Station(variables(position), narrowStream, regime)
  }

  /// True where the interval that ends at a place of a side is turned turbulent by a trip, or by the trailing edge.
  func isTripped(_ position: Int) -> Bool {
    let (side, place) = side(of: position)
    return place == (side == 0 ? upperCount : lowerCount) - 1 || trips[side].map { $0 <= distance[position] } ?? false
  }

  /// The laminar interval that ends at a place of a side, between two laminar stations.
  func laminarInterval(_ position: Int, _ s1: Station<SIMD8<Double>>, _ s2: Station<SIMD8<Double>>) -> LaminarInterval {
    let first = variables(position - 1), second = variables(position)
    var fraction: Number?
    if isTripped(position) {
      let x1 = first.distance.widened(second: false), x2 = second.distance.widened(second: true)
      fraction = Number(1)
      if let trip = trips[side(of: position).side], trip <= x2.value {
        fraction = trip > x1.value ? (Number(trip, lane: 8 + Lane.extra) - x1) / (x2 - x1) : Number(0)
      }
    }
    return LaminarInterval(
      first: first, second: second, stream: stream, critical: condition.criticalAmplification, station1: s1,
      station2: s2, trip: fraction)
  }

  func laminarInterval(_ position: Int) -> LaminarInterval {
    laminarInterval(position, station(position - 1, .laminar), station(position, .laminar))
  }

  /// What an interval is, as its equations treat it.
  enum Kind {
    case similarity, laminar, transition, turbulent, wake

    /// As what the equations are given the stations at the ends: a transition is one's laminar end and the other's, as
    /// if it stayed so.
    var regime: Regime {
      switch self {
      case .similarity, .laminar, .transition: .laminar
      case .turbulent: .turbulent
      case .wake: .wake
      }
    }
  }

  /// The kind of the interval that ends at a place, by where each side turns turbulent.
  func kind(_ position: Int) -> Kind {
    let (side, place) = side(of: position)
    if side == 2 { return .wake }
    if place == 0 { return .similarity }
    if place < state.firstTurbulent[side] { return .laminar }
    return place == state.firstTurbulent[side] ? .transition : .turbulent
  }

  /// The equations of the interval that ends at a place, where it is of a kind, between stations of that kind's regime.
  func equations(
    _ position: Int, _ kind: Kind, _ before: Station<SIMD8<Double>>, _ own: Station<SIMD8<Double>>
  ) -> IntervalEquations<SIMD16<Double>> {
    if kind == .transition {
      let interval = laminarInterval(position, before, own)
      return interval.equations(transition: interval.transition() ?? Number(1))
    }
    let s1 = before.widened(second: false), s2 = own.widened(second: true)
    var equations = IntervalEquations(s1, s2, kind.regime)
    if kind == .laminar {
      equations.lag = IntervalEquations.amplification(
        s1, s2, critical: Number(condition.criticalAmplification, lane: Lane.extra))
    }
    return equations
  }

  /// The velocity of every place in marching order, by the panels at the present mass defects.
  func inducedVelocity() -> [Double] {
    var velocity = coupling.times(order.map { state.delta[$0] * state.velocity[$0] }, transposed: true)
    for (position, station) in order.enumerated() {
      velocity[position] += velocitySign[station] * influence.velocity[station]
    }
    return velocity
  }

  /// A place in words, for failures.
  func describe(_ position: Int) -> String {
    let (side, place) = side(of: position)
    let name = ["the upper side", "the lower side", "the wake"][side]
    let station = order[position]
    let x = station < nodeCount ? system.surface.x[station] : influence.wake.points[station - nodeCount].x
    return "station \(place + 1) of \(name) (x = \((x * 1e4).rounded() / 1e4))"
  }
}
