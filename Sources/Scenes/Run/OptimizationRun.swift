import FieldIO
import InverseDesign

/// One `optimize` from start to finish: lock, resume, loop, checkpoints, files.
public final class OptimizationRun {
  public enum Start: Sendable {
    /// Refuses a folder that holds an unfinished run.
    case fresh
    case overwrite
    case resume
  }

  public let directory: String
  private let file: SceneFile
  private let scene: OptimizableScene
  private let start: Start
  private let checkpointInterval: Double

  /// - Parameters:
  ///   - file: as read; the folder gets it as resolved.
  ///   - scene: built from `file`, as what is optimized.
  ///   - directory: the folder of the run.
  ///   - start: what to do with a run that is in the folder.
  ///   - checkpointInterval: seconds between checkpoints; zero writes one after every iteration. How often they are
  ///     written changes no result.
  public init(
    file: SceneFile, scene: OptimizableScene, directory: String, start: Start, checkpointInterval: Double = 5
  ) {
    self.file = file
    self.scene = scene
    self.directory = directory
    self.start = start
    self.checkpointInterval = checkpointInterval
  }

  /// `runs/<scene file without folder and ending>`.
  public static func defaultDirectory(for file: SceneFile) -> String {
    let name = file.path.split(separator: "/").last.map(String.init) ?? "scene"
    let stem =
      name.hasSuffix(".yaml") ? String(name.dropLast(5)) : name.hasSuffix(".yml") ? String(name.dropLast(4)) : name
    return "runs/" + (stem.isEmpty || stem == "-" ? "scene" : stem)
  }

  /// Runs to the end, or until `shouldStop` gives a reason.
  public func execute(
    onIteration: @escaping (HistoryRow) -> Void, shouldStop: @escaping () -> StopReason?
  ) throws -> RunResult {
    try Self.checkIsDesignProblem(file)
    // Looked at before the folder is made, so that a slip in its name leaves nothing behind.
    if start == .resume, !RunDirectory.exists(directory) { throw nothingToResume(directory) }
    let folder = try RunDirectory(directory)
    let checkpoint = try openCheckpoint(in: folder)
    let beginWall = ProcessUsage.wallSeconds
    try folder.write(file.resolvedText, to: "scene.yaml")

    var history = History(constraintNames: scene.problem.constraints.map { scene.problem.responses.names[$0.row] })
    if let checkpoint { _ = history.restore(fromCheckpoint: checkpoint) }
    let earlier = history.rows
    try folder.write(history.csv, to: "history.csv")

    let loop = DesignLoop(
      problem: scene.problem, optimizer: scene.optimizer, stopping: scene.stopping, scaling: scene.scaling)
    let writer = scene.makeFiles(file, folder)
    var lastCheckpoint = ProcessUsage.wallSeconds
    var lastPicture = ProcessUsage.wallSeconds
    var pictureInterval = 1.0
    var notes: [String] = []
    var largestResidual = 0.0
    var solverName = scene.solver.name
    let outcome: DesignLoop.Outcome
    do {
      outcome = try loop.run(
        resuming: checkpoint,
        hooks: DesignLoop.Hooks(
          afterIteration: { history, latest, makeCheckpoint in
            let row = history.rows[history.rows.count - 1]
            try folder.append(history.csvLine(row), to: "history.csv")
            for note in latest.report.notes where !notes.contains(note) { notes.append(note) }
            if latest.report.solver != "none" { solverName = latest.report.solver }
            largestResidual = max(largestResidual, latest.report.relativeResidual)
            try writer.addToSeries(iteration: row.iteration, latest)
            if ProcessUsage.wallSeconds - lastPicture >= pictureInterval {
              let before = ProcessUsage.wallSeconds
              try writer.writeLive(latest)
              lastPicture = ProcessUsage.wallSeconds
              // Watching costs a twentieth of the time at most.
              pictureInterval = max(1, 20 * (lastPicture - before))
            }
            if ProcessUsage.wallSeconds - lastCheckpoint >= self.checkpointInterval {
              try folder.write(Checkpoint.encode(makeCheckpoint(), of: self.file), to: Checkpoint.fileName)
              lastCheckpoint = ProcessUsage.wallSeconds
            }
            onIteration(row)
          }, shouldStop: shouldStop))
    } catch let foreign as DesignLoop.ForeignCheckpoint {
      throw CommandFailure(.usage, "\(folder.file(Checkpoint.fileName)): error: \(foreign)")
    }
    try folder.write(Checkpoint.encode(outcome.checkpoint, of: file), to: Checkpoint.fileName)
    // Iterations that could not be evaluated are rows too.
    try folder.write(outcome.history.csv, to: "history.csv")
    let result = makeResult(
      outcome, earlier: earlier, wall: ProcessUsage.wallSeconds - beginWall, notes: notes, solverName: solverName,
      residual: largestResidual)
    try writer.writeAll(outcome, result)
    folder.remove(RunDirectory.livePicture)
    return result
  }

