import Foundation
import InverseDesign
import Pictures
import Synchronization

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

/// Keeps the residuals of the first solve with the CPU time of each.
final class ResidualRecorder: Sendable {
  private struct Contents {
    var start = 0.0
    var lastIteration = 0
    var isFirst = true
    var history: [(seconds: Double, residual: Double)] = []
  }

  private let contents = Mutex(Contents())

  var start: Double {
    get { contents.withLock { $0.start } }
    set { contents.withLock { $0.start = newValue } }
  }
  var lastIteration: Int { contents.withLock { $0.lastIteration } }
  var history: [(seconds: Double, residual: Double)] { contents.withLock { $0.history } }

  func record(_ iteration: Int, _ residual: Double) {
    contents.withLock {
      if iteration <= $0.lastIteration { $0.isFirst = false }
      $0.lastIteration = iteration
      if $0.isFirst { $0.history.append((ProcessUsage.cpuSeconds - $0.start, residual)) }
    }
  }
}

/// The largest resident memory since a moment; of the whole process where the system cannot restart its count.
enum PeakMemory {
  static func restart() {
    guard let handle = FileHandle(forWritingAtPath: "/proc/self/clear_refs") else { return }
    try? handle.write(contentsOf: Data("5".utf8))
    try? handle.close()
  }

  static var bytes: Int {
    let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
    let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
    let kilobytes = line?.split(separator: " ").compactMap { Int($0) }.first
    return kilobytes.map { $0 * 1024 } ?? ProcessUsage.peakMemoryBytes
  }
}
