import ArgumentParser
import Scenes

struct Schema: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Print the JSON Schema (draft-07) of scenes, for editors.")

  @Flag(help: "Print the reference of all keys in Markdown instead.")
  var reference = false

  func run() throws { print(reference ? SceneReference.text : SceneSchema.text, terminator: "") }
}
