import DifferentiableCore
import Foundation

extension CoupledFlow {
  /// How a coupled solve went.
  struct Outcome {
    var steps = 0
    var residual = Double.infinity
    var place = 0
    var history: [Double] = []
  }

  static let tolerance = 1e-11
  /// What round-off may leave of the residual where steps no longer lessen it.
  static let stalledTolerance = 1e-9
  /// The relative change of a step above which the next is preceded by a march, from a cold start and from a flow close
  /// by, whose layer is near the solution and suffers more from the march's fixed velocities than it gains.
  static let marchingChange = (cold: 0.02, warm: 0.3)
  /// The relative change of a step up to which the next takes over its factors.
  static let chordChange = 1e-3

  /// Newton's method on the whole, from the present state.
  ///
  /// While steps are large each is preceded by a march, which makes the equations of the layer hold and puts transition
  /// where it belongs; near the solution plain steps converge quadratically. Reference: Drela (1989), section 4.
  /// - Parameter marches: False where the state is that of a converged flow close by, which needs no march before the
  ///   first step.
  func converge(marches: Bool, maxSteps: Int = 60) throws(SolveFailure) -> (system: NewtonSystem, outcome: Outcome) {
    var outcome = Outcome()
    var change = Double.infinity
    var factors: CondensedSystem?
    for step in 0...maxSteps {
      updateDistances()
      let isWarm = step == 0 && !marches
      let marchingChange = marches ? Self.marchingChange.cold : Self.marchingChange.warm
      if (change > marchingChange && !isWarm) || !transitionsHold() {
        march(remarching: true)
        factors = nil
      }
      let layer = try LinearizedLayer(self)
      outcome.steps = step
      outcome.residual = layer.residual
      outcome.place = layer.worstPosition
      outcome.history.append(layer.residual)
      let isStalled =
        layer.residual < Self.stalledTolerance && step > 2 && layer.residual > 0.5 * outcome.history[step - 2]
      let isConverged = layer.residual < Self.tolerance || isStalled
      // Factors of a state close by serve the last steps and the adjoint.
      if !isConverged && change > Self.chordChange { factors = nil }
      let newton = try NewtonSystem(layer, coupling: coupling, condensed: factors)
      if isConverged { return (newton, outcome) }
      if !layer.residual.isFinite || step == maxSteps { break }
      factors = newton.condensed
      let stagnation = state.stagnation
      change = apply(newton.step())
      if state.stagnation != stagnation { factors = nil }
    }
    throw SolveFailure(
      .stalled,
      "the flow did not converge: residual \(outcome.residual) at \(describe(outcome.place)) after \(outcome.steps) steps"
    )
  }

  /// True where the amplification crosses its critical value in the intervals that are treated so.
  func transitionsHold() -> Bool {
    for side in 0..<2 {
      let start = side == 0 ? 0 : upperCount
      let turbulent = state.firstTurbulent[side]
      for place in 1..<turbulent where state.shear[order[start + place]] >= condition.criticalAmplification {
        return false
      }
      let position = start + turbulent
      if !laminarInterval(position).isTransitional { return false }
      if let trip = trips[side], trip < distance[position - 1] { return false }
    }
    return true
  }

  /// Takes a step, shortened so that no variable changes too much at once; returns the largest relative change asked.
  func apply(_ step: [SIMD4<Double>]) -> Double {
    let largest = 1.5, smallest = -0.5
    var relaxation = 1.0, change = 0.0
    var deltas = [Double](repeating: 0, count: stationCount)
    for position in 0..<stationCount {
      let node = order[position]
      let (side, place) = side(of: position)
      let isLaminar = side < 2 && place < state.firstTurbulent[side]
      let s = step[position]
      let u = state.velocity[node]
      let delta = (s[2] - state.delta[node] * s[3]) / u
      deltas[position] = delta
      let ratios = SIMD4(
        isLaminar ? s[0] / 10 : s[0] / state.shear[node], s[1] / state.theta[node], delta / state.delta[node],
        abs(s[3]) / 0.25)
      for k in 0..<4 {
        change = max(change, abs(ratios[k]))
        if relaxation * ratios[k] > largest { relaxation = largest / ratios[k] }
        if relaxation * ratios[k] < smallest { relaxation = smallest / ratios[k] }
      }
    }
    if !change.isFinite { return change }
    for position in 0..<stationCount {
      let node = order[position]
      let (side, place) = side(of: position)
      let isLaminar = side < 2 && place < state.firstTurbulent[side]
      state.shear[node] += relaxation * step[position][0]
      if !isLaminar { state.shear[node] = min(max(state.shear[node], 1e-7), 0.25) }
      state.theta[node] += relaxation * step[position][1]
      state.delta[node] += relaxation * deltas[position]
      state.velocity[node] += relaxation * step[position][3]
      limitShape(node, least: side == 2 ? 1.00005 : 1.02)
    }
    moveStagnation()
    return change
  }

  /// Where a velocity beside the stagnation point has turned round, the point has moved past a node.
  private func moveStagnation() {
    var node = state.stagnation
    if state.velocity[node] > 0 && state.velocity[node + 1] > 0 { return }
    let before = node
    let gamma = (0..<nodeCount).map { velocitySign[$0] * state.velocity[$0] }
    // The sign change nearest to the present point.
    var best = Int.max
    for i in 1..<nodeCount - 2 where gamma[i] > 0 && gamma[i + 1] <= 0 && abs(i - before) < best {
      best = abs(i - before)
      node = i
    }
    if node == before {
      state.velocity[node] = max(state.velocity[node], 1e-7)
      state.velocity[node + 1] = max(state.velocity[node + 1], 1e-7)
      return
    }
    // Stations that change sides keep what they have, with the velocity's sign turned; transition keeps its node.
    let turbulentNodes = (order[state.firstTurbulent[0]], order[upperCount + state.firstTurbulent[1]])
    for i in min(node, before) + 1...max(node, before) { state.velocity[i] = max(-state.velocity[i], 1e-7) }
    let anchor = node > before ? before : before + 1
    setStagnation(after: node)
    state.firstTurbulent = [
      min(max(node - turbulentNodes.0, 1), upperCount - 1), min(max(turbulentNodes.1 - node - 1, 1), lowerCount - 1),
    ]
    for i in min(node, before) + 1...max(node, before) {
      state.theta[i] = state.theta[anchor]
      state.delta[i] = state.delta[anchor]
      state.shear[i] = 0
    }
  }
}
