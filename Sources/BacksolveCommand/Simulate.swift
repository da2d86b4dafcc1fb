import ArgumentParser
import InverseDesign
import Scenes

struct Simulate: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Solve a scene once, at its start or at a design given, and write the fields.")

  @OptionGroup var arguments: SceneArguments

  @Option(name: .shortAndLong, help: "The folder for the results; runs/<name of the scene>-simulation when left out.")
  var output: String?

  @Option(help: ArgumentHelp("A .npy file with one density per cell, such as a run's design.npy.", valueName: "file"))
  var design: String?

  @Flag(help: "Print the result as JSON on standard output.")
  var json = false

  func run() throws {
    let (file, scene) = try arguments.build()
    let directory = output ?? OptimizationRun.defaultDirectory(for: file) + "-simulation"
    let result = try Simulation(file: file, scene: scene).run(designFile: design, into: directory)
    if json {
      print(try result.json(), terminator: "")
    } else {
      for (name, value) in result.responses.sorted(by: { $0.key < $1.key }) {
        print("\(name) \(NumberFormat.significant(value, digits: 12))")
      }
      print("see \(directory)/report.html")
    }
  }
}
