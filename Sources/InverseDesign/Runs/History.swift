/// One evaluation of a run.
public struct HistoryRow: Sendable, Equatable {
  /// Counted from 1.
  public var iteration: Int
  public var objective: Double
  /// Values of the constrained rows, in the order of the problem's constraints.
  public var constraints: [Double]
  public var worstViolation: Double
  /// The largest change of a design entry that the update after this evaluation made.
  public var change: Double
  /// Norm of the Karush-Kuhn-Tucker residual; NaN where the method does not know it.
  public var optimality: Double
  public var solverIterations: Int
  public var relativeResidual: Double
  /// False for trial points of a line search or an inner loop that were not taken.
  public var accepted: Bool
  public var wallSeconds: Double
  public var cpuSeconds: Double
}

/// All evaluations of a run, and their form in files.
public struct History: Sendable, Equatable {
  public var constraintNames: [String]
  public var rows: [HistoryRow] = []

  public init(constraintNames: [String]) { self.constraintNames = constraintNames }

  // Times come last, so that everything before them is the same from run to run.
  public var csvHeader: String {
    let constraints = constraintNames.map { $0.contains(",") ? "\"\($0)\"" : $0 }
    return
      (["iteration", "objective"] + constraints
      + [
        "worst_violation", "change", "optimality", "solver_iterations", "relative_residual", "accepted",
        "wall_seconds", "cpu_seconds",
      ]).joined(separator: ",")
  }

  public func csvLine(_ row: HistoryRow) -> String {
    let numbers: [String] =
      ["\(row.iteration)", "\(row.objective)"] + row.constraints.map { "\($0)" }
      + [
        "\(row.worstViolation)", "\(row.change)", row.optimality.isNaN ? "" : "\(row.optimality)",
        "\(row.solverIterations)", "\(row.relativeResidual)", row.accepted ? "1" : "0",
        "\(row.wallSeconds)", "\(row.cpuSeconds)",
      ]
    return numbers.joined(separator: ",")
  }

  public var csv: String { ([csvHeader] + rows.map(csvLine)).joined(separator: "\n") + "\n" }

  // MARK: - In a checkpoint

  func save() -> NamedArrays {
    var arrays = NamedArrays()
    arrays[integer: "iteration"] = rows.map { Int64($0.iteration) }
    arrays[real: "objective"] = rows.map(\.objective)
    arrays[real: "constraints"] = rows.flatMap(\.constraints)
    arrays[real: "worstViolation"] = rows.map(\.worstViolation)
    arrays[real: "change"] = rows.map(\.change)
    arrays[real: "optimality"] = rows.map(\.optimality)
    arrays[integer: "solverIterations"] = rows.map { Int64($0.solverIterations) }
    arrays[real: "relativeResidual"] = rows.map(\.relativeResidual)
    arrays[integer: "accepted"] = rows.map { $0.accepted ? 1 : 0 }
    arrays[real: "wallSeconds"] = rows.map(\.wallSeconds)
    arrays[real: "cpuSeconds"] = rows.map(\.cpuSeconds)
    return arrays
  }

  /// Fills the rows from a checkpoint of `DesignLoop`; false when there are none that fit.
  public mutating func restore(fromCheckpoint checkpoint: NamedArrays) -> Bool {
    restore(checkpoint.withPrefix("history."))
  }

  /// Fills the rows from a checkpoint; false when the arrays do not fit together.
  mutating func restore(_ arrays: NamedArrays) -> Bool {
    guard let iteration = arrays[integer: "iteration"], let solver = arrays[integer: "solverIterations"],
      let accepted = arrays[integer: "accepted"], let constraints = arrays[real: "constraints"]
    else { return false }
    let columns = [
      "objective", "worstViolation", "change", "optimality", "relativeResidual", "wallSeconds", "cpuSeconds",
    ]
    .compactMap { arrays[real: $0] }
    let n = iteration.count, m = constraintNames.count
    guard columns.count == 7, columns.allSatisfy({ $0.count == n }), solver.count == n, accepted.count == n,
      constraints.count == n * m
    else { return false }
    rows = (0..<n).map { i in
      HistoryRow(
        iteration: Int(iteration[i]), objective: columns[0][i], constraints: Array(constraints[i * m..<(i + 1) * m]),
        worstViolation: columns[1][i], change: columns[2][i], optimality: columns[3][i],
        solverIterations: Int(solver[i]), relativeResidual: columns[4][i], accepted: accepted[i] != 0,
        wallSeconds: columns[5][i], cpuSeconds: columns[6][i])
    }
    return true
  }
}
