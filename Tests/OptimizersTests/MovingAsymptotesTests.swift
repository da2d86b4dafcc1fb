import Optimizers
import TestSupport
import Testing

/// The run ended where the literature says, and satisfies the constraints.
func expectOptimum(_ problem: TestProblem, _ run: OptimizerRun, tolerance: Double = 1e-5) {
  let end = problem.evaluate(run.design)
  let scale = max(1, abs(problem.optimum))
  #expect(
    abs(end.objective - problem.optimum) < tolerance * scale,
    "\(problem.name): \(end.objective) where \(problem.optimum) is published, at \(run.design.elements)")
  #expect(end.constraints.allSatisfy { $0 < tolerance }, "\(problem.name): constraints \(end.constraints)")
  #expect(problem.bounds.project(run.design) == run.design, "\(problem.name): outside the bounds")
}

@Suite struct MovingAsymptotesTests {
  static let svanberg: [TestProblem] = [.svanbergBeam, .svanbergTruss, .twoSpheres]

  @Test(arguments: svanberg)
  func findsTheOptimaOfItsPapers(_ problem: TestProblem) throws {
    let plain = try minimize(
      MethodOfMovingAsymptotes(), from: problem.start, within: problem.bounds, steps: 30, change: 1e-6
    ) {
      problem.evaluate($0)
    }
    expectOptimum(problem, plain)
    let convergent = try minimize(
      GloballyConvergentMMA(), from: problem.start, within: problem.bounds, steps: 80, change: 1e-6
    ) {
      problem.evaluate($0)
    }
    expectOptimum(problem, convergent)
  }

  @Test(arguments: TestProblem.constrained)
  func findsPublishedOptima(_ problem: TestProblem) throws {
    let run = try minimize(
      GloballyConvergentMMA(), from: problem.start, within: problem.bounds, steps: 300, change: 1e-6
    ) {
      problem.evaluate($0)
    }
    expectOptimum(problem, run, tolerance: 1e-4)
  }

  /// The plain method has no proof of convergence: it circles the interior optima of HS21 and HS30.
  @Test(arguments: TestProblem.constrained.filter { !["HS21", "HS30"].contains($0.name) })
  func thePlainMethodFindsThemToo(_ problem: TestProblem) throws {
    let run = try minimize(
      MethodOfMovingAsymptotes(), from: problem.start, within: problem.bounds, steps: 200, change: 1e-6
    ) {
      problem.evaluate($0)
    }
    expectOptimum(problem, run, tolerance: 1e-4)
  }
}
