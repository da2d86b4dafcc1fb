import Foundation
import Scenes
import SmoothedParticles
import TestSupport
import Testing

struct ParticleSceneTests {
  private static let physics = "physics.smoothed-particles."

  private func build(_ overrides: [String] = [], _ text: String = SampleScenes.basin) throws -> ParticleScene {
    let file = try SceneFile.parse(text, overrides: overrides)
    guard case .particles(let scene) = try RunnableScene.build(file) else {
      throw CommandFailure(.usage, "no scene of particles")
    }
    return scene
  }

  @Test func fluidsFillTheirRegions() throws {
    let scene = try build([Self.physics + "fluids.0.jitter=~"])
    let system = scene.simulation.system
    // Half of a lattice of 20 x 10, and the places within 12 cm of (0.5, 0.1): 16 of them.
    var inBall = 0
    for i in 0..<20 {
      for j in 5..<10 {
        let x = (Double(i) + 0.5) * 0.05 - 0.5, y = (Double(j) + 0.5) * 0.05 - 0.25 - 0.1
        if x * x + y * y <= 0.12 * 0.12 { inBall += 1 }
      }
    }
    #expect(inBall > 4 && system.particleCount == 100 + inBall)
    #expect(system.box == ParticleBox(lower: [0, -0.25], upper: [1, 0.25], isPeriodic: [true, false]))
    #expect(abs(system.masses[0] - 2.5) < 1e-12 && system.gravity == [0, -9.81])
    #expect(abs(system.positions[0] - 0.025) < 1e-12 && abs(system.positions[1] + 0.225) < 1e-12)
    #expect(Array(system.velocities[200..<202]) == [0, -1])
    #expect(scene.simulation.scheme == .summation(SummationScheme(soundSpeed: 20, equationOfState: .tait(exponent: 7))))
    #expect(scene.simulation.numerics.support == 2 * 1.5 * 0.05 && scene.stop == .steps(3))
    #expect(scene.checkpoints == .budget(bytes: 50_000))
  }

  @Test func jitterFollowsItsSeed() throws {
    let one = try build().simulation.system.positions, again = try build().simulation.system.positions
    let other = try build([Self.physics + "fluids.0.jitter.seed=4"]).simulation.system.positions
    let none = try build([Self.physics + "fluids.0.jitter=~"]).simulation.system.positions
    #expect(one == again && one != other)
    let farthest = zip(one, none).map { abs($0 - $1) }.max() ?? 0
    #expect(farthest > 0.003 && farthest <= 0.005 + 1e-12)
  }

  @Test(
    arguments: [
      ("fluids.0.region={ x: 2 }", "no particles of the domain satisfy it"),
      ("fluids.1.region=everywhere", "fluid 2 overlaps basin"),
      ("fluids.1.region={ region: ~, ball: { center: [0.5, 0.2], radius: 0.1 } }", "reaches outside the box along y"),
      ("fluids.1.viscosity=0", "fluid 2 is another fluid than basin"),
      ("fluids.0.velocity=[1, 0, 0]", "`velocity` has 3 entries in a box of 2"),
      ("fluids.0.rest-density=1 kg/m^2", "wrong dimension"),
      ("fluids.0.velocity={ taylor-gren: { speed: 1 } }", "did you mean `taylor-green`?"),
      ("spacing=12.5 cm", "too short along x"), ("spacing=3 cm", "not a whole number of spacings long along x"),
      ("spacing=0.1 um", "do not fit in memory"), ("smoothing-length=0.5", "does not reach a neighbour"),
      ("gravity=[0, 0, 1]", "`gravity` has 3 entries"), ("kernel=quintik", "did you mean `quintic`?"),
      ("time={ steps: 1, end: 1 }", "both `end` and `steps`"),
      ("time={ steps: ~, end: 1, time-step: 1e-9 }", "is too short"),
      ("time={ steps: ~ }", "says too little"), ("time.checkpoints.budget=10", "a number of MB"),
      ("scheme.summation.sound-speed=-1", "out of range"), ("fluids=[]", "wrong number of items"),
    ])
  func mistakesHaveWords(_ override: String, _ words: String) {
    expectRefusal(words, of: override) {
      _ = try build([Self.physics + override])
    }
  }

