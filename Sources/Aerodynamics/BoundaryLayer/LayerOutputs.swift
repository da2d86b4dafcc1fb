import DifferentiableCore
import Foundation

/// Derivatives by everything that the equations and outputs of a coupled flow are made of.
struct FlowSeed {
  /// By the variables of each station.
  var shear: [Double], theta: [Double], delta: [Double], velocity: [Double]
  /// By the distance from the stagnation point, in marching order.
  var distance: [Double]
  /// By the distance of each side's trip.
  var trips = [0.0, 0.0]
  /// By the gap of the dead air at each point of the wake.
  var gaps: [Double]
  var nodes: PointDerivatives
  var angle = 0.0, reynolds = 0.0, mach = 0.0, critical = 0.0

  init(_ flow: CoupledFlow) {
    shear = [Double](repeating: 0, count: flow.stationCount)
    theta = shear
    delta = shear
    velocity = shear
    distance = shear
    gaps = [Double](repeating: 0, count: flow.wakeCount)
    nodes = PointDerivatives(zeros: flow.nodeCount)
  }

  /// Adds derivatives in the eight lanes of the station at a place.
  mutating func add(_ slope: SIMD8<Double>, weight: Double, _ flow: CoupledFlow, _ position: Int, tripped: Bool = false)
  {
    if weight == 0 { return }
    let station = flow.order[position]
    shear[station] += weight * slope[Lane.shear]
    theta[station] += weight * slope[Lane.theta]
    delta[station] += weight * slope[Lane.delta]
    velocity[station] += weight * slope[Lane.velocity]
    distance[position] += weight * slope[Lane.distance]
    addParameters(slope, weight: weight, flow, position, tripped: tripped)
  }

  /// Adds those of the parameters alone.
  mutating func addParameters(
    _ slope: SIMD8<Double>, weight: Double, _ flow: CoupledFlow, _ position: Int, tripped: Bool
  ) {
    reynolds += weight * slope[Lane.reynolds]
    mach += weight * slope[Lane.mach]
    let (side, place) = flow.side(of: position)
    if side == 2 {
      gaps[place] += weight * slope[Lane.extra]
    } else if tripped {
      trips[side] += weight * slope[Lane.extra]
    } else {
      critical += weight * slope[Lane.extra]
    }
  }
}

/// What is read off a converged flow, with its derivatives.
extension CoupledFlow {
  /// γ at the nodes.
  var circulation: [Double] { (0..<nodeCount).map { velocitySign[$0] * state.velocity[$0] } }

  var forces: SurfaceForces {
    SurfaceForces(system.surface, velocity: circulation, angle: influence.angle, mach: condition.mach)
  }

  /// The drag coefficient, by the formula of Squire and Young at the end of the wake.
  var drag: Dual<SIMD8<Double>> {
    let end = station(stationCount - 1, .wake)
    let exponent = 0.5 * (5 + end.h)
    return 2 * end.theta * (exponent * end.velocity.logarithm).exponential
  }

  /// Where the interval in which a side turns turbulent does so: a fraction of it, with its derivatives.
  func transitionFraction(_ side: Int) -> Dual<SIMD16<Double>> {
    let position = transitionPosition(side)
    let interval = laminarInterval(position)
    return interval.transition() ?? Dual(1)
  }

  func transitionPosition(_ side: Int) -> Int { (side == 0 ? 0 : upperCount) + state.firstTurbulent[side] }

  /// Where a side turns turbulent, x in chords.
  func transitionPlace(_ side: Int) -> Double {
    let position = transitionPosition(side), w = transitionFraction(side).value
    return (1 - w) * system.surface.x[order[position - 1]] + w * system.surface.x[order[position]]
  }

  /// The wall shear of each station by the dynamic pressure of the free stream.
  func wallShear(_ position: Int, _ regime: Regime) -> Dual<SIMD8<Double>> {
    let station = station(position, regime)
    return station.dynamicPressure * station.cf
  }

