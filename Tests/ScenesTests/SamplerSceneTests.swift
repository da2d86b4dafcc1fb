import DesignSamplers
import FieldIO
import Foundation
import TestSupport
import Testing

@testable import Scenes

/// Scenes with a sampler: their data, their training, what they draw, and what they refuse.
@Suite struct SamplerSceneTests {
  func scene(_ text: String, _ folder: String = "", _ overrides: [String] = []) throws -> SamplerScene {
    try SamplerScene.build(try SceneFile.parse(text, name: folder + "scene.yaml", overrides: overrides))
  }

  func withFolder(_ body: (String) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "backsolve-\(UUID().uuidString)").path + "/"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try body(folder)
  }

  func refusal(_ text: String, _ overrides: String...) -> String {
    do {
      _ = try scene(text, "", overrides)
      return "none"
    } catch {
      return "\(error)"
    }
  }

  private static let steeredTransformer = SampleScenes.flock
    .replacing("perceptron: { width: 16, blocks: 1 }", with: "transformer: { width: 8, heads: 2, blocks: 1 }")
    .replacing("gradients: 3", with: "gradients: 3\n  through-network: true\n  optimizer: { sqp: { iterations: 1 } }")

  @Test(arguments: [SampleScenes.flock, SampleScenes.posts, steeredTransformer])
  func aSamplerIsTrainedAndDraws(_ text: String) throws {
    try withFolder { folder in
      let scene = try scene(text, folder)
      let data = try DesignDataSet.load(for: scene, from: nil)
      #expect(data.count + data.failures == scene.family.count && data.count > 10)
      let outcome = try SamplerTrainingRun(scene, data).run(
        to: scene.weightsPath, resumes: false, stops: { false }, progress: { _ in })
      #expect(outcome.isComplete && outcome.loss.isFinite && outcome.bytes > 0)
      let result = try SamplerRun(scene).execute(into: folder + "run", progress: { _ in }, stops: { false })
      let guided = try #require(result.guided)
      #expect(result.plain.count == scene.sampler.count && result.plain.valid > 0)
      // As many gradients as allowed, at most.
      #expect(guided.calls.gradients > 0)
      #expect(guided.calls.gradients <= scene.guidance.gradients * scene.sampler.count)
      #expect(result.polished.count == 1)
      for name in [
        "samples.npy", "samples.csv", "samples.png", "costs.svg", "polished.npy", "report.html", "result.json",
      ] {
        #expect(FileManager.default.fileExists(atPath: folder + "run/" + name), "\(name)")
      }
      // The same seed, the same designs, however often.
      let samples = try Data(contentsOf: URL(filePath: folder + "run/samples.npy"))
      _ = try SamplerRun(scene).execute(into: folder + "run", progress: { _ in }, stops: { false })
      #expect(try Data(contentsOf: URL(filePath: folder + "run/samples.npy")) == samples)
    }
  }

  @Test func dataIsMadeInPiecesAndGoesOn() throws {
    try withFolder { folder in
      let scene = try scene(SampleScenes.posts, folder)
      let place = folder + "data"
      var asked = 0
      let stopped = try DataGeneration(scene, into: place).run(
        overwrites: false,
        stops: {
          asked += 1
          return asked > 1
        }, progress: { _ in })
      #expect(!stopped)
      #expect(throws: CommandFailure.self) { try DesignDataSet.load(for: scene, from: place) }
      let first = try Data(contentsOf: URL(filePath: place + "/designs-0000.npy"))
      #expect(try DataGeneration(scene, into: place).run(overwrites: false, stops: { false }, progress: { _ in }))
      #expect(try Data(contentsOf: URL(filePath: place + "/designs-0000.npy")) == first)
      let data = try DesignDataSet.load(for: scene, from: place)
      let direct = try DesignDataSet.load(for: scene, from: nil)
      var told = 0
      let interrupted = #expect(throws: CommandFailure.self) {
        try DesignDataSet.load(for: scene, from: nil, stops: { told > 0 }, progress: { made, _ in told = made })
      }
      #expect(try #require(interrupted).code == .interrupted && told == scene.family.shardSize)
      #expect(data.designs == direct.designs && data.members.map(\.conditions) == direct.members.map(\.conditions))

      let other = try self.scene(SampleScenes.posts, folder, ["optimizer.optimality-criteria.move-limit=0.1"])
      #expect(throws: CommandFailure.self) { try DesignDataSet.load(for: other, from: place) }
      try Data([1, 2, 3]).write(to: URL(filePath: place + "/designs-0001.npy"))
      #expect(throws: CommandFailure.self) { try DesignDataSet.load(for: scene, from: place) }
      #expect(try DataGeneration(scene, into: place).run(overwrites: false, stops: { false }, progress: { _ in }))
      #expect(try DesignDataSet.load(for: scene, from: place).designs == direct.designs)
    }
  }

  @Test func membersOfAFamilyKeepTheirVolume() throws {
    let scene = try scene(SampleScenes.posts)
    let family = try #require(scene.family as? OptimizedVariants)
    let member = try family.member(3)
    #expect(member.conditions == family.values(of: 3) && member.objective > 0)
    let space = scene.space
    let held = space.nearestAllowed(DenseVector((0..<16).map { Double($0 % 5) / 4 }))
    let volume = space.measures(held).first { $0.name == "volume error" }
    #expect(try #require(volume).value < 1e-9)
  }

  @Test func samplesAreComparedOnProblemsNotLearned() throws {
    try withFolder { folder in
      let scene = try scene(SampleScenes.posts, folder, ["sampler.training.steps=30"])
      _ = try DataGeneration(scene, into: folder + "data").run(overwrites: false, stops: { false }, progress: { _ in })
      let data = try DesignDataSet.load(for: scene, from: folder + "data")
      _ = try SamplerTrainingRun(scene, data).run(
        to: scene.weightsPath, resumes: false, stops: { false }, progress: { _ in })
      var run = SamplerRun(scene)
      (run.heldOut, run.data) = (3, folder + "data")
      let result = try run.execute(into: folder + "run", progress: { _ in }, stops: { false })
      let held = try #require(result.heldOut)
      // A network of a few steps need not draw what carries the load.
      #expect(held.count == 3 && held.feasible <= held.valid)
      // No sample beats what the optimizer finds by much.
      if let excess = held.medianExcess { #expect(excess > -0.1) }
      #expect((0...1).contains(try #require(held.unpairedAccuracy)))
      // Each sample nearest to its own problem's design: told apart never in pairs; by halves as two sets of one kind.
      let designs: [DenseVector] = (0..<6).map { [Double($0)] }
      #expect(SetMeasures.neighbourAccuracy(designs.map { $0 + [0.1] }, designs) == 0)
      #expect(HeldOutComparison.unpairedAccuracy(designs.map { $0 + [0.1] }, designs) == 0)
      #expect(HeldOutComparison.unpairedAccuracy(designs.map { $0 + [100] }, designs) == 1)
      #expect(HeldOutComparison.unpairedAccuracy([[0]], [[0]]) == nil)
      #expect((0...1).contains(held.neighbourAccuracy) && held.coverage > 0 && held.meanDistanceOfData > 0)
      #expect(try #require(held.novelty) > 0 && result.plain.novelty != nil)
      if held.valid > 0 { #expect(try #require(held.measures["volume error"]) < 1e-6) }
      // Two gradients a sample at most, and the value of what is valid at its end.
      #expect(held.calls.values <= 3 && (1...6).contains(held.calls.gradients))
      #expect(result.polished[0].measures["floating material"] != nil)
      let report = try String(contentsOfFile: folder + "run/report.html", encoding: .utf8)
      #expect(report.contains("problems not learned") && report.contains("The best of some samples"))
      var foils = SamplerRun(try self.scene(SampleScenes.flock, folder, ["sampler.training.steps=1"]))
      foils.heldOut = 2
      _ = try SamplerTrainingRun(foils.scene, try DesignDataSet.load(for: foils.scene, from: nil)).run(
        to: foils.scene.weightsPath, resumes: false, stops: { false }, progress: { _ in })
      #expect(throws: (any Error).self) {
        try foils.execute(into: folder + "foils", progress: { _ in }, stops: { false })
      }
    }
  }

  @Test func foilsAreHeldToAThickness() throws {
    let hold = "guidance.project={ least-thickness: 0.02, largest-thickness: [0.14, 0.16] }"
    let scene = try scene(SampleScenes.flock, "", [hold])
    #expect(scene.space.holdsExactly)
    let start = scene.scene.problem.start
    var generator = SeededGenerator(seed: 5)
    for amount in [0, 0.02, 0.1, 0.3] {
      let design = start + generator.vector(count: start.count, in: -amount...amount + 1e-9)
      let held = scene.space.nearestAllowed(design)
      #expect(scene.failedTest(held) == nil)
      let thickness = FoilFamily.thickness(of: try #require(scene.space as? FoilSpace).cst.apply(held))
      #expect((0.14...0.16).contains(thickness.most) && thickness.least > 0, "\(thickness)")
    }
    #expect(refusal(SampleScenes.posts, hold).contains("`project` is for foils"))
    #expect(
      refusal(SampleScenes.flock, "guidance.project={ least-thickness: 0.2, largest-thickness: [0.14, 0.16] }")
        .contains("thicker than the largest"))
    #expect(
      refusal(SampleScenes.flock, "guidance.project={ least-thickness: 0.02, largest-thickness: [0.34, 0.36] }")
        .contains("0.03 to 0.3"))
  }

  @Test func mistakesAreTold() throws {
    #expect(refusal(SampleScenes.posts, "sampler.drawn-on.cells=[3, 4]").contains("3 x 4 for 4 x 4 cells"))
    #expect(refusal(SampleScenes.posts, "sampler.drawn-on.cells=[2, 2, 2]").contains("2 x 2 x 2 for 4 x 4 cells"))
    #expect(refusal(SampleScenes.flock, "sampler.drawn-on.cells=[2, 2]").contains("for densities on a grid"))
    #expect(refusal(SampleScenes.beam).contains("the scene has no `sampler`"))
    #expect(refusal(SampleScenes.flock, "sampler.model=u-net").contains("a U-Net is for densities"))
    #expect(refusal(SampleScenes.posts, "sampler.model=perceptron").contains("a perceptron is for vectors"))
    #expect(refusal(SampleScenes.posts, "sampler.model.u-net.channels=[8, 8, 8, 8]").contains("divisible by 8"))
    #expect(refusal(SampleScenes.posts, "sampler.model=transformer").contains("a transformer is for vectors"))
    #expect(refusal(SampleScenes.flock, "sampler.model.transformer.heads=3").contains("does not divide by 3"))
    #expect(refusal(SampleScenes.posts, "sampler.data=foils").contains("are for airfoils"))
    #expect(refusal(SampleScenes.posts, "sampler.model.u-net.channels=[12]").contains("multiple of 8"))
    #expect(refusal(SampleScenes.posts, "sampler.data.optimized.vary.0.path=domain.nothing").contains("no number at"))
    #expect(
      refusal(SampleScenes.posts, "sampler.data.optimized.vary.1={ path: domain.grid.size.0, between: [-1, 1] }")
        .contains("cannot have -1"))
    #expect(refusal(SampleScenes.beam, "guidance.scale=1").contains("steers a sampler"))
    #expect(refusal(SampleScenes.flock, "design={ hicks-henne: {} }").contains("need a `cst` design"))
  }

  @Test func trainingGoesOnToTheSameBitsAndKeepsTheLastGood() throws {
    try withFolder { folder in
      let scene = try scene(SampleScenes.flock, folder)
      let run = try SamplerTrainingRun(scene, try DesignDataSet.load(for: scene, from: nil))
      let whole = try run.run(to: folder + "whole", resumes: false, stops: { false }, progress: { _ in })
      var steps = 0
      let part = try run.run(
        to: folder + "part", resumes: false,
        stops: {
          steps += 1
          return steps > 15
        }, progress: { _ in })
      #expect(part.step == 15 && !part.isComplete)
      let rest = try run.run(to: folder + "part", resumes: true, stops: { false }, progress: { _ in })
      #expect(rest.step == 40 && rest.checksum == whole.checksum && part.checksum != whole.checksum)

      // A rate beyond all measure: training stops where the loss is no number, and says what was kept.
      let wild = try self.scene(SampleScenes.flock, folder, ["sampler.training.rate=1e38"])
      let failing = try SamplerTrainingRun(wild, try DesignDataSet.load(for: wild, from: nil))
      let failure = #expect(throws: SolveFailure.self) {
        try failing.run(to: folder + "wild", resumes: false, stops: { false }, progress: { _ in })
      }
      #expect(try #require(failure).message.contains("are kept"))
      #expect(FileManager.default.fileExists(atPath: folder + "wild.checkpoint"))
    }
  }

  @Test func aReservoirHoldsEachThatCameAsLikely() {
    var hits = [Int](repeating: 0, count: 40)
    for seed in 0..<2000 {
      var reservoir = Reservoir<Int>(size: 10, seed: UInt64(seed))
      for i in 0..<40 { reservoir.add(i) }
      #expect(reservoir.kept.count == 10 && reservoir.seen == 40)
      for i in reservoir.kept { hits[i] += 1 }
    }
    // 500 each, with a deviation of 19.
    #expect(hits.allSatisfy { abs($0 - 500) < 90 }, "\(hits)")
  }

  /// The same weights for any number of threads, and after an interruption wherever it comes.
  @Test func aStreamOfDesignsGivesTheSameBits() throws {
    try withFolder { folder in
      let scene = try scene(
        SampleScenes.posts, folder,
        ["sampler.training.reservoir=6", "sampler.training.steps=9", "sampler.data.optimized.count=40"])
      #expect(scene.isStreamed)
      func train(_ name: String, resumes: Bool = false, stops: @escaping () -> Bool = { false }) throws
        -> SamplerTrainingRun.Outcome
      {
        try SamplerTrainingRun(streaming: scene, resuming: resumes ? folder + name : nil).run(
          to: folder + name, resumes: resumes, stops: stops, progress: { _ in })
      }
      let whole = try train("whole")
      #expect(whole.isComplete && whole.loss.isFinite)
      #expect(whole.designs > 32, "\(whole.designs)")
      Threads.limit(to: 1)
      defer { Threads.limit(to: 2) }
      #expect(try train("alone").checksum == whole.checksum)
      for asked in [1, 8] {
        var count = 0
        let part = try train("part") {
          count += 1
          return count > asked
        }
        #expect(!part.isComplete)
        let rest = try train("part", resumes: true)
        #expect(rest.isComplete && rest.checksum == whole.checksum && rest.designs == whole.designs, "\(asked)")
      }
      // Neither another scene nor a damaged file is gone on with.
      let other = try self.scene(
        SampleScenes.posts, folder, ["sampler.training.reservoir=6", "sampler.data.optimized.count=50"])
      #expect(throws: FileFailure.self) { try SamplerTrainingRun(streaming: other, resuming: folder + "part") }
      try Data([1, 2, 3]).write(to: URL(filePath: folder + "part.reservoir"))
      #expect(throws: FileFailure.self) { try SamplerTrainingRun(streaming: scene, resuming: folder + "part") }
      #expect(throws: FileFailure.self) { try SamplerTrainingRun(streaming: scene, resuming: folder + "nothing") }
      // Where the family is no larger than the reservoir, what is learned is what a set at hand gives.
      let small = try self.scene(
        SampleScenes.posts, folder, ["sampler.training.reservoir=100", "sampler.training.steps=3"])
      let streamed = try SamplerTrainingRun(streaming: small, resuming: nil).run(
        to: folder + "small", resumes: false, stops: { false }, progress: { _ in })
      let plain = try self.scene(SampleScenes.posts, folder, ["sampler.training.steps=3"])
      let set = try SamplerTrainingRun(plain, try DesignDataSet.load(for: plain, from: nil)).run(
        to: folder + "set", resumes: false, stops: { false }, progress: { _ in })
      #expect(streamed.loss == set.loss)
    }
  }

  @Test func numbersMoveAlongWithWhatVaries() throws {
    let path = "physics.linear-elasticity.load-cases.0.forces.0"
    let scene = try scene(
      SampleScenes.posts, "",
      ["sampler.data.optimized.vary.0={ path: \(path).at.point.0, between: [0.3, 0.7], along: [\(path).force.0] }"])
    #expect(scene.words.contains("\(path).at.point.0 with \(path).force.0 of 0.3 to 0.7"))
    let family = try #require(scene.family as? OptimizedVariants)
    let variant = try OptimizedVariants(
      try family.variant(of: [0.6, 0.5]),
      Scene.OptimizedData(
        count: 2, seed: 1,
        vary: [
          Located(
            Scene.Variation(path: Located("\(path).force.0", at: .builtIn), between: -1...1, along: []), at: .builtIn)
        ]))
    #expect(abs(try variant.asked()[0] - 0.1) < 1e-12)
    #expect(
      refusal(
        SampleScenes.posts,
        "sampler.data.optimized.vary.0={ path: \(path).at.point.0, between: [0.3, 0.7], along: [nothing] }"
      ).contains("no number at `nothing`"))
  }

  @Test func samplesArePolishedByTheOptimizerThatGuidanceNames() throws {
    let scene = try scene(
      SampleScenes.posts, "", ["guidance.optimizer={ gcmma: { iterations: 3 } }"])
    #expect(scene.polisher.optimizer.name != scene.scene.optimizer.name)
    #expect(scene.polisher.stopping.iterations == 3 && scene.scene.stopping.iterations == 5)
    #expect(try self.scene(SampleScenes.posts).polisher.stopping.iterations == 5)
    #expect(
      refusal(SampleScenes.flock, "guidance.optimizer=optimality-criteria").contains("optimality criteria are for"))
  }

  @Test func whatIsAskedMustHaveBeenLearned() throws {
    let scene = try scene(SampleScenes.posts, "", ["constraints.0.volume-fraction.at-most=0.7"])
    let error = #expect(throws: SceneErrors.self) { try scene.request() }
    let words = try #require(error).description
    #expect(words.contains("found 0.7") && words.contains("0.4 to 0.6") && words.contains("scene.yaml:"))
  }

  @Test func weightsOfOthersAreRefused() throws {
    try withFolder { folder in
      let scene = try scene(SampleScenes.flock, folder, ["sampler.training.steps=1"])
      let missing = #expect(throws: SceneErrors.self) { try scene.readWeights(nil) }
      #expect(try #require(missing).description.contains("backsolve train sampler"))
      _ = try SamplerTrainingRun(scene, try DesignDataSet.load(for: scene, from: nil)).run(
        to: scene.weightsPath, resumes: false, stops: { false }, progress: { _ in })
      _ = try scene.readWeights(nil)
      let other = try self.scene(SampleScenes.flock, folder, ["design.cst.weights=4"])
      let foreign = #expect(throws: SceneErrors.self) { try other.readWeights(nil) }
      #expect(try #require(foreign).description.contains("a sampler of other designs"))
    }
  }

  @Test func noValidSampleSaysWhy() throws {
    let scene = try scene(SampleScenes.flock)
    let cost = ProblemCost(
      scene.scene.problem, DesignScaling(of: [scene.scene.problem.start]), objectiveScale: 1)
    let crossed = DenseVector(scene.scene.problem.start.elements.map { -$0 })
    let thin = scene.scene.problem.start.scaled(by: 0.1)
    let assessed = DesignAssessment([crossed, crossed, thin], of: scene, cost: cost)
    #expect(assessed.valid.isEmpty && assessed.calls.values == 0)
    let words = assessed.refusal().message
    #expect(words.contains("2 times the sides cross, 1 times thinner than 0.03"))
  }
}
