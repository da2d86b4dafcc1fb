import DifferentiableCore
import Foundation

/// The viscous flow about one foil at a given angle or lift: converged, with its linearized equations.
struct ViscousFlow {
  let flow: CoupledFlow
  let newton: NewtonSystem
  let condition: FlowCondition
  let layout: AirfoilStateLayout
  let report: SolveReport

  /// What a solve starts from: the response of the surface to its sources, and the last flow.
  struct Start: Sendable {
    var response: DenseMatrix?
    var last: (angle: Double, state: LayerState)?
  }

  init(_ system: PanelSystem, _ condition: FlowCondition, _ layout: AirfoilStateLayout, from start: inout Start)
    throws(SolveFailure)
  {
    self.condition = condition
    self.layout = layout
    let response = start.response ?? SourceInfluence.surfaceResponse(system)
    start.response = response
    guard let reynolds = condition.reynolds else {
      throw SolveFailure(.unsupported, "a viscous flow needs a Reynolds number")
    }
    func converged(at angle: Double, _ last: LayerState?) throws(SolveFailure) -> Converged {
      let influence = SourceInfluence(system, surfaceResponse: response, angle: angle, wakeCount: layout.wakeCount)
      let flow = CoupledFlow(system, influence, condition, reynolds: reynolds)
      if let last {
        flow.resume(last)
      } else {
        flow.marchFromInviscid()
      }
      let (newton, outcome) = try flow.converge(marches: last == nil)
      return (flow, newton, outcome)
    }
    /// A warm start that fails is followed by a cold one.
    func warmOrCold(at angle: Double, _ last: LayerState?) throws(SolveFailure) -> Converged {
      if let last, let warm = try? converged(at: angle, last) { return warm }
      return try converged(at: angle, nil)
    }
    /// A cold start that fails is followed by a continuation in the angle.
    func solved(at angle: Double, _ last: LayerState?) throws(SolveFailure) -> Converged {
      let failure: SolveFailure
      do {
        return try warmOrCold(at: angle, last)
      } catch {
        failure = error
      }
      let calm = (try? InviscidFlow.angle(system, FlowCondition(.lift(0), mach: condition.mach))) ?? 0
      if let found = Self.continued(to: angle, calm: calm, converged) { return found }
      throw failure
    }
    switch condition.loading {
    case .angle(let angle):
      let outcome: CoupledFlow.Outcome
      (flow, newton, outcome) = try solved(at: angle, start.last?.state)
      start.last = (angle, flow.state)
      report = Self.report(outcome)
    case .lift(let lift):
      let first: Double
      if let last = start.last { first = last.angle } else { first = try InviscidFlow.angle(system, condition) }
      var search = LiftSearch(for: lift, from: first)
      /// The flow at the angle that the search asks for, or at the next one that has a flow.
      func next(_ last: LayerState?) throws(SolveFailure) -> Converged {
        while true {
          do throws(SolveFailure) {
            // Beside a flow that was found, a shorter step does what a continuation would, for less.
            return search.hasFlow ? try warmOrCold(at: search.angle, last) : try solved(at: search.angle, last)
          } catch {
            try search.fails(with: error)
          }
        }
      }
      var found = try next(start.last?.state)
      var steps = found.2.steps
      while !search.accepts(found.0.forces.lift) {
        let slope = Self.gradientOfLift(found.0, found.1, layout).loading
        try search.goesOn(lift: found.0.forces.lift, slope: slope)
        found = try next(found.0.state)
        steps += found.2.steps
      }
      (flow, newton) = (found.0, found.1)
      start.last = (search.angle, flow.state)
      found.2.steps = steps
      report = Self.report(found.2)
    }
  }

  private typealias Converged = (CoupledFlow, NewtonSystem, CoupledFlow.Outcome)

  /// Tries without a flow after which a continuation ends.
  private static let mostFailed = 12

  /// Goes to an angle from one at which a cold start converges, in steps that are halved where a warm start fails.
  ///
  /// Such an angle is sought at growing distances, first on the side of less lift, then on the other.
  /// Where there is no flow every try takes all its steps, so the failed ones are counted.
  /// - Parameter calm: The angle without lift.
  private static func continued(
    to angle: Double, calm: Double,
    _ converged: (_ angle: Double, _ last: LayerState?) throws(SolveFailure) -> Converged
  ) -> Converged? {
    let degree = Double.pi / 180
    let inward = angle > calm ? -degree : degree
    var failed = 0
    for distance in [1.0, -1, 2, -2, 4, 8, 16] where failed < mostFailed {
      var at = angle + distance * inward
      guard var found = try? converged(at, nil) else {
        failed += 1
        continue
      }
      var step = max(min(abs(distance), 2), 1) * degree
      var steps = found.2.steps
      while at != angle && step > degree / 20 && failed < mostFailed {
        let next = abs(angle - at) <= step ? angle : at + (angle > at ? step : -step)
        if let warm = try? converged(next, found.0.state) {
          (found, at) = (warm, next)
          steps += warm.2.steps
          step *= 1.5
        } else {
          failed += 1
          step /= 3
        }
      }
      if at == angle {
        found.2.steps = steps
        return found
      }
    }
    return nil
  }

  private static func gradientOfLift(
    _ flow: CoupledFlow, _ newton: NewtonSystem, _ layout: AirfoilStateLayout
  ) -> AirfoilGradient {
    var onState = DenseVector(zeros: layout.count)
    onState[AirfoilCoefficient.lift.rawValue] = 1
    var seed = FlowSeed(flow)
    flow.addOutputs(onState, layout, to: &seed)
    return flow.gradient(seed, newton)
  }

  private static func report(_ outcome: CoupledFlow.Outcome) -> SolveReport {
    SolveReport(solver: "coupled-newton", iterations: outcome.steps, relativeResidual: outcome.residual)
  }

  var solution: AirfoilSolution { flow.solution(layout, report: report) }

  /// A seed on the state to the gradient.
  func pullback(_ seed: DenseVector) -> AirfoilGradient {
    if seed.isEmpty { return AirfoilGradient(surface: DenseVector(zeros: 2 * layout.nodeCount)) }
    var direct = FlowSeed(flow)
    flow.addOutputs(seed, layout, to: &direct)
    var result = flow.gradient(direct, newton)
    if case .lift = condition.loading {
      // The angle follows from lift(angle, p) = target.
      let lift = Self.gradientOfLift(flow, newton, layout)
      let factor = result.loading / lift.loading
      result.surface.add(lift.surface, scaledBy: -factor)
      result.reynolds -= factor * lift.reynolds
      result.mach -= factor * lift.mach
      result.criticalAmplification -= factor * lift.criticalAmplification
      result.loading = factor
    }
    return result
  }
}

extension CoupledFlow {
  /// Goes on from the state of another flow about the same number of nodes.
  func resume(_ last: LayerState) {
    state = last
    setStagnation(after: last.stagnation)
  }
}
