import ArgumentParser
import Scenes

struct Generate: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Make the designs that a scene's sampler learns from.",
    discussion: """
      The folder gets files of some designs each and `manifest.json`. A run that was stopped goes on where it ended; files \
      that are whole are kept.
      """)

  @OptionGroup var arguments: SceneArguments

  @Option(name: .shortAndLong, help: "The folder; runs/<name of the scene>-data when left out.")
  var output: String?

  @Flag(help: "Start anew although the folder holds designs.")
  var overwrite = false

  func run() throws {
    let file = try arguments.load()
    let scene = try SamplerScene.build(file)
    Interruption.listen()
    let directory = output ?? OptimizationRun.defaultDirectory(for: file) + "-data"
    let status = StatusLine()
    let isComplete = try DataGeneration(scene, into: directory).run(
      overwrites: overwrite, stops: { Interruption.isRequested }
    ) { progress in
      let failed = progress.failures > 0 ? ", \(progress.failures) could not be made" : ""
      status.show(
        "\(progress.made)/\(progress.count) designs in \(NumberFormat.significant(progress.seconds, digits: 3)) s\(failed)"
      )
    }
    status.finish()
    if !isComplete { throw CommandFailure(.interrupted, "interrupted; the same command goes on") }
    print("see \(directory)/manifest.json")
  }
}