  /// Visits the pieces over which friction is integrated: both ends' wall shears, and the chordwise lengths. The panel
  /// on which a side turns turbulent is cut there, so that friction follows transition without steps.
  private func visitFriction(
    _ body: (
      _ position: Int, _ shear1: Dual<SIMD16<Double>>, _ shear2: Dual<SIMD16<Double>>, _ part: Dual<SIMD16<Double>>
    ) -> Void
  ) {
    for side in 0..<2 {
      let start = side == 0 ? 0 : upperCount, count = side == 0 ? upperCount : lowerCount
      let turbulent = state.firstTurbulent[side]
      for place in 1..<count {
        let position = start + place
        let regime: Regime = place < turbulent ? .laminar : .turbulent
        if place != turbulent {
          body(
            position, wallShear(position - 1, regime).widened(second: false),
            wallShear(position, regime).widened(second: true), Dual(1))
          continue
        }
        let interval = laminarInterval(position)
        let w = interval.transition() ?? Dual(1)
        let at = interval.variables(at: w, shear: Dual(0))
        let before = Station(at, stream, .laminar), after = Station(at, stream, .turbulent)
        body(
          position, wallShear(position - 1, .laminar).widened(second: false), before.dynamicPressure * before.cf, w)
        body(
          position, after.dynamicPressure * after.cf, wallShear(position, .turbulent).widened(second: true), 1 - w)
      }
    }
  }

  private func alongStream(_ position: Int) -> Double {
    let a = order[position - 1], b = order[position], surface = system.surface
    return (surface.x[b] - surface.x[a]) * cos(influence.angle) + (surface.y[b] - surface.y[a]) * sin(influence.angle)
  }

  var frictionDrag: Double {
    var sum = 0.0
    visitFriction { position, shear1, shear2, part in
      sum += 0.5 * (shear1.value + shear2.value) * part.value * alongStream(position)
    }
    return sum
  }

  // MARK: Seeds

  private func isTrippedThere(_ side: Int) -> Bool {
    guard let trip = trips[side] else { return false }
    let position = transitionPosition(side)
    return trip > distance[position - 1] && trip <= distance[position]
  }

  /// Adds derivatives in sixteen lanes, of the interval that ends at a place.
  private func add(_ slope: SIMD16<Double>, weight: Double, _ position: Int, to seed: inout FlowSeed) {
    let (side, place) = side(of: position)
    let tripped = side < 2 && place == state.firstTurbulent[side] && isTrippedThere(side)
    seed.add(slope.lowHalf, weight: weight, self, position - 1)
    seed.add(slope.highHalf, weight: weight, self, position, tripped: tripped)
  }

  /// Adds the derivatives of the coefficients and pressures, as a seed on the state says.
  func addOutputs(_ seed: DenseVector, _ layout: AirfoilStateLayout, to result: inout FlowSeed) {
    func weight(_ coefficient: AirfoilCoefficient) -> Double { seed[coefficient.rawValue] }
    let forces = forces
    let back = forces.pullback(
      SurfaceForces.Seed(
        lift: weight(.lift), moment: weight(.moment), pressure: Array(seed.elements[layout.pressure])),
      system.surface, velocity: circulation)
    for i in 0..<nodeCount { result.velocity[i] += velocitySign[i] * back.velocity[i] }
    result.nodes.add(back.nodes)
    result.angle += back.angle + weight(.angle)
    result.mach += back.mach
    // Pressure drag is drag less friction.
    result.add(drag.slope, weight: weight(.drag) + weight(.pressureDrag), self, stationCount - 1)
    let onFriction = weight(.frictionDrag) - weight(.pressureDrag)
    if onFriction != 0 {
      let c = cos(influence.angle), s = sin(influence.angle), surface = system.surface
      visitFriction { position, shear1, shear2, part in
        let mean = 0.5 * (shear1 + shear2) * part
        add(mean.slope, weight: onFriction * alongStream(position), position, to: &result)
        let a = order[position - 1], b = order[position], weight = onFriction * mean.value
        result.nodes.add(weight * SIMD2(c, s), at: b)
        result.nodes.add(-weight * SIMD2(c, s), at: a)
        result.angle += weight * (-(surface.x[b] - surface.x[a]) * s + (surface.y[b] - surface.y[a]) * c)
      }
    }
    for (side, coefficient) in [AirfoilCoefficient.upperTransition, .lowerTransition].enumerated() {
      let onPlace = weight(coefficient)
      if onPlace == 0 { continue }
      let position = transitionPosition(side), w = transitionFraction(side)
      let a = order[position - 1], b = order[position], x = system.surface.x
      add(w.slope, weight: onPlace * (x[b] - x[a]), position, to: &result)
      result.nodes.x[a] += onPlace * (1 - w.value)
      result.nodes.x[b] += onPlace * w.value
    }
    for i in 0..<stationCount {
      result.velocity[i] += seed[layout.edgeVelocity.lowerBound + i]
      result.theta[i] += seed[layout.momentumThickness.lowerBound + i]
      result.delta[i] += seed[layout.displacementThickness.lowerBound + i]
      result.shear[i] += seed[layout.amplificationOrShear.lowerBound + i]
    }
  }

