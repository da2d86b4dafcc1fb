import ArgumentParser
import Scenes

/// What every command that reads a scene takes.
struct SceneArguments: ParsableArguments {
  @Argument(help: "The scene file (YAML).")
  var scene: String

  @Option(
    name: .customLong("set"),
    help: ArgumentHelp("Override a value: optimizer.mma.move-limit=0.1. May be repeated.", valueName: "path=value"))
  var overrides: [String] = []

  @Option(
    help:
      "Threads to use; the scene's number, or every processor, when left out. The result is the same for any number.")
  var threads: Int?

  func load(with more: [String] = []) throws -> SceneFile {
    if let threads {
      guard (1...1024).contains(threads) else {
        throw CommandFailure(.usage, "error: --threads \(threads): expected a number from 1 to 1024")
      }
      Threads.limit(to: threads)
    }
    let file = try SceneFile.load(scene, overrides: overrides + more)
    if threads == nil, let declared = file.scene.threads { Threads.limit(to: declared) }
    return file
  }

  /// A scene of cells or of particles.
  func buildRunnable(with more: [String] = []) throws -> (file: SceneFile, scene: RunnableScene) {
    let file = try load(with: more)
    return (file, try RunnableScene.build(file))
  }
}
