import ArgumentParser
import Scenes

struct Report: ParsableCommand {
  static let configuration = CommandConfiguration(abstract: "Write the pictures and the report of a run again.")

  @Argument(help: "The run folder.")
  var directory: String

  func run() throws {
    try RunFolder.rebuildReport(directory)
    print("see \(directory)/report.html")
  }
}
