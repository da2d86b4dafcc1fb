import DesignSamplers
import SmoothedParticles
import Testing

@testable import Scenes

/// Fluids that are shifted as a whole and kept apart.
@Suite struct FluidSeparationTests {
  private static let drops = """
    title: Two drops
    domain: { box: { size: [1 m, 60 cm] } }
    physics:
      smoothed-particles:
        spacing: 2 cm
        fluids:
          - { name: left, rest-density: 1000 kg/m^3, region: { ball: { center: [0.3 m, 0.3 m], radius: 6 cm } } }
          - { name: right, rest-density: 1000 kg/m^3, region: { ball: { center: [0.7 m, 0.3 m], radius: 6 cm } } }
        scheme: { weakly-compressible: { sound-speed: 20 m/s, artificial-viscosity: 0.1 } }
        kernel: wendland-c2
        smoothing-length: 1.2
        time: { steps: 2, time-step: 0.5 ms }
    design: { initial-position: { limit: 30 cm, apart: 4 cm } }
    objective: { minimize: { mean-squared-distance: { point: [0.5, 0.3] } } }
    optimizer: { cma-es: { iterations: 2, population: 4 } }
    sampler:
      data: { optimized: { count: 2, vary: [ { path: objective.minimize.mean-squared-distance.point.0, between: [0.4, 0.6] } ] } }
      weights: none.safetensors

    """

  private func scene(_ overrides: [String] = []) throws -> SamplerScene {
    try SamplerScene.build(try SceneFile.parse(Self.drops, overrides: overrides))
  }

  @Test func designsOfASamplerKeepTheGap() throws {
    let scene = try scene()
    #expect(scene.space.holdsExactly)
    var generator = SeededGenerator(seed: 3)
    // The last two put both drops on one spot.
    let designs =
      (0..<10).map { _ in generator.vector(count: 4, in: -0.5...0.5) } + [[0.2, 0, -0.2, 0], [0.3, 0, 0, 0]]
    for design in designs {
      let held = scene.space.nearestAllowed(design)
      #expect(scene.failedTest(held) == nil)
      #expect(scene.scene.problem.bounds.project(held) == held)
      #expect(scene.space.nearestAllowed(held) == held)
      // Of the particles' places; a particle takes a spacing.
      let apart = ((held[0] - held[2] - 0.4) * (held[0] - held[2] - 0.4) + (held[1] - held[3]) * (held[1] - held[3]))
        .squareRoot()
      #expect(apart > 2 * 0.06 + 0.04 - 0.02, "\(apart) m between the centres")
    }
    #expect(scene.space.nearestAllowed([0, 0.1, 0, 0.1]) == [0, 0.1, 0, 0.1])
    #expect(scene.failedTest([0.2, 0, -0.2, 0]) == "fluids are too near each other")
  }

  @Test func designsThatBreakTheGapAreFailedRuns() throws {
    let problem = try scene().scene.problem
    let session = problem.responses.makeSession()
    let failure = #expect(throws: SolveFailure.self) { try session.evaluate([0.2, 0, -0.2, 0], gradientsOf: []) }
    #expect(try #require(failure).message.contains("left and right begin nearer to each other"))
    #expect(try session.evaluate([0.1, 0, -0.1, 0], gradientsOf: [0]).values[0] > 0)
    let text = Self.drops.replacing(", apart: 4 cm", with: "")
    let free = try SamplerScene.build(try SceneFile.parse(text))
    #expect(!free.space.holdsExactly && free.failedTest([0.2, 0, -0.2, 0]) == nil)
  }

  @Test func mistakesAreTold() throws {
    func refusal(_ overrides: String...) throws -> String {
      let error = #expect(throws: SceneErrors.self) { try scene(overrides) }
      return try #require(error).description
    }
    #expect(
      try refusal("design.initial-position.apart=40 cm").contains("left and right are nearer to each other than this"))
    #expect(try refusal("domain.box.periodic=[x]").contains("across the sides of a periodic box"))
    #expect(try refusal("design.initial-position.apart=-1 cm").contains("apart"))
  }
}
