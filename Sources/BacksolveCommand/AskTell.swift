import ArgumentParser
import Foundation
import Scenes

struct Ask: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Print what an optimization wants to have evaluated, as one line of JSON.",
    discussion: """
      For evaluations in a job system of your own. The first call names a scene, whose optimizer asks; the folder holds \
      the optimization between calls: `backsolve ask DIR | backsolve evaluate DIR/scene.yaml | backsolve tell DIR` is one \
      iteration. The same question is printed until it is answered.
      """)

  @Argument(help: "The folder.")
  var directory: String

  @Argument(help: "The scene file, in the first call.")
  var scene: String?

  @Option(
    name: .customLong("set"),
    help: ArgumentHelp("Override a value: optimizer.mma.move-limit=0.1. May be repeated.", valueName: "path=value"))
  var overrides: [String] = []

  func run() throws {
    let file = try scene.map { try SceneFile.load($0, overrides: overrides) }
    print(JSONWriter.text(try AskTellFolder(directory, scene: file).ask()))
  }
}

struct Tell: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Take the answer to what `ask` printed, as JSON on standard input.")

  @Argument(help: "The folder.")
  var directory: String

  func run() throws {
    // Before the folder is taken: in a pipe `ask` needs it first.
    let answer = try StandardInput.json()
    try AskTellFolder(directory, scene: nil).tell(answer)
  }
}

struct Evaluate: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Answer a question of `ask` from standard input with a scene's own simulator, on standard output.")

  @OptionGroup var arguments: SceneArguments

  func run() throws {
    let question = try StandardInput.json()
    // Of an optimization that has ended there is nothing to evaluate; what it found is in the message.
    if question["stop"] != nil { throw CommandFailure(.usage, JSONWriter.text(question)) }
    print(JSONWriter.text(try AskTellFolder.evaluate(question, model: try SceneModel(try arguments.load()))))
  }
}

enum StandardInput {
  static func json() throws -> JSONValue {
    do {
      return try JSONReader.read(FileHandle.standardInput.readDataToEndOfFile())
    } catch {
      throw CommandFailure(.usage, "standard input: error: \(error)")
    }
  }
}
