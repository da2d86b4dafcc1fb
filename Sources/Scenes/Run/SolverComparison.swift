import Foundation
import InverseDesign
import Pictures

/// Linear solvers side by side on the systems of one scene at one design.
public struct SolverComparison {
  /// What one solver did.
  public struct Row: Codable, Sendable {
    /// As scenes name it.
    public var solver: String
    /// CPU time of factors, hierarchies and the matrices they need, in s.
    public var setupCPUSeconds: Double
    public var solveCPUSeconds: Double
    /// Summed over the load cases; 0 for a direct solver.
    public var iterations: Int
    /// The largest |b - A x| / |b| over the load cases, computed afresh; nil where there is no solution.
    public var trueRelativeResidual: Double?
    /// The largest resident memory of the process while the solver worked.
    public var peakMemoryBytes: Int
    /// `converged`, or the kind of the failure.
    public var status: String
    /// What failed, in a sentence; nil where nothing did.
    public var reason: String?

    /// Every row has the same keys but for the reason; a residual that is not there is null.
    public func encode(to encoder: any Encoder) throws {
      var container = encoder.container(keyedBy: CodingKeys.self)
      try container.encode(solver, forKey: .solver)
      try container.encode(setupCPUSeconds, forKey: .setupCPUSeconds)
      try container.encode(solveCPUSeconds, forKey: .solveCPUSeconds)
      try container.encode(iterations, forKey: .iterations)
      try container.encode(trueRelativeResidual, forKey: .trueRelativeResidual)
      try container.encode(peakMemoryBytes, forKey: .peakMemoryBytes)
      try container.encode(status, forKey: .status)
      try container.encodeIfPresent(reason, forKey: .reason)
    }
  }

  /// A row with the history of the first load case.
  public struct Trial: Sendable {
    public var row: Row
    /// CPU seconds since the beginning of the set-up, and the relative residual then.
    public var history: [(seconds: Double, residual: Double)]
  }

  private let file: SceneFile
  private let scene: BuiltScene

  public init(file: SceneFile, scene: BuiltScene) {
    self.file = file
    self.scene = scene
  }

  /// - Parameters:
  ///   - designFile: densities as a physical field; the scene's start when nil.
  ///   - solvers: names; all that fit the scene when nil.
  ///   - directory: where picture and rows go; nowhere when nil.
  ///   - eachDone: called after every solver.
  /// - Throws: `CommandFailure` of code `usage` for a solver or a design that does not fit.
  public func run(
    designFile: String?, solvers: [String]?, into directory: String?, _ eachDone: (Row) -> Void = { _ in }
  ) throws -> [Row] {
    let known = scene.analysis.solverNames
    let names = solvers ?? known
    for name in names where !known.contains(name) {
      let hint = nearestSpelling(of: name, among: known).map { "; did you mean `\($0)`?" } ?? ""
      throw CommandFailure(
        .usage,
        "error: --solvers: no solver for this scene is called `\(name)`\(hint); there are \(listing(known, conjunction: "and"))"
      )
    }
    let field =
      try designFile.map { try DensityFile.read($0, cells: scene.domain.domain.cellCount) } ?? scene.startField()
    let folder = try directory.map { try RunDirectory($0) }
    var trials: [Trial] = []
    try scene.analysis.compare(solvers: names, at: field) { trial in
      trials.append(trial)
      eachDone(trial.row)
    }
    let rows = trials.map(\.row)
    if let folder {
      try folder.write(Self.picture(trials), to: "solvers.svg")
      try folder.write(Self.json(rows), to: "solvers.json")
    }
    return rows
  }

  public static func table(_ rows: [Row]) -> String {
    func n(_ value: Double, _ digits: Int = 3) -> String { NumberFormat.significant(value, digits: digits) }
    let header = ["solver", "set-up CPU s", "solve CPU s", "total", "iterations", "true residual", "peak MB", "status"]
    let body = rows.map { row in
      [
        row.solver, n(row.setupCPUSeconds), n(row.solveCPUSeconds), n(row.setupCPUSeconds + row.solveCPUSeconds),
        String(row.iterations), row.trueRelativeResidual.map { n($0, 2) } ?? "-",
        String(row.peakMemoryBytes / 1_000_000), row.status,
      ]
    }
    return TextTable.aligned([header] + body)
  }

  public static func json(_ rows: [Row]) throws -> String {
    String(decoding: try JSONEncoder.forResults.encode(rows), as: UTF8.self) + "\n"
  }

  /// Residuals over seconds, two solvers a panel, the fastest first.
  static func picture(_ trials: [Trial]) -> String {
    let drawn = trials.filter { !$0.history.isEmpty }.sorted {
      ($0.row.setupCPUSeconds + $0.row.solveCPUSeconds, $0.row.solver)
        < ($1.row.setupCPUSeconds + $1.row.solveCPUSeconds, $1.row.solver)
    }
    let panels = stride(from: 0, to: drawn.count, by: 2).map { first in
      LinePlot(
        title: "Relative residual", xLabel: "CPU seconds, set-up included", isLogarithmic: true,
        series: drawn[first..<min(first + 2, drawn.count)].map { trial in
          LinePlot.Series(trial.row.solver, x: trial.history.map(\.seconds), y: trial.history.map(\.residual))
        })
    }
    return LinePlot.svg(panels, isXLogarithmic: true)
  }
}

extension SolverComparison.Trial {
  /// A solver that was not tried.
  init(refused solver: String, _ reason: String) {
    row = SolverComparison.Row(
      solver: solver, setupCPUSeconds: 0, solveCPUSeconds: 0, iterations: 0, trueRelativeResidual: nil,
      peakMemoryBytes: 0, status: SolveFailure.Kind.outOfMemory.rawValue, reason: reason)
    history = []
  }

  /// Times a set-up and a solve.
  /// - Parameter work: calls its argument when the set-up is done; gives iterations and the true relative residual.
  static func measuring(
    _ solver: String, _ recorder: ResidualRecorder,
    _ work: (() -> Void) throws(SolveFailure) -> (iterations: Int, residual: Double)
  ) -> SolverComparison.Trial {
    PeakMemory.restart()
    let start = ProcessUsage.cpuSeconds
    recorder.start = start
    var ready: Double?
    var row = SolverComparison.Row(
      solver: solver, setupCPUSeconds: 0, solveCPUSeconds: 0, iterations: 0, trueRelativeResidual: nil,
      peakMemoryBytes: 0, status: "converged", reason: nil)
    do throws(SolveFailure) {
      let (iterations, residual) = try work { ready = ProcessUsage.cpuSeconds }
      row.iterations = iterations
      row.trueRelativeResidual = residual
    } catch {
      row.status = error.kind.rawValue
      row.reason = error.description
      row.iterations = recorder.lastIteration
    }
    let end = ProcessUsage.cpuSeconds
    row.setupCPUSeconds = (ready ?? end) - start
    row.solveCPUSeconds = end - (ready ?? end)
    row.peakMemoryBytes = PeakMemory.bytes
    var history = recorder.history
    if let ready { history.insert((ready - start, 1), at: 0) }
    if history.count == 1, let residual = row.trueRelativeResidual { history.append((end - start, residual)) }
    return SolverComparison.Trial(row: row, history: history)
  }
}
