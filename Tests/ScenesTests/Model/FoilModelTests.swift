import InverseDesign
import Scenes
import TestSupport
import Testing

/// The contract of scene models where the state is that of a flow about a foil.
@Suite struct FoilModelTests {
  /// Once for all tests: a section that flies at the lift is looked for when it is built.
  private static let shared = Result { try SceneModel(SceneFile.parse(SmallModels.foil, name: "foil.yaml")) }
  private let model: SceneModel

  init() throws { model = try Self.shared.get() }

  /// Near the start: not every section between the bounds can fly at the lift.
  private func design(_ seed: UInt64) -> DenseVector {
    var generator = SeededGenerator(seed: seed)
    let share = generator.vector(count: model.designCount, in: -0.02...0.02)
    return DenseVector(
      share.indices.map { model.start[$0] + share[$0] * (model.bounds.upper[$0] - model.bounds.lower[$0]) })
  }

  @Test func itsStateIsNamed() throws {
    let names = model.stateOutputs.map(\.block.name)
    #expect(names.first == "panel-nodes")
    #expect(names.contains("pressure") && names.contains("edge-velocity"))
  }

  /// A flow begins where the last one ended, unless it is told to forget that.
  @Test func theSameInputGivesTheSameBits() throws {
    let first = try model.valueAndGradient(model.start)
    _ = try model.valueAndGradient(design(1))
    let again = try model.valueAndGradient(model.start)
    #expect(first.evaluation.rows == again.evaluation.rows)
    #expect(first.gradient == again.gradient)
  }

  /// A seed on rows, pressures and nodes goes back to what differences of all of them say.
  @Test func seedsOnTheStateGoBack() throws {
    var generator = SeededGenerator(seed: 3)
    var state = DenseVector(zeros: model.stateOutputCount)
    for output in model.stateOutputs
    where output.block.name == "panel-nodes" || output.block.name == "pressure" {
      state.elements.replaceSubrange(
        model.stateRange(of: output), with: generator.vector(count: output.block.count).elements)
    }
    let weights = [100.0, 1]
    let gradient = try model.linearize(model.start).pullback(model.seed(rows: weights, stateVector: state))
    let direction = design(2) - model.start
    func value(_ step: Double) throws -> Double {
      let result = try model.evaluate(model.start + direction.scaled(by: step))
      return model.stateVector(field: result.field, state: result.state).dot(state)
        + zip(result.rows, weights).reduce(0) { $0 + $1.0 * $1.1 }
    }
    let step = 1e-3
    let difference = (try value(step) - value(-step)) / (2 * step)
    #expect(
      abs(gradient.dot(direction) - difference) < 1e-4 * abs(difference), "\(gradient.dot(direction)) \(difference)")
  }
}
