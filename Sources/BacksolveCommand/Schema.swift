import ArgumentParser
import Scenes

struct Schema: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Print the JSON Schema (draft-07) of scenes, for editors.")

  func run() throws { print(SceneSchema.text, terminator: "") }
}
