import DesignSamplers
import FieldIO
import Foundation
import TestSupport
import Testing

@testable import Scenes

/// Samplers of densities: sketches, steps of the optimizer that lead, and coarser grids.
extension SamplerSceneTests {
  @Test func aSketchIsWhatTheOptimizerReachesAndIsCounted() throws {
    try withFolder { folder in
      let scene = try scene(
        SampleScenes.posts, folder, ["sampler.model.u-net.sketch=3", "sampler.training.steps=2"])
      let family = try #require(scene.family as? OptimizedVariants)
      let file = try family.variant(4)
      let members = try scene.requests(of: [try family.member(4)])
      let variant = try RunnableScene.build(file).optimizable(file)
      var stopping = variant.stopping
      stopping.iterations = 3
      let three = try DesignLoop(
        problem: variant.problem, optimizer: variant.optimizer, stopping: stopping, scaling: variant.scaling
      ).run()
      #expect(three.history.rows.count == 3 && members[0].sketch == three.design)
      #expect(members[0].numbers == family.values(of: 4))

      _ = try SamplerTrainingRun(scene, try DesignDataSet.load(for: scene, from: nil)).run(
        to: scene.weightsPath, resumes: false, stops: { false }, progress: { _ in })
      let result = try SamplerRun(scene).execute(into: folder + "run", progress: { _ in }, stops: { false })
      #expect(result.plain.calls.gradients == 3)
      // Another sketch needs other weights.
      let other = try self.scene(SampleScenes.posts, folder, ["sampler.model.u-net.sketch=4"])
      let error = #expect(throws: SceneErrors.self) { try other.readWeights(nil) }
      #expect(try #require(error).description.contains("a sketch of 3 iterations"))
    }
  }

  @Test func aSketchBetterThanEverySampleIsPolishedToo() throws {
    try withFolder { folder in
      // Two steps of training leave little more than noise.
      let overrides = ["sampler.model.u-net.sketch=6", "sampler.training.steps=2", "guidance.scale=0"]
      let scene = try scene(SampleScenes.posts, folder, overrides)
      _ = try SamplerTrainingRun(scene, try DesignDataSet.load(for: scene, from: nil)).run(
        to: scene.weightsPath, resumes: false, stops: { false }, progress: { _ in })
      let result = try SamplerRun(scene).execute(into: folder + "run", progress: { _ in }, stops: { false })
      let sketched = try #require(result.polished.first { $0.origin == "the sketch" })
      let others = result.polished.filter { $0.origin != "the sketch" }
      #expect(others.count == 1 && others[0].origin.hasPrefix("sample "))
      let before = try #require(sketched.before)
      #expect(before < (try #require(result.plain.bestObjective)))
      #expect(result.notes.contains { $0.contains("better than every sample") })
      // One value for each valid sample and one for the sketch.
      let valid = Int((result.plain.valid * Double(result.plain.count)).rounded())
      #expect(result.plain.calls.values == valid + 1)

      // A sketch of one iteration is the start, which samples are better than.
      let poor = try self.scene(SampleScenes.posts, folder, ["sampler.model.u-net.sketch=1", "guidance.scale=0"])
      _ = try SamplerTrainingRun(poor, try DesignDataSet.load(for: poor, from: nil)).run(
        to: poor.weightsPath, resumes: false, stops: { false }, progress: { _ in })
      let second = try SamplerRun(poor).execute(into: folder + "poor", progress: { _ in }, stops: { false })
      #expect(second.polished.map(\.origin).allSatisfy { $0.hasPrefix("sample ") })
      #expect(!second.notes.contains { $0.contains("better than every sample") })
    }
  }

