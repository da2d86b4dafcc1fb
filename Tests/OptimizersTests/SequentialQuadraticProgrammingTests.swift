import Optimizers
import TestSupport
import Testing

@Suite struct SequentialQuadraticProgrammingTests {
  private static let all =
    TestProblem.boundConstrained + TestProblem.constrained + TestProblem.equalityConstrained
    + MovingAsymptotesTests.svanberg

  @Test(arguments: all)
  func findsPublishedOptima(_ problem: TestProblem) throws {
    let run = try minimize(
      SequentialQuadraticProgramming(), from: problem.start, within: problem.bounds, steps: 120
    ) { problem.evaluate($0) }
    expectOptimum(problem, run)
    // Newton-like convergence: it ends by itself, far below the limit.
    #expect(run.stopped != nil && run.evaluations < 100, "\(problem.name): \(run.evaluations) evaluations")
  }

  /// x <= -1 and x >= 1 at once are weighed, not fatal.
  @Test func contradictingConstraintsAreWeighed() throws {
    let problem = TestProblem(
      "contradiction", start: [3.7], lower: [-5], upper: [5], optimum: 0, objective: { x in (0, [0]) },
      constraints: [{ x in (x[0] + 1, [1]) }, { x in (1 - x[0], [-1]) }])
    let run = try minimize(SequentialQuadraticProgramming(), from: problem.start, within: problem.bounds, steps: 30) {
      problem.evaluate($0)
    }
    #expect(abs(run.design[0]) < 1.001, "\(run.design[0])")
  }

  @Test func tooManyVariablesAreRefused() {
    let count = SequentialQuadraticProgramming.mostVariables + 1
    let method = SequentialQuadraticProgramming()
    var state = method.start(at: DenseVector(zeros: count), within: Bounds(0...1, count: count), layout: [])
    #expect(throws: SolveFailure.self) { try method.update(&state, with: [.success(Evaluation(objective: 1))]) }
  }
}
