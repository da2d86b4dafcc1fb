import Foundation
import InverseDesign
import Scenes
import Testing

/// Scenes whose material has a price instead of a bound, for optimizers that know bounds alone.
@Suite struct PricedSceneTests {
  struct Case: Sendable {
    let path: String
    /// The objective without the price.
    let part: String
    let price: Double
    let start: Double
    let cells: String
  }

  static let cases = [
    Case(path: "Structures/priced-arm.yaml", part: "compliance", price: 30, start: 0.5, cells: "[20, 12]"),
    Case(path: "Heat/priced-cooler.yaml", part: "thermal-compliance", price: 400, start: 0.4, cells: "[24, 12]"),
    Case(
      path: "Heat/between-walls-priced.yaml", part: "{ mean-temperature: { at: middle } }", price: 20, start: 0.5,
      cells: "[20, 10]"),
  ]

  private static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "Scenes").path

  private static func load(_ item: Case, _ overrides: [String] = []) throws -> BuiltScene {
    try SceneBuilder.build(
      try SceneFile.load(
        folder + "/" + item.path, overrides: ["domain.grid.cells=\(item.cells)"] + overrides))
  }

  @Test(arguments: cases) func theSumIsThePartAndThePrice(_ item: Case) throws {
    let scene = try Self.load(item)
    let plain = try Self.load(item, ["objective={ minimize: \(item.part) }"])
    let values = try [scene, plain].map { scene in
      try scene.problem.responses.makeSession().evaluate(scene.problem.start, gradientsOf: []).values[0]
    }
    // A projection may move the start a little where it is not at the threshold.
    let field = try scene.problem.responses.makeSession().evaluate(scene.problem.start, gradientsOf: []).field
    let mean = field.sum / Double(field.count)
    #expect(abs(mean - item.start) < 0.02)
    #expect(abs(values[0] - values[1] - item.price * mean) < 1e-9 * values[0])
  }

  @Test(arguments: cases) func theGradientIsExact(_ item: Case) throws {
    for row in try GradientCheck(problem: try Self.load(item).problem, seed: 3).run() {
      #expect(row.passes, "\(row.name)")
    }
  }
}