  @Test func aSketchMayBeMadeOnACoarserGrid() throws {
    let sketch = "sampler.model.u-net={ channels: [8], sketch: 3, sketch-on: { cells: [2, 2] } }"
    let scene = try scene(SampleScenes.posts, "", [sketch, "design.density.filter={ cone: { radius: 1.2 cells } }"])
    let sketching = try #require(scene.sketching)
    #expect(scene.words.contains("a sketch of 3 iterations on 2 x 2 cells") && sketching.cost == 0.75)
    let small = try SceneFile.parse(
      SampleScenes.posts, name: "small.yaml",
      overrides: [
        "domain.grid.cells=[2, 2]", "sampler.drawn-on.cells=[2, 2]",
        "design.density.filter={ cone: { radius: 1.2 cells } }",
      ])
    let three = try RunnableScene.build(small).optimizable(small).optimized(iterations: 3).design
    let expected = try #require(GridRefinement(from: [2, 2], to: [4, 4])).apply(three)
    #expect(try scene.request().sketch == expected)
    // A filter told in metres has as many cells there, and so twice the length.
    let coarse = try FinerDesigns.coarse(
      try SceneFile.parse(SampleScenes.posts, name: "scene.yaml"), try #require(sketching.refinement),
      keepsFilterCells: true)
    let density = try #require(coarse.scene.design?.value as? Scene.DensityDesign)
    guard case .cone(.cells(let radius))? = density.filter?.value else {
      Issue.record("the filter is \(String(describing: density.filter?.value))")
      return
    }
    #expect(abs(radius - 1.2) < 1e-12)
    let wrong = refusal(SampleScenes.posts, sketch.replacing("[2, 2]", with: "[3, 4]"))
    #expect(wrong.contains("those of `sketch-on`") && wrong.contains("3 x 4 for 4 x 4 cells"))
    #expect(refusal(SampleScenes.posts, sketch.replacing("sketch: 3, ", with: "")).contains("without a sketch"))
  }

  @Test func whatIsAskedBeyondTheRangeIsRefusedOrTold() throws {
    func asked(_ word: String?) throws -> [Double] {
      let overrides =
        ["constraints.0.volume-fraction.at-most=0.7"] + (word.map { ["sampler.beyond-range=\($0)"] } ?? [])
      return try scene(SampleScenes.posts, "", overrides).request().numbers
    }
    #expect(try asked("nearest") == [0.5, 0.6])
    #expect(try asked("extrapolated") == [0.5, 0.7])
    let error = #expect(throws: SceneErrors.self) { try asked(nil) }
    let words = try #require(error).description
    #expect(words.contains("expected 0.4 to 0.6") && words.contains("beyond-range: nearest"), "\(words)")
    #expect(refusal(SampleScenes.posts, "sampler.beyond-range=allowed").contains("extrapolated"))
  }

  @Test func designsAreLedByStepsOfTheOptimizer() throws {
    try withFolder { folder in
      let scene = try scene(SampleScenes.posts, folder, ["guidance.by=optimizer", "sampler.training.steps=20"])
      _ = try SamplerTrainingRun(scene, try DesignDataSet.load(for: scene, from: nil)).run(
        to: scene.weightsPath, resumes: false, stops: { false }, progress: { _ in })
      let plain = try scene.draw(count: 3, seed: 1)
      let guided = try scene.drawGuided(count: 3, seed: 1)
      #expect(guided.gradients == 6 && guided.values == 0)
      let problem = scene.scene.problem
      func objective(_ design: DenseVector) throws -> Double {
        problem.objectiveValue(try problem.responses.makeSession().evaluate(design, gradientsOf: []).values)
      }
      for (led, drawn) in zip(guided.designs, plain) {
        #expect(try objective(led) < objective(drawn))
        #expect(try #require(scene.measures(led)["volume error"]) < 1e-3)
      }
      // A step is what a run of the optimizer makes of the same design.
      let step = try #require(OptimizerStep(scene.scene, in: scene.space)(plain[0]))
      let run = try scene.scene.optimized(from: plain[0], iterations: 2).design
      #expect(zip(run.elements, step.elements).allSatisfy { abs($0 - $1) < 1e-9 })
    }
  }