  /// A scene may leave design and objective out, but then it can only be simulated.
  static func checkIsDesignProblem(_ file: SceneFile) throws {
    var missing: [String] = []
    if file.scene.design == nil { missing.append("`design`") }
    if file.scene.objective == nil { missing.append("`objective`") }
    if missing.isEmpty { return }
    throw SceneErrors([
      SceneDiagnostic(
        mark: SourceMark(source: file.path, line: 1, column: 1),
        problem: "the scene has no \(missing.joined(separator: " and no ")), so there is nothing to optimize",
        remedy: "add \(missing.joined(separator: " and ")), or use `backsolve simulate`")
    ])
  }

  private func nothingToResume(_ path: String) -> CommandFailure {
    CommandFailure(.usage, "\(path): error: found no run to go on with; leave out --resume to start one")
  }

  private func openCheckpoint(in folder: RunDirectory) throws -> NamedArrays? {
    let exists = folder.contains(Checkpoint.fileName)
    switch start {
    case .resume:
      if !exists {
        // Killed before the first checkpoint: the start is the checkpoint.
        if folder.contains("scene.yaml") {
          try Checkpoint.checkSameScene(folder.file("scene.yaml"), file)
          return nil
        }
        throw nothingToResume(folder.path)
      }
      return try Checkpoint.decode(folder.file(Checkpoint.fileName), of: file)
    case .overwrite:
      folder.remove(Checkpoint.fileName)
    case .fresh:
      if Checkpoint.isUnfinishedRun(folder) {
        throw CommandFailure(
          .usage,
          "\(folder.path): error: this folder holds an unfinished run; go on with --resume, or start anew with "
            + "--overwrite")
      }
      folder.remove(Checkpoint.fileName)
    }
    folder.remove("result.json")
    return nil
  }

  private func makeResult(
    _ outcome: DesignLoop.Outcome, earlier: [HistoryRow], wall: Double, notes: [String], solverName: String,
    residual: Double
  ) -> RunResult {
    let problem = scene.problem
    let rows = outcome.history.rows
    let names = problem.responses.names
    let constraints = problem.constraints.map { constraint in
      let value = outcome.values[constraint.row]
      let sense =
        switch constraint.bound {
        case .atMost: "at-most"
        case .atLeast: "at-least"
        case .equal: "equals"
        }
      return RunResult.Constraint(
        name: names[constraint.row], value: value, bound: constraint.bound.value,
        sense: sense,
        satisfied: constraint.violation(value) <= scene.stopping.feasibility)
    }
    let earlierWall = earlier.map(\.wallSeconds).reduce(0, +)
    let earlierCPU = earlier.map(\.cpuSeconds).reduce(0, +)
    let worst = rows.map(\.relativeResidual).filter(\.isFinite).max() ?? 0
    let objective = RunResult.Objective(
      name: problem.objectiveName, first: rows.first?.objective ?? .nan, last: problem.objectiveValue(outcome.values))
    let solver = RunResult.Solver(
      name: solverName, reason: scene.solver.reason, iterations: rows.map(\.solverIterations).reduce(0, +),
      relativeResidual: max(residual, worst), unknowns: scene.solver.unknowns)
    let versions = RunResult.Versions(backsolve: Version.backsolve, swift: Version.swift, system: Version.system)
    return RunResult(
      title: scene.title, status: outcome.reason.status, reason: words(for: outcome.reason), objective: objective,
      constraints: constraints, iterations: rows.count, wallSeconds: wall + earlierWall,
      cpuSeconds: ProcessUsage.cpuSeconds + earlierCPU,
      wallSecondsPerIteration: RunResult.median(rows.map(\.wallSeconds)),
      cpuSecondsPerIteration: RunResult.median(rows.map(\.cpuSeconds)),
      peakMemoryBytes: ProcessUsage.peakMemoryBytes, solver: solver, optimizer: scene.optimizer.name,
      threads: Threads.count, versions: versions, notes: notes)
  }

  private func words(for reason: StopReason) -> String {
    switch reason {
    case .change: "the design changes by no more than \(scene.stopping.change ?? 0) an iteration"
    case .optimality: "the optimality residual is below \(scene.stopping.optimality ?? 0)"
    case .iterations: "the limit of \(scene.stopping.iterations) iterations is reached"
    case .time: "the time allowed is used up"
    case .interrupted: "interrupted"
    case .methodStopped(let why): why
    }
  }
}
