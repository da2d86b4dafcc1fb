import ArgumentParser
import InverseDesign
import Scenes

struct Optimize: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Optimize the design of a scene.",
    discussion: "The run folder holds the design, its pictures, the history, result.json and report.html.")

  @OptionGroup var arguments: SceneArguments

  @Option(name: .shortAndLong, help: "The run folder; runs/<name of the scene> when left out.")
  var output: String?

  @Flag(help: "Go on from the checkpoint in the run folder.")
  var resume = false

  @Flag(help: "Start anew although the run folder holds an unfinished run.")
  var overwrite = false

  @Option(help: ArgumentHelp("Stop after this many seconds, with a checkpoint.", valueName: "seconds"))
  var maxTime: Double?

  @Option(
    help: ArgumentHelp(
      "Seconds between checkpoints; 0 writes one after every iteration.", valueName: "seconds"))
  var checkpointEvery = 5.0

  @Flag(help: "Print no progress.")
  var quiet = false

  @Flag(help: "Print result.json on standard output.")
  var json = false

  func validate() throws {
    if resume && overwrite { throw ValidationError("--resume and --overwrite exclude each other.") }
    if let maxTime, !(maxTime > 0) { throw ValidationError("--max-time \(maxTime): expected seconds above zero.") }
    if !(checkpointEvery >= 0) {
      throw ValidationError("--checkpoint-every \(checkpointEvery): expected seconds, or 0.")
    }
  }

  func run() throws {
    let (file, runnable) = try arguments.buildRunnable()
    let scene = try runnable.optimizable(file)
    Interruption.listen()
    let start = ProcessUsage.wallSeconds
    var progress = ProgressLine(iterations: scene.stopping.iterations)
    let run = OptimizationRun(
      file: file, scene: scene, directory: output ?? OptimizationRun.defaultDirectory(for: file),
      start: resume ? .resume : overwrite ? .overwrite : .fresh, checkpointInterval: checkpointEvery)
    if !quiet {
      StandardError.write(
        "\(scene.title): \(scene.solver.unknowns) unknowns, \(scene.solver.name) (\(scene.solver.reason))\n")
    }
    let result = try run.execute(
      onIteration: { if !quiet { progress.show($0) } },
      shouldStop: {
        if Interruption.isRequested { return .interrupted }
        if let maxTime, ProcessUsage.wallSeconds - start > maxTime { return .time }
        return nil
      })
    if !quiet {
      progress.finish()
      StandardError.write(
        "\(result.objective.name) \(NumberFormat.significant(result.objective.first, digits: 7)) -> "
          + "\(NumberFormat.significant(result.objective.last, digits: 7)) in \(result.iterations) iterations: \(result.reason)\n"
          + "see \(run.directory)/report.html\n")
    }
    if json { print(try result.json(), terminator: "") }
    if result.status == StopReason.interrupted.status {
      throw CommandFailure(.interrupted, "interrupted; go on with --resume")
    }
  }
}
