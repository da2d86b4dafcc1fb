/// How a solve went: which method, how many iterations, how large the true residual is.
public struct SolveReport: Sendable, Equatable {
  /// The method, as a user would name it: `multigrid-cg`, `cholmod`.
  public var solver: String
  /// Iterations summed over right-hand sides; zero for a direct method.
  public var iterations: Int
  /// The largest true relative residual |b - A x| / |b| over the right-hand sides.
  public var relativeResidual: Double
  /// Multiply-adds of the solves, counted and not timed; products in single precision count half.
  public var multiplyAdds = 0.0
  /// Remarks worth a line in a log, such as a retry with a stronger setting.
  public var notes: [String]

  public init(
    solver: String = "none", iterations: Int = 0, relativeResidual: Double = 0, notes: [String] = []
  ) {
    self.solver = solver
    self.iterations = iterations
    self.relativeResidual = relativeResidual
    self.notes = notes
  }

  /// Joins the report of a further solve to this one.
  public mutating func merge(_ other: SolveReport) {
    if solver == "none" { solver = other.solver }
    iterations += other.iterations
    multiplyAdds += other.multiplyAdds
    relativeResidual = max(relativeResidual, other.relativeResidual)
    notes += other.notes
  }
}