  @Test func wallsAndSolidsAreFilled() throws {
    let system = try build([], SampleScenes.tank).simulation.system
    // A lattice of 12 x 10 with three layers all around it (a support of 2.4 spacings), and a post of 1 x 2.
    #expect(system.walls.count == 18 * 16 - 12 * 10 + 2)
    #expect(system.particleCount == 12 * 4 - 2)
    #expect(zip(system.box.lower + system.box.upper, [-0.15, -0.15, 0.75, 0.65]).allSatisfy { abs($0 - $1) < 1e-12 })
    #expect(system.walls.friction == .freeSlip && system.walls.motion == .sliding)
    #expect(system.walls.velocities.reduce(0, +) == 18 * 3)
    // The lowest particles bear almost four layers.
    let pressure = EquationOfState.tait(exponent: 7).pressure(
      system.densities?.max() ?? 0, restDensity: 1000, soundSpeed: 20)
    #expect(abs(pressure - 9.81 * 1000 * 0.175) < 1e-6)
  }

  @Test(
    arguments: [
      ("boundaries=[left, left]", "is given twice"), ("boundaries=[front]", "a flat box has no z"),
      ("boundaries=[{ side: top, velocity: [0, 1] }]", "slides along itself only"),
      ("boundaries=[{ side: top, velocity: [1, 0, 0] }]", "`velocity` has 3 entries"),
      ("boundaries=[lefft]", "did you mean `left`?"), ("solids.0.region=everywhere", "post overlaps water"),
      ("solids.0.velocity=[1, 0]", "travels while a side of the box slides"),
      ("scheme={ summation: { sound-speed: 20 } }", "sees no walls"),
      ("gravity=~", "`surface` needs the scheme"),
    ])
  func mistakesOfWallsHaveWords(_ override: String, _ words: String) {
    expectRefusal(words, of: override) {
      _ = try build([Self.physics + override], SampleScenes.tank)
    }
  }

  @Test(
    arguments: [
      ("design.control-history.axes=z", "a flat box has no z"),
      ("objective.maximize.mass-in-box.at=3 ms", "after the end"),
      ("objective.maximize.mass-in-box.to=[10 cm, max]", "the box is empty"),
      ("objective.maximize.mass-in-box.fluid=waiter", "did you mean `water`?"),
      ("objective.maximize.mass-in-box.from=[0, 0, 0]", "`from` has 3 entries"),
      ("constraints.0.mean-position.direction=z", "a flat box has no z"),
      ("optimizer={ optimality-criteria: { iterations: 2 } }", "optimality criteria are for densities"),
      ("design={ initial-velocity: { limit: 1, fluids: [milk] } }", "there is no fluid `milk`"),
      ("design={ density: { start: 0.5 } }", "takes no `density`"),
    ])
  func mistakesOfDesignsHaveWords(_ override: String, _ words: String) {
    expectRefusal(words, of: override) {
      _ = try build([override], SampleScenes.tank)
    }
  }

