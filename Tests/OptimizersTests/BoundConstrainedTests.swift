import Optimizers
import TestSupport
import Testing

@Suite struct BoundConstrainedTests {
  static let problems =
    TestProblem.boundConstrained + [
      .rosenbrock(2), .rosenbrock(20), .rosenbrock(20, lower: 0), .obstacle(24),
    ]

  @Test(arguments: problems)
  func quasiNewtonFindsTheOptimum(_ problem: TestProblem) throws {
    let run = try minimize(LBFGSB(), from: problem.start, within: problem.bounds, steps: 300) {
      problem.evaluate($0)
    }
    expectOptimum(problem, run, tolerance: 1e-9)
    if let minimizer = problem.minimizer, problem.name != "HS3" {
      #expect((run.design - minimizer).largestMagnitude < 1e-4, "\(run.design.elements)")
    }
    #expect(run.evaluations < 250, "\(run.evaluations) evaluations")
  }

  /// Without curvature the long valleys take thousands of steps.
  @Test(arguments: problems.filter { $0.name != "HS3" && !$0.name.contains("20 entries") })
  func spectralProjectedGradientFindsTheOptimum(_ problem: TestProblem) throws {
    let run = try minimize(ProjectedGradient(), from: problem.start, within: problem.bounds, steps: 3000) {
      problem.evaluate($0)
    }
    expectOptimum(problem, run, tolerance: 1e-8)
  }

  @Test(arguments: problems.filter { ["HS4", "HS5"].contains($0.name) })
  func adamComesNearTheOptimum(_ problem: TestProblem) throws {
    let run = try minimize(Adam(), from: problem.start, within: problem.bounds, steps: 1500) { problem.evaluate($0) }
    expectOptimum(problem, run, tolerance: 1e-3)
  }

  /// Adam's first steps by its formula: each entry moves by the step size against its gradient's sign.
  @Test func adamBeginsAsPublished() throws {
    var method = Adam()
    method.options.stepSize = 0.1
    var state = method.start(at: [0, 0, 0], within: Bounds(-1...1, count: 3), layout: [])
    _ = try method.update(&state, with: [.success(Evaluation(objective: 0, objectiveGradient: [3, -0.5, 0]))])
    #expect((method.propose(state)[0].design - [-0.1, 0.1, 0]).largestMagnitude < 1e-8)
  }

  @Test func constraintsAreRefused() {
    func kind(_ method: some Optimizer) -> SolveFailure.Kind? {
      var state = method.start(at: [0.5], within: Bounds(0...1, count: 1), layout: [])
      let evaluation = Evaluation(
        objective: 1, objectiveGradient: [1], constraints: [0], constraintGradients: [[1]])
      do throws(SolveFailure) {
        _ = try method.update(&state, with: [.success(evaluation)])
        return nil
      } catch {
        return error.kind
      }
    }
    #expect(kind(LBFGSB()) == .unsupported)
    #expect(kind(Adam()) == .unsupported)
    #expect(kind(ProjectedGradient()) == .unsupported)
  }
}