  /// The gradient of a functional with given direct derivatives, through the equations.
  func gradient(_ direct: FlowSeed, _ newton: NewtonSystem) -> AirfoilGradient {
    var seed = direct
    // Distances move with the velocities beside the stagnation point.
    let fraction = stagnationFraction
    let panel = arc[state.stagnation + 1] - arc[state.stagnation]
    func onStart(_ seed: FlowSeed) -> Double {
      var sum = seed.trips[0] - seed.trips[1]
      for position in 0..<stationCount {
        sum += position < upperCount ? seed.distance[position] : -seed.distance[position]
      }
      return sum
    }
    let start = onStart(direct)
    seed.velocity[state.stagnation] += start * fraction.byUpper * panel
    seed.velocity[state.stagnation + 1] += start * fraction.byLower * panel
    let unknowns = order.map { i -> SIMD4<Double> in
      let u = state.velocity[i]
      return SIMD4(
        seed.shear[i], seed.theta[i], seed.delta[i] / u, seed.velocity[i] - seed.delta[i] * state.delta[i] / u)
    }
    let (layer, onVelocity) = newton.adjoint(unknowns)

    // What the equations have of parameters and distances besides the unknowns.
    for position in 0..<stationCount {
      let (side, place) = side(of: position)
      if side == 2 && place == 0 {
        seed.gaps[0] += layer[position][2]
        continue
      }
      let tripped = side < 2 && place == state.firstTurbulent[side] && isTrippedThere(side)
      for k in 0..<3 {
        let slope = newton.layer.slopes[3 * position + k], weight = -layer[position][k]
        if place > 0 || side == 2 {
          seed.distance[position - 1] += weight * slope[Lane.distance]
          seed.addParameters(slope.lowHalf, weight: weight, self, position - 1, tripped: false)
        }
        seed.distance[position] += weight * slope[8 + Lane.distance]
        seed.addParameters(slope.highHalf, weight: weight, self, position, tripped: tripped)
      }
    }
    var lengths = [Double](repeating: 0, count: wakeCount - 1)
    addGeometry(seed, onStart: onStart(seed), to: &seed.nodes, lengths: &lengths)

    var onStations = [Double](repeating: 0, count: stationCount)
    for position in 0..<stationCount {
      let i = order[position]
      onStations[i] = velocitySign[i] * onVelocity[position]
    }
    let mass = (0..<stationCount).map { massSign[$0] * state.delta[$0] * state.velocity[$0] }
    let panels = influence.pullback(onStations, circulation: circulation, mass: mass, lengths: lengths, system)
    seed.nodes.add(panels.nodes)
    return AirfoilGradient(
      surface: DenseVector(seed.nodes.interleaved), loading: seed.angle + panels.angle,
      reynolds: seed.reynolds, mach: seed.mach, criticalAmplification: seed.critical)
  }

