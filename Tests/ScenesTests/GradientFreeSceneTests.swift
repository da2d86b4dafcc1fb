import InverseDesign
import Scenes
import TestSupport
import Testing

/// Scenes whose optimizer asks for no gradient.
@Suite struct GradientFreeSceneTests {
  private func loop(_ optimizer: String) throws -> DesignLoop {
    let scene = try SceneBuilder.build(
      try SceneFile.parse(
        SampleScenes.beam, overrides: ["domain.grid.cells=[6, 2]", "optimizer={ \(optimizer) }"]))
    return DesignLoop(
      problem: scene.problem, optimizer: scene.optimizer, stopping: scene.stopping, scaling: scene.scaling)
  }

  @Test(arguments: [("cross-entropy", 0.8), ("cma-es", 0.9), ("random-search", 1.0)])
  func theBeamBecomesStifferWithinItsVolume(_ method: String, atMost part: Double) throws {
    let loop = try loop("\(method): { iterations: 12, population: 40, seed: 3 }")
    let session = loop.problem.responses.makeSession()
    let start = try session.evaluate(loop.problem.start, gradientsOf: []).values
    let outcome = try loop.run()
    #expect(outcome.reason == .iterations && outcome.history.rows.count == 12)
    #expect(outcome.values[0] <= part * start[0], "\(method): \(outcome.values[0]) from \(start[0])")
    #expect(outcome.values[1] <= 0.5 * 1.001 + 1e-12)
  }

  @Test func bayesianOptimizationStiffensTheBeamInFewDesigns() throws {
    let scene = try SceneBuilder.build(
      try SceneFile.parse(
        SampleScenes.beam,
        overrides: [
          "domain.grid.cells=[6, 2]", "design.density.start=0.3",
          "optimizer={ bayesian: { iterations: 20, samples: 8, seed: 3 } }",
        ]))
    let outcome = try DesignLoop(
      problem: scene.problem, optimizer: scene.optimizer, stopping: scene.stopping, scaling: scene.scaling
    ).run()
    #expect(outcome.reason == .iterations && outcome.history.rows.count == 20)
    #expect(outcome.values[0] < 0.5 * outcome.history.rows[0].objective, "\(outcome.values[0])")
    #expect(outcome.values[1] <= 0.5 * 1.001 + 1e-12)
  }

  @Test func theSeedDecidesWhatIsDrawn() throws {
    let designs = try [1, 1, 2].map {
      try loop("cross-entropy: { iterations: 6, population: 40, elite: 0.25, seed: \($0) }").run().design
    }
    #expect(designs[0] == designs[1] && designs[0] != designs[2])
  }

  @Test func aWorstCaseInBoundFormIsRefused() throws {
    for method in ["cross-entropy", "cma-es", "random-search", "bayesian"] {
      let file = try SceneFile.parse(
        SampleScenes.beam,
        overrides: [
          "optimizer={ \(method): {} }", "objective={ minimize: { worst-case-compliance: { method: bound } } }",
        ])
      let errors = try #require(throws: SceneErrors.self) { try SceneBuilder.build(file) }
      #expect("\(errors)".contains("methods without gradients take no worst case in bound form"), "\(errors)")
    }
  }
}