  @Test func designsAreDrawnCoarseAndPolishedFine() throws {
    try withFolder { folder in
      let drawnOn = ["domain.grid.cells=[8, 12]", "sampler.drawn-on.cells=[4, 4]", "sampler.training.steps=5"]
      let scene = try scene(
        SampleScenes.posts, folder, drawnOn + ["guidance.optimizer={ optimality-criteria: { iterations: 3 } }"])
      let finer = try #require(scene.finer)
      #expect(scene.space.count == 16 && finer.space.count == 96 && finer.polisher.stopping.iterations == 3)
      // What is learned is the scene on the coarse grid: weights are for both.
      let plain = try self.scene(SampleScenes.posts, folder)
      #expect(plain.finer == nil && scene.words == plain.words)
      let (member, same) = (try scene.family.member(2), try plain.family.member(2))
      #expect(member.design == same.design)
      #expect(try scene.variant(3)?.finer?.refinement.fine == [8, 12])

      _ = try SamplerTrainingRun(scene, try DesignDataSet.load(for: scene, from: nil)).run(
        to: scene.weightsPath, resumes: false, stops: { false }, progress: { _ in })
      let result = try SamplerRun(scene).execute(into: folder + "run", progress: { _ in }, stops: { false })
      #expect(result.polished.count == 1 && result.notes.contains { $0.contains("4 x 4 cells") })
      let samples = try NPYFile(bytes: AtomicFile.read(folder + "run/samples.npy"), path: "")
      #expect(samples.shape == [4, 96])
      let volume = samples.values.prefix(96).reduce(0, +) / 96
      #expect(abs(volume - 0.5) < 0.1, "\(volume)")
      let fine = DenseVector(Array(samples.values.prefix(96)))
      #expect(try #require(finer.space.measures(fine).first { $0.name == "volume error" }).value < 1e-9)
      // What is written is what `refine` takes.
      let refinement = try DesignRefinement(scene.file)
      #expect(try refinement.read(folder + "run/polished.npy").count == 1)
    }
  }

  @Test func aFilterKeepsItsLengthOnTheCoarseGrid() throws {
    let overrides = ["domain.grid.cells=[8, 12]", "sampler.drawn-on.cells=[4, 4]"]
    func radius(_ written: String) throws -> Double? {
      let filter = "design.density.filter={ helmholtz: { radius: \(written) } }"
      let file = try SceneFile.parse(SampleScenes.posts, name: "scene.yaml", overrides: overrides + [filter])
      let refinement = try #require(try FinerDesigns.refinement(file.scene.sampler?.value.drawnOn, file))
      let coarse = try FinerDesigns.coarse(file, refinement)
      guard let density = coarse.scene.design?.value as? Scene.DensityDesign,
        case .helmholtz(.meters(let found))? = density.filter?.value
      else { return nil }
      return found
    }
    // The smallest edge of a fine cell is 1/12 m.
    #expect(abs(try #require(try radius("3 cells")) - 0.25) < 1e-15)
    #expect(try radius("0.3 m") == 0.3)
  }

  @Test func aDensityMayStartFromAFile() throws {
    try withFolder { folder in
      func start(_ shape: [Int], _ values: [Double], _ overrides: String...) throws -> DenseVector {
        try AtomicFile.write(NPYFile(shape: shape, values: values).bytes, to: folder + "start.npy")
        return try scene(SampleScenes.posts, folder, ["start-design=\(folder)start.npy"] + overrides).scene.problem
          .start
      }
      let quarter = (0..<16).map { Double($0) / 16 }
      #expect(try start([16], quarter).elements == quarter)
      let refinement = try #require(GridRefinement(from: [4, 4], to: [8, 8]))
      let fine = try start([16], quarter, "domain.grid.cells=[8, 8]", "sampler.drawn-on.cells=[8, 8]")
      #expect(try fine == refinement.apply(DenseVector(quarter)))
      // y first, as runs write fields.
      #expect(try start([2, 4], Array(quarter.prefix(8))).elements.prefix(4).elementsEqual(quarter.prefix(4)))
      let strange = #expect(throws: SceneErrors.self) { try start([3], [0, 0, 0]) }
      #expect(try #require(strange).description.contains("3 entries, expected 16"))
      let large = #expect(throws: SceneErrors.self) { try start([16], quarter.map { $0 + 0.5 }) }
      #expect(try #require(large).description.contains("is not a density"))
      let both = #expect(throws: SceneErrors.self) {
        try start([16], quarter, "domain.grid.cells=[8, 8]", "sampler.drawn-on.cells=[4, 4]")
      }
      #expect(try #require(both).description.contains("takes no `start-design`"))
    }
  }
}
