import Foundation
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

  /// With the lift as a constraint the angle is a variable, and the gradient by it is what differences say.
  @Test func anglesCanBeVariables() throws {
    let text = SmallModels.foil.replacing("panels: 40", with: "panels: 40\n    lifts: constrained")
    let held = try SceneModel(SceneFile.parse(text, name: "foil.yaml"))
    #expect(held.designCount == model.designCount + 1)
    let weights = [100.0, 1, 1]
    let gradient = try held.linearize(held.start).pullback(
      held.seed(rows: weights, stateVector: DenseVector(zeros: held.stateOutputCount)))
    for variable in [1, held.designCount - 1] {
      func value(_ step: Double) throws -> Double {
        var design = held.start
        design[variable] += step
        return zip(try held.evaluate(design).rows, weights).reduce(0) { $0 + $1.0 * $1.1 }
      }
      let step = 1e-5
      let difference = (try value(step) - value(-step)) / (2 * step)
      #expect(abs(gradient[variable] - difference) < 1e-4 * abs(difference), "\(gradient[variable]) \(difference)")
    }
  }

  @Test func whatAPolarLacksIsNull() throws {
    let text = #"[{"cl": 3, "cd": null, "converged": false, "reason": "stalled"}]"#
    let rows = try JSONDecoder().decode([AirfoilPolar.Row].self, from: Data(text.utf8))
    #expect(rows[0].cl == 3 && rows[0].cd.isNaN && rows[0].alpha.isNaN)
    let written = try JSONSerialization.jsonObject(with: Data(try PolarRequest.json(rows).utf8)) as? [[String: Any]]
    let row = try #require(written?.first)
    #expect(row["cl"] as? Double == 3 && row["cd"] is NSNull && row["xtrTop"] is NSNull)
    #expect(Set(row.keys) == ["alpha", "cl", "cd", "cm", "xtrTop", "xtrBottom", "converged", "reason"])
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
