import Foundation
import InverseDesign
import Scenes
import TestSupport
import Testing

@Suite struct AskTellFolderTests {
  private func folder() -> String {
    FileManager.default.temporaryDirectory.appending(path: "backsolve-ask-\(UUID().uuidString)").path
  }

  /// Question by question, each with the folder opened anew: the same designs as in one run.
  @Test(arguments: ["mma", "gcmma", "optimality-criteria"]) func aRunInPiecesIsTheWholeRun(_ method: String) throws {
    let overrides = ["optimizer={\(method): {iterations: 4}}"]
    let file = try SceneFile.parse(SmallModels.beam, name: "beam.yaml", overrides: overrides)
    let model = try SceneModel(file)
    let path = folder()
    defer { try? FileManager.default.removeItem(atPath: path) }
    var questions = 0
    var last: JSONValue = .null
    for _ in 0..<10 {
      last = try AskTellFolder(path, scene: questions == 0 ? file : nil).ask()
      if last["stop"] != nil { break }
      questions += 1
      #expect(last["iteration"]?.integer == questions)
      // The same question until it is answered.
      #expect(try AskTellFolder(path, scene: nil).ask() == last)
      try AskTellFolder(path, scene: nil).tell(try AskTellFolder.evaluate(last, model: model))
    }
    #expect(questions == 4)
    let outcome = try DesignLoop(
      problem: model.problem, optimizer: model.scene.optimizer, stopping: model.scene.stopping,
      scaling: model.scene.scaling
    ).run()
    #expect(last["design"]?.numbers == outcome.design.elements)
    #expect(last["objective"]?.number == outcome.values[0])
  }

  @Test func answersThatDoNotFitChangeNothing() throws {
    let file = try SceneFile.parse(SmallModels.beam, name: "beam.yaml")
    let model = try SceneModel(file)
    let path = folder()
    defer { try? FileManager.default.removeItem(atPath: path) }
    let question = try AskTellFolder(path, scene: file).ask()
    let right = try AskTellFolder.evaluate(question, model: model)
    let bad: [JSONValue] = [
      .null, [:], ["iteration": 1.0], ["iteration": 2.0, "tell": right["tell"] ?? .null],
      ["iteration": 1.0, "tell": .array([])], ["iteration": 1.0, "tell": .array([["rows": ["compliance": 1.0]]])],
      ["iteration": 1.0, "tell": .array([["rows": right["tell"]?.items?[0]["rows"] ?? .null, "gradients": [:]]])],
    ]
    for answer in bad {
      #expect(throws: CommandFailure.self) { try AskTellFolder(path, scene: nil).tell(answer) }
    }
    #expect(try AskTellFolder(path, scene: nil).ask() == question)
    #expect(throws: CommandFailure.self) { try AskTellFolder(folder(), scene: nil) }
    let other = try SceneFile.parse(SmallModels.drop, name: "drop.yaml")
    #expect(throws: CommandFailure.self) { try AskTellFolder(path, scene: other) }
  }

  @Test func aFailedEvaluationIsTold() throws {
    let file = try SceneFile.parse(
      SmallModels.beam, name: "beam.yaml", overrides: ["optimizer={random-search: {population: 3, iterations: 2}}"])
    let path = folder()
    defer { try? FileManager.default.removeItem(atPath: path) }
    let model = try SceneModel(file)
    let question = try AskTellFolder(path, scene: file).ask()
    #expect(question["gradients"] == false && question["ask"]?.items?.count == 3)
    var answers = try #require(try AskTellFolder.evaluate(question, model: model)["tell"]?.items)
    answers[1] = ["failure": "the cluster is on fire"]
    try AskTellFolder(path, scene: nil).tell(["iteration": 1.0, "tell": .array(answers)])
    #expect(try AskTellFolder(path, scene: nil).ask()["iteration"]?.integer == 2)
  }
}
