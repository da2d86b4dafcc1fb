import ArgumentParser
import Scenes

struct Refine: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Run the scene's optimizer from designs given.",
    discussion: "The folder gets polished.npy, polished.png and result.json, the best design first.")

  @OptionGroup var arguments: SceneArguments

  @Option(
    help: ArgumentHelp(
      "A .npy file with a design, or with one a row, such as samples.npy. May be repeated.", valueName: "file"))
  var design: [String] = []

  @Option(name: .shortAndLong, help: "The folder; runs/<name of the scene>-refined when left out.")
  var output: String?

  @Option(help: "Designs taken from the files at most.")
  var limit: Int?

  @Flag(help: "Print no progress.")
  var quiet = false

  @Flag(help: "Print result.json on standard output.")
  var json = false

  func validate() throws {
    if design.isEmpty { throw ValidationError("name designs by --design FILE.npy.") }
    if let limit, limit < 1 { throw ValidationError("--limit \(limit): expected at least 1.") }
  }

  func run() throws {
    let file = try arguments.load()
    let refinement = try DesignRefinement(file)
    let designs = try design.flatMap(refinement.read)
    Interruption.listen()
    let directory = output ?? OptimizationRun.defaultDirectory(for: file) + "-refined"
    let status = StatusLine(isQuiet: quiet)
    let result = try refinement.execute(
      Array(designs.prefix(limit ?? designs.count)), into: directory, progress: status.show,
      stops: { Interruption.isRequested })
    status.finish()
    if json { return print(try result.json(), terminator: "") }
    for entry in result.polished {
      print(
        "design \(entry.sample): \(entry.before.map { NumberFormat.significant($0, digits: 6) } ?? "none") -> "
          + "\(NumberFormat.significant(entry.objective, digits: 6)) in \(entry.iterations) iterations")
    }
    for failure in result.failures { print(failure) }
    print("see \(directory)/polished.png")
  }
}
