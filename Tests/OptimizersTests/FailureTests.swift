import Optimizers
import TestSupport
import Testing

/// What happens when an evaluation fails, or returns what cannot be used.
@Suite struct FailureTests {
  private static let problem = TestProblem.svanbergTruss

  private func failure(_ body: () throws(SolveFailure) -> Void) -> SolveFailure? {
    do throws(SolveFailure) {
      try body()
      return nil
    } catch {
      return error
    }
  }

  private func checkFailures<Method: Optimizer>(_ method: Method, _ problem: TestProblem) throws {
    let broken = SolveFailure(.stalled, "the solve stalled")
    var state = method.start(at: problem.start, within: problem.bounds, layout: [])
    #expect(failure { () throws(SolveFailure) in _ = try method.update(&state, with: [.failure(broken)]) } == broken)

    // After a good design, a failed step is shortened toward it, again and again, and ends as a typed failure.
    state = method.start(at: problem.start, within: problem.bounds, layout: [])
    _ = try method.update(&state, with: [.success(problem.evaluate(method.propose(state)[0].design))])
    let good = method.design(of: state)
    var distance = (method.propose(state)[0].design - good).norm
    #expect(distance > 0, "\(method.name) does not move")
    let first = distance
    var last: SolveFailure?
    for attempt in 0..<60 {
      var infinite = problem.evaluate(good)
      infinite.objective = .nan
      let evaluation: Result<Evaluation, SolveFailure> = attempt % 2 == 0 ? .failure(broken) : .success(infinite)
      last = failure { () throws(SolveFailure) in
        let progress = try method.update(&state, with: [evaluation])
        #expect(!progress.accepted)
      }
      if last != nil { break }
      let next = (method.propose(state)[0].design - good).norm
      #expect(next <= distance, "\(method.name), attempt \(attempt)")
      distance = next
    }
    #expect(distance < 0.2 * first, "\(method.name): \(distance) of \(first)")
    #expect(last.map { [.stalled, .nonFinite].contains($0.kind) } == true, "\(method.name) tries for ever")
    #expect(method.design(of: state) == good)

    let cancelled = SolveFailure(.cancelled, "stop")
    var fresh = method.start(at: problem.start, within: problem.bounds, layout: [])
    _ = try method.update(&fresh, with: [.success(problem.evaluate(problem.start))])
    #expect(
      failure { () throws(SolveFailure) in _ = try method.update(&fresh, with: [.failure(cancelled)]) } == cancelled)
  }

  @Test func constrainedMethodsShortenTheirSteps() throws {
    try checkFailures(MethodOfMovingAsymptotes(), Self.problem)
    try checkFailures(GloballyConvergentMMA(), Self.problem)
    try checkFailures(SequentialQuadraticProgramming(), Self.problem)
    try checkFailures(AugmentedLagrangian(LBFGSB()), Self.problem)
    try checkFailures(AugmentedLagrangian(ProjectedGradient()), Self.problem)
  }

  @Test func boundConstrainedMethodsShortenTheirSteps() throws {
    let problem = TestProblem.rosenbrock(4)
    try checkFailures(LBFGSB(), problem)
    try checkFailures(ProjectedGradient(), problem)
    try checkFailures(Adam(), problem)
  }

  @Test func unusableEvaluationsAreNamed() {
    let method = MethodOfMovingAsymptotes()
    func kind(_ evaluations: [Result<Evaluation, SolveFailure>]) -> SolveFailure.Kind? {
      var state = method.start(at: [1, 1], within: Bounds(0...2, count: 2), layout: [])
      return failure { () throws(SolveFailure) in _ = try method.update(&state, with: evaluations) }?.kind
    }
    #expect(kind([]) == .unsupported)
    #expect(kind([.success(Evaluation(objective: 1))]) == .unsupported)
    #expect(kind([.success(Evaluation(objective: 1, objectiveGradient: [1, .nan]))]) == .nonFinite)
    #expect(kind([.success(Evaluation(objective: .infinity, objectiveGradient: [1, 1]))]) == .nonFinite)
    #expect(kind([.success(Evaluation(objective: 1, objectiveGradient: [1, 1], constraints: [1]))]) == .unsupported)
  }

  /// x <= -1 and x >= 1 at once: the methods go where the sum of the violations is least, which is between.
  @Test func contradictingConstraintsAreWeighed() throws {
    let problem = TestProblem(
      "contradiction", start: [3.7], lower: [-5], upper: [5], optimum: 0, objective: { x in (0, [0]) },
      constraints: [{ x in (x[0] + 1, [1]) }, { x in (1 - x[0], [-1]) }])
    let plain = try minimize(MethodOfMovingAsymptotes(), from: problem.start, within: problem.bounds, steps: 30) {
      problem.evaluate($0)
    }
    #expect(abs(plain.design[0]) < 1.001)
    let convergent = try minimize(GloballyConvergentMMA(), from: problem.start, within: problem.bounds, steps: 30) {
      problem.evaluate($0)
    }
    #expect(abs(convergent.design[0]) < 1.001)
  }
}