  /// Carries derivatives by distances, trips and gaps to the nodes and the lengths of the wake. How the stagnation point
  /// moves with the velocities is part of the equations and left out.
  private func addGeometry(_ seed: FlowSeed, onStart: Double, to nodes: inout PointDerivatives, lengths: inout [Double])
  {
    var onArc = [Double](repeating: 0, count: nodeCount)
    for position in 0..<nodeCount {
      onArc[order[position]] += position < upperCount ? -seed.distance[position] : seed.distance[position]
    }
    for w in 0..<wakeCount {
      let weight = seed.distance[nodeCount + w]
      onArc[nodeCount - 1] += weight
      for k in 0..<w { lengths[k] += weight }
      let gap = gaps[w]
      if seed.gaps[w] != 0 {
        system.edges[0].add(seed.gaps[w], gap.value, to: &nodes)
        for k in 0..<w { lengths[k] += seed.gaps[w] * gap.byDistance }
      }
    }
    let f = stagnationFraction.value, i = state.stagnation
    onArc[i] += (1 - f) * onStart
    onArc[i + 1] += f * onStart
    let x = system.surface.x, y = system.surface.y
    for (side, place) in [condition.upperTrip, condition.lowerTrip].enumerated() {
      guard seed.trips[side] != 0, let place, let trip = tripArc(side: side, place) else { continue }
      let weight = side == 0 ? -seed.trips[0] : seed.trips[1], j = trip.panel
      onArc[j] += weight * (1 - trip.fraction)
      onArc[j + 1] += weight * trip.fraction
      let onFraction = weight * (arc[j + 1] - arc[j]) / (x[j + 1] - x[j])
      nodes.x[j] += onFraction * (trip.fraction - 1)
      nodes.x[j + 1] -= onFraction * trip.fraction
    }
    // A length along the surface is a sum of panels.
    var sum = 0.0
    for j in stride(from: nodeCount - 1, to: 0, by: -1) {
      sum += onArc[j]
      let dx = x[j] - x[j - 1], dy = y[j] - y[j - 1], length = arc[j] - arc[j - 1]
      let part = sum / length * SIMD2(dx, dy)
      nodes.add(part, at: j)
      nodes.add(-part, at: j - 1)
    }
  }

  /// The solution as it is handed out.
  func solution(_ layout: AirfoilStateLayout, report: SolveReport) -> AirfoilSolution {
    let forces = forces
    let drag = drag.value, friction = frictionDrag
    var coefficients = [Double](repeating: 0, count: AirfoilCoefficient.allCases.count)
    for (coefficient, value) in [
      (AirfoilCoefficient.lift, forces.lift), (.drag, drag), (.moment, forces.moment), (.frictionDrag, friction),
      (.pressureDrag, drag - friction), (.upperTransition, transitionPlace(0)), (.lowerTransition, transitionPlace(1)),
      (.angle, influence.angle),
    ] { coefficients[coefficient.rawValue] = value }
    let profiles = state.velocity + state.theta + state.delta + state.shear
    var friction2 = [Double](repeating: 0, count: stationCount), shape = friction2, distances = friction2
    for position in 0..<stationCount {
      let (side, place) = side(of: position), i = order[position]
      let regime: Regime = side == 2 ? .wake : place < state.firstTurbulent[side] ? .laminar : .turbulent
      let quantities = station(position, regime)
      friction2[i] = (quantities.dynamicPressure * quantities.cf).value
      shape[i] = quantities.hk.value
      distances[i] = distance[position]
    }
    return AirfoilSolution(
      layout: layout, state: DenseVector(coefficients + forces.pressure + profiles), report: report,
      wake: DenseVector(influence.wake.points.flatMap { [$0.x, $0.y] }), skinFriction: friction2, shapeFactor: shape,
      stationDistance: distances, stagnationNode: state.stagnation)
  }
}
