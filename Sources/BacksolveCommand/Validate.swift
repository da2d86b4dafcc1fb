import ArgumentParser
import Scenes

struct Validate: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Check scenes without running them; every mistake is reported with file, line and column.")

  @Argument(help: "Scene files (YAML).")
  var scenes: [String]

  @Option(
    name: .customLong("set"), help: ArgumentHelp("Override a value. May be repeated.", valueName: "path=value"))
  var overrides: [String] = []

  @Flag(help: "Print nothing where all is well.")
  var quiet = false

  func run() throws {
    var mistakes: [SceneDiagnostic] = []
    for path in scenes {
      do {
        let file = try SceneFile.load(path, overrides: overrides)
        let scene = try RunnableScene.build(file)
        if !quiet { print("\(path): fine: \(scene.title)") }
      } catch let errors as SceneErrors {
        mistakes += errors.diagnostics
      }
    }
    if !mistakes.isEmpty { throw SceneErrors(mistakes) }
  }
}
