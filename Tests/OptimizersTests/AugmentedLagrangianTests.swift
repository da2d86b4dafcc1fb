import Optimizers
import TestSupport
import Testing

@Suite struct AugmentedLagrangianTests {
  /// Without HS24, whose objective falls faster outside its constraints than any quadratic penalty rises.
  static let problems = TestProblem.constrained.filter { $0.name != "HS24" } + MovingAsymptotesTests.svanberg

  @Test(arguments: problems)
  func quasiNewtonMeetsConstraints(_ problem: TestProblem) throws {
    let run = try minimize(
      AugmentedLagrangian(LBFGSB()), from: problem.start, within: problem.bounds, steps: 600
    ) { problem.evaluate($0) }
    expectOptimum(problem, run)
  }

  @Test(arguments: problems.filter { ["HS35", "HS43", "Svanberg's cantilever beam"].contains($0.name) })
  func projectedGradientMeetsConstraints(_ problem: TestProblem) throws {
    let run = try minimize(
      AugmentedLagrangian(ProjectedGradient()), from: problem.start, within: problem.bounds, steps: 1500
    ) { problem.evaluate($0) }
    expectOptimum(problem, run, tolerance: 1e-4)
  }

  @Test func adamMeetsAConstraintRoughly() throws {
    let problem = TestProblem.twoSpheres
    let run = try minimize(AugmentedLagrangian(Adam()), from: problem.start, within: problem.bounds, steps: 1500) {
      problem.evaluate($0)
    }
    expectOptimum(problem, run, tolerance: 0.05)
  }
}
