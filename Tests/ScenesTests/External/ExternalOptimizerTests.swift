import Foundation
import InverseDesign
import Scenes
import TestSupport
import Testing

/// Optimizers that are other programs: small shell scripts here, which need nothing but a shell.
@Suite(.serialized) final class ExternalOptimizerTests {
  /// Where the scripts of a test are.
  private let folder = FileManager.default.temporaryDirectory.appending(path: "backsolve-\(UUID().uuidString)")

  init() throws { try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true) }

  deinit { try? FileManager.default.removeItem(at: folder) }

  private func model(_ script: String, _ options: String = "") throws -> SceneModel {
    let path = folder.appending(path: "\(UUID().uuidString).sh").path
    try script.write(toFile: path, atomically: true, encoding: .utf8)
    return try SceneModel(
      SceneFile.parse(
        SmallModels.drop, name: "drop.yaml",
        overrides: ["optimizer={external: {command: [sh, '\(path)'], iterations: 20\(options)}}"]))
  }

  private func run(_ model: SceneModel, resuming checkpoint: NamedArrays? = nil, stopAfter: Int = .max) throws
    -> DesignLoop.Outcome
  {
    let loop = DesignLoop(
      problem: model.problem, optimizer: model.scene.optimizer, stopping: model.scene.stopping,
      scaling: model.scene.scaling)
    var count = 0
    return try loop.run(
      resuming: checkpoint,
      hooks: .init(
        afterIteration: { _, _, _ in count += 1 }, shouldStop: { count + 1 >= stopAfter ? .interrupted : nil }))
  }

  @Test func itAsksAndIsTold() throws {
    let model = try model(
      """
      read start; case "$start" in '{"start":{"size":2,'*) ;; *) exit 9;; esac
      echo '{"ask": [[0.5, 0.5], [1, 0]], "gradients": false}'; read told
      case "$told" in '{"tell":[{"objective":'*) ;; *) exit 8;; esac
      echo '{"ask": [[9, -9]]}'; read told
      case "$told" in *'"gradient":['*) ;; *) exit 7;; esac
      echo '{"stop": "enough"}'
      """)
    let outcome = try run(model)
    #expect(outcome.reason == .methodStopped("enough"))
    #expect(outcome.history.rows.count == 3)
    // What is out of bounds is moved onto them; the best of all points is the outcome.
    let candidates = [[0.0, 0], [0.5, 0.5], [1, 0], [3, -3]]
    let best = try candidates.map { try model.evaluate(DenseVector($0)).objective }.min()
    #expect(outcome.values[0] == best)
  }

  @Test func aDeadProgramIsStartedAgainWithItsHistory() throws {
    let model = try model(
      """
      read start
      case "$start" in *'"history":[{"design":[0.0,0.0],'*'{"design":[0.25,0.5],'*) echo '{"stop": "second life"}'; exit;; esac
      echo '{"ask": [[0.25, 0.5]]}'; read told; exit 3
      """)
    let outcome = try run(model)
    #expect(outcome.reason == .methodStopped("second life"))
    #expect(outcome.history.rows.count == 2)
  }

  @Test(arguments: [
    ("exit 5", "ended with status 5"), ("read start; echo nonsense", "wrote"),
    ("read s; echo '{\"ask\": [[1]]}'", "2 numbers"),
    ("read start; sleep 5", "no answer within"), ("no-such-program-here", "status 127"),
  ])
  func failuresAreTold(_ script: String, _ words: String) throws {
    let model = try model(script, ", restarts: 0, time-limit: 0.3")
    #expect {
      _ = try run(model)
    } throws: { error in
      "\(error)".contains(words)
    }
  }

  @Test func aRunGoesOnFromItsCheckpoint() throws {
    let model = try model(
      """
      read start; n=$(printf '%s' "$start" | grep -o '"design"' | wc -l)
      while [ $n -lt 6 ]; do echo "{\\"ask\\": [[0.$n, 0.1]]}"; read told || exit; n=$((n+1)); done
      echo '{"stop": "six"}'
      """)
    let whole = try run(model)
    let half = try run(model, stopAfter: 3)
    #expect(half.reason == .interrupted)
    let rest = try run(model, resuming: half.checkpoint)
    #expect(whole.history.rows.map(\.objective) == rest.history.rows.map(\.objective))
    #expect(rest.reason == .methodStopped("six"))
    #expect(whole.design == rest.design)
  }

  @Test func theKeyIsChecked() {
    #expect(throws: SceneErrors.self) {
      try SceneFile.parse(SmallModels.drop, name: "drop.yaml", overrides: ["optimizer={external: {iterations: 3}}"])
    }
    #expect(throws: SceneErrors.self) {
      try SceneFile.parse(SmallModels.drop, name: "drop.yaml", overrides: ["optimizer={external: {command: []}}"])
    }
  }
}
