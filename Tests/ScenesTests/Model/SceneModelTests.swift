import InverseDesign
import Scenes
import TestSupport
import Testing

@Suite struct SceneModelTests {
  static let texts = ["beam": SmallModels.beam, "drop": SmallModels.drop]

  static func model(_ name: String) throws -> SceneModel {
    try SceneModel(SceneFile.parse(try #require(texts[name]), name: "\(name).yaml"))
  }

  /// A design well inside its bounds, and generators for the rest.
  static func point(_ model: SceneModel, _ generator: inout SeededGenerator) -> DenseVector {
    let share = generator.vector(count: model.designCount, in: 0.35...0.65)
    return DenseVector(
      share.indices.map { model.bounds.lower[$0] + share[$0] * (model.bounds.upper[$0] - model.bounds.lower[$0]) })
  }

  @Test(arguments: ["beam", "drop"]) func itSaysWhatItTakesAndReturns(_ name: String) throws {
    let model = try Self.model(name)
    #expect(model.name == name)
    #expect(model.designBlocks.reduce(0) { $0 + $1.count } == model.designCount)
    let names = model.rows.map(\.name) + model.stateOutputs.map(\.block.name)
    #expect(Set(names).count == names.count)
    #expect(model.rows.filter(\.isObjective).count == 1)
    let result = try model.evaluate(model.start)
    #expect(model.stateVector(field: result.field, state: result.state).count == model.stateOutputCount)
    if name == "beam" {
      #expect(model.rows.map(\.bounds) == [[], [.atMost(0.5)]])
      #expect(model.stateOutputs.map(\.block.name) == ["physical-density", "displacement"])
    } else {
      #expect(model.stateOutputs.first?.block.name == "position")
    }
  }

  @Test(arguments: ["beam", "drop"]) func gradientsPassTheTaylorTest(_ name: String) throws {
    let model = try Self.model(name)
    var generator = SeededGenerator(seed: 5)
    let x = Self.point(model, &generator)
    // The steps of time are held, as they are in the gradient.
    let steady = try model.steadyProblem(at: x)
    let session = steady.responses.makeSession()
    let linearization = try model.linearize(x)
    let direction = generator.vector(count: x.count)
    for row in model.rows.indices {
      let gradient = try linearization.pullback(
        ResponseSeed(rows: model.rows.indices.map { $0 == row ? 1 : 0 }))
      let test = try TaylorTest(at: x, along: direction, gradient: gradient) { point throws(SolveFailure) in
        try session.evaluate(point, gradientsOf: []).values[row]
      }
      #expect(test.passes(), "\(model.rows[row].name): \(test.rates)")
    }
  }

  @Test(arguments: ["beam", "drop"]) func forwardAndBackAreAdjoint(_ name: String) throws {
    let model = try Self.model(name)
    var generator = SeededGenerator(seed: 6)
    let x = Self.point(model, &generator)
    let direction = generator.vector(count: x.count)
    let linearization = try model.linearize(x)
    let weights = generator.vector(count: model.rows.count).elements
    let stateSeed = generator.vector(count: model.stateOutputCount)
    let seed = try model.seed(rows: weights, stateVector: stateSeed)
    let back = try linearization.pullback(seed).dot(direction)
    let change = try linearization.pushforward(direction)
    let moved = model.stateVector(field: change.field, state: change.state)
    let forward = DenseVector(weights).dot(DenseVector(change.rows)) + stateSeed.dot(moved)
    let size = DenseVector(weights).norm * DenseVector(change.rows).norm + stateSeed.norm * moved.norm
    #expect(abs(back - forward) <= 1e-6 * size, "\(back) beside \(forward)")
    #expect(size > 0)
  }

  @Test(arguments: ["beam", "drop"]) func theHessianIsSymmetricAndThatOfTheGradient(_ name: String) throws {
    let model = try Self.model(name)
    var generator = SeededGenerator(seed: 7)
    let x = Self.point(model, &generator)
    let a = generator.vector(count: x.count), b = generator.vector(count: x.count)
    let seed = ResponseSeed(rows: model.objectiveWeights(model.rows.map { _ in 0 }))
    let ha = try model.hessianVector(x, seed: seed, direction: a)
    let hb = try model.hessianVector(x, seed: seed, direction: b)
    #expect(abs(ha.dot(b) - hb.dot(a)) <= 1e-5 * ha.norm * b.norm)
    // The gradient changes along a as the product says, to first order.
    let session = try model.steadyProblem(at: x).responses.makeSession()
    let before = try session.linearize(x, rows: [0]).pullback(seed)
    func remainder(_ step: Double) throws -> Double {
      let after = try session.linearize(x + a.scaled(by: step), rows: [0]).pullback(seed)
      return (after - before - ha.scaled(by: step)).norm
    }
    let coarse = try remainder(1e-2), fine = try remainder(5e-3)
    #expect(coarse / fine > 3.6 || coarse < 1e-9 * before.norm, "\(coarse) \(fine)")
  }

  @Test func theSameInputGivesTheSameBits() throws {
    let model = try SceneModel(
      SceneFile.parse(
        SmallModels.beam, name: "beam.yaml", overrides: ["solver=multigrid-cg", "domain.grid.cells=[24, 8]"]))
    var generator = SeededGenerator(seed: 8)
    let x = Self.point(model, &generator)
    let first = try model.valueAndGradient(x)
    for _ in 0..<3 { _ = try model.valueAndGradient(Self.point(model, &generator)) }
    let again = try model.valueAndGradient(x)
    #expect(first.evaluation.rows == again.evaluation.rows)
    #expect(first.gradient == again.gradient)
  }

  @Test func manyThreadsMayCallAtOnce() async throws {
    let model = try Self.model("beam")
    var generator = SeededGenerator(seed: 9)
    let points = (0..<6).map { _ in Self.point(model, &generator) }
    let expected = try points.map { try model.valueAndGradient($0).gradient }
    try await withThrowingTaskGroup(of: Bool.self) { group in
      for index in 0..<24 {
        group.addTask { try model.valueAndGradient(points[index % 6]).gradient == expected[index % 6] }
      }
      for try await isRight in group { #expect(isRight) }
    }
  }

  /// A linearization keeps its own solver, whatever else is solved meanwhile.
  @Test(arguments: ["beam", "drop"]) func linearizationsDoNotDisturbEachOther(_ name: String) throws {
    let model = try Self.model(name)
    var generator = SeededGenerator(seed: 10)
    let x = Self.point(model, &generator), y = Self.point(model, &generator)
    let seed = try model.seed(rows: [], stateVector: generator.vector(count: model.stateOutputCount))
    let expected = try model.linearize(x).pullback(seed)
    let first = try model.linearize(x)
    let second = try model.linearize(y)
    _ = try second.pullback(seed)
    #expect(try first.pullback(seed) == expected)
    #expect(try first.pullback(seed) == expected)
  }

  @Test func inputsAreJudged() throws {
    let model = try Self.model("beam")
    func fault(_ design: DenseVector) -> SceneFault? {
      do throws(SceneFault) {
        _ = try model.evaluate(design)
        return nil
      } catch { return error }
    }
    var outside = model.start, broken = model.start
    outside[3] = 1.5
    broken[2] = .nan
    for (design, word) in [(DenseVector.zero, "0 entries"), (outside, "outside its bounds"), (broken, "not a finite")] {
      guard case .invalidInput(let message)? = fault(design) else {
        Issue.record("\(word) was taken")
        continue
      }
      #expect(message.contains(word), "\(message)")
    }
    #expect(throws: SceneFault.self) { try model.linearize(model.start).pullback(ResponseSeed(rows: [1])) }
    #expect(throws: SceneFault.self) { try model.linearize(model.start).pushforward(DenseVector([1])) }
  }

  @Test func aCancelledSolveEndsAsOne() throws {
    let model = try Self.model("drop")
    let flag = CancellationFlag()
    flag.raise()
    #expect {
      try CancellationFlag.$current.withValue(flag) { _ = try model.evaluate(model.start) }
    } throws: { error in
      guard case SceneFault.failed(let failure) = error else { return false }
      return failure.kind == .cancelled
    }
    _ = try model.evaluate(model.start)
  }
}
