import ArgumentParser
import Scenes

struct CompareSolvers: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare-solvers",
    abstract: "Solve a scene's linear systems with every solver, and print what each costs.",
    discussion: """
      Each starts cold, to the tolerance of the scene's `solver` (1e-8 when left out); the residual is computed afresh. \
      The folder gets the rows and a picture of residual against seconds. Which solver is best depends on the design: \
      `--design` takes the design.npy of a run.
      """)

  @OptionGroup var arguments: SceneArguments

  @Option(
    help: ArgumentHelp(
      "A .npy file such as a run's design.npy: one density per cell; the start when left out.", valueName: "file"))
  var design: String?

  @Option(
    help: ArgumentHelp(
      "Solvers by name, with commas between; all that fit the scene when left out.", valueName: "a,b,c"))
  var solvers: String?

  @Option(name: .shortAndLong, help: "The folder for the results; runs/<name of the scene>-solvers when left out.")
  var output: String?

  @Flag(
    help:
      "Print JSON: a list of { solver, setupCPUSeconds, solveCPUSeconds, iterations, trueRelativeResidual, peakMemoryBytes, status }."
  )
  var json = false

  func run() throws {
    let (file, runnable) = try arguments.buildRunnable()
    guard case .field(let scene) = runnable else {
      throw CommandFailure(
        .usage, "\(file.path): error: solvers are compared on grids and meshes; this scene has neither")
    }
    let directory = output ?? OptimizationRun.defaultDirectory(for: file) + "-solvers"
    let names = solvers.map { $0.split(separator: ",").map(String.init) }
    if let names, names.isEmpty { throw CommandFailure(.usage, "error: --solvers names no solver") }
    let rows = try SolverComparison(file: file, scene: scene).run(designFile: design, solvers: names, into: directory) {
      if !json, StandardError.isTerminal { StandardError.write("\($0.solver): \($0.status)\n") }
    }
    if json {
      print(try SolverComparison.json(rows), terminator: "")
    } else {
      print(SolverComparison.table(rows))
      for row in rows { if let reason = row.reason { print("\(row.solver): \(reason)") } }
      print("see \(directory)/solvers.svg")
    }
    if !rows.contains(where: { $0.status == "converged" }) {
      throw CommandFailure(.numerical, "error: no solver converged")
    }
  }
}
