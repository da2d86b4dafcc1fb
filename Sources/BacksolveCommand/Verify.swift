import ArgumentParser
import Scenes

struct Verify: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Analyse the thresholded design of a run: same volume, void removed.",
    discussion: "Says how far the compliance of what can be built is from the optimized value.")

  @Argument(help: "The run folder.")
  var directory: String

  @Flag(help: "Print JSON on standard output.")
  var json = false

  func run() throws {
    let verification = try Verification.run(directory)
    print(json ? try verification.json() : verification.words)
  }
}