  /// Time steps that adapt, held fixed where the gradient is taken.
  @Test(
    arguments: [
      "control-history: { axes: [x, y], knots: 4, limit: 5 m/s^2 }", "initial-velocity: { limit: 1 m/s }",
      "initial-position: { limit: 1 cm, fluids: water }",
    ])
  func gradientsOfDesignsAreExact(_ design: String) throws {
    let overrides = ["design={ \(design) }", Self.physics + "precision=double"]
    let file = try SceneFile.parse(SampleScenes.tank, overrides: overrides)
    let scene = try RunnableScene.build(file).optimizable(file)
    for row in try GradientCheck(scene, seed: 1).run() { #expect(row.passes, "\(row)") }
  }

  /// Tools of every shape, a body's shape, a velocity, a viscosity and a history at once, under every functional.
  @Test func gradientsOfToolsAreExact() throws {
    let file = try SceneFile.parse(SampleScenes.tools)
    let scene = try RunnableScene.build(file).optimizable(file)
    #expect(scene.problem.start.count == 4 + 8 + 3 + 4 + 4 + 2 + 1 + 4)
    for row in try GradientCheck(scene, seed: 2).run() { #expect(row.passes, "\(row)") }
  }

  private static let chain = "design.several.designs.0.tool.shape.joint-chain."

  @Test(
    arguments: [
      (chain + "start=[1, 2]", "`start` has 2 angles for 4 joints"),
      (chain + "start=1", "is beyond `limit`"),
      (chain + "root=[1.1 m, 0.3 m]", "chain reaches out of the box at ("),
      (chain + "length=1e18 m", "chain reaches far outside the box along x"),
      (
        "design.several.designs.1.tool.shape.spline.points=[[0, 0], [1e18, 0], [2e18, 0], [3e18, 0]]",
        "far outside the box"
      ),
      ("design.several.designs.3.tool.shape.height-field.to=1e18 m", "far outside the box along x"),
      (chain + "root=[0.3 m, 0.45 m]", "chain overlaps the fluid at ("),
      ("design.several.designs.1.tool.shape.spline.points=[[0, 0], [1, 1]]", "wrong number of items"),
      ("design.several.designs.2.tool.shape.polygon.axes=z", "a flat box has no z"),
      ("design.several.designs.3.tool.shape.height-field.nodes=[2, 2]", "differ in length"),
      ("design.several.designs.3.tool.shape.height-field.to=0.1 m", "the ground is empty"),
      ("design.several.designs.4.initial-shape.fluid=~", "there are several fluids"),
      ("design.several.designs.4.initial-shape={ shift: 0, stretch: 0, turn: 0 }", "nothing of the body may change"),
      ("design.several.designs.6.material.viscosity=[1, 2]", "is not within that of the design"),
      ("design.several.designs.6.material.viscosity=[0.1, 0.001]", "does not rise"),
      ("design={ control-history: { axes: y, knots: 4, limit: 1 } }", "the design has no"),
      ("objective.minimize.sum.terms.0.functional.mixing.dye=ink", "there is no fluid `ink`"),
      ("start-design=nowhere.npy", "nowhere.npy"),
      ("constraints.4.splash-height.at=1 ms", "both `at` and `over-time`"),
    ])
  func mistakesOfToolsHaveWords(_ override: String, _ words: String) {
    expectRefusal(words, of: override) {
      _ = try build([override], SampleScenes.tools)
    }
  }

  /// A design that the optimizer tries may be impossible where the start is not.
  @Test func aToolOutsideIsAFailureOfItsDesign() throws {
    let file = try SceneFile.parse(SampleScenes.tools, overrides: [Self.chain + "limit=3"])
    let problem = try RunnableScene.build(file).optimizable(file).problem
    var design = problem.start
    design[0] = 2.5
    #expect {
      _ = try problem.responses.makeSession().evaluate(design, gradientsOf: [])
    } throws: { error in
      (error as? SolveFailure)?.kind == .diverged && "\(error)".contains("chain reaches out of the box at (")
    }
  }

  @Test func domainsFitTheirPhysics() throws {
    #expect {
      _ = try build(["domain={ grid: { size: [1, 1], cells: [10, 10] } }"])
    } throws: { "\($0)".contains("particles live in a `box`") }
    #expect {
      _ = try SceneBuilder.build(SceneFile.parse(SampleScenes.beam, overrides: ["domain={ box: { size: [1, 1] } }"]))
    } throws: { "\($0)".contains("a `box` is for particles") }
    #expect {
      _ = try build(["objective.minimize=compliance", "design.density.start=0.5"])
    } throws: { "\($0)".contains("takes no `density`") }
  }

  /// With room on disk for the states beyond the budget no step is repeated.
  @Test func statesBeyondTheBudgetGoToDisk() throws {
    func gradient(_ checkpoints: String) throws -> ParticleResult {
      let output = FileManager.default.temporaryDirectory.appending(path: "backsolve-\(UUID().uuidString)").path
      defer { try? FileManager.default.removeItem(atPath: output) }
      let file = try SceneFile.parse(
        SampleScenes.basin,
        overrides: [Self.physics + "time.steps=8", Self.physics + "time.checkpoints=" + checkpoints])
      guard case .particles(let scene) = try RunnableScene.build(file) else { throw CommandFailure(.usage, "") }
      return try ParticleRun(file: file, scene: scene).run(into: output, withGradient: true)
    }
    let kept = try gradient("{ budget: 1 MB }")
    let repeated = try gradient("{ budget: 0.005 MB }")
    let spilled = try gradient("{ budget: 0.005 MB, disk: 1 MB }")
    #expect(repeated.gradientNorm == kept.gradientNorm && spilled.gradientNorm == kept.gradientNorm)
    #expect(kept.recomputedSteps == 0 && (repeated.recomputedSteps ?? 0) > 0 && spilled.recomputedSteps == 0)
    #expect(kept.checkpointDiskBytes == 0 && (spilled.checkpointDiskBytes ?? 0) > 0)
  }

  #if !DEBUG
    /// `Benchmarks/reference/taylor-green.json`: recomputed independently in double precision.
    @Test func theBenchmarkSceneReachesItsReference() throws {
      let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "Scenes/Benchmarks").path
      let file = try SceneFile.load(
        folder + "/taylor-green-2500.yaml", overrides: [Self.physics + "precision=double"])
      guard case .particles(let scene) = try RunnableScene.build(file) else { throw CommandFailure(.usage, "") }
      let output = FileManager.default.temporaryDirectory.appending(path: "backsolve-\(UUID().uuidString)").path
      defer { try? FileManager.default.removeItem(atPath: output) }
      let result = try ParticleRun(file: file, scene: scene).run(into: output, withGradient: true)
      #expect(abs(result.energy - 0.24007584) < 1e-8)
      #expect(abs((result.gradientNorm ?? 0) / 0.01352023 - 1) < 1e-6)
    }
  #endif
}
