/// Sparse Cholesky factorization with CHOLMOD (Chen, Davis, Hager, Rajamanickam 2008), one thread.
///
/// One symbolic analysis serves all matrices of a pattern; each preparation is a numeric factorization in place. All
/// columns are solved at once, and refined once where the true residual asks for it.
public struct CholeskySolver<Operator: AssemblableOperator>: LinearSolver {
  public let name = "cholmod"
  public let ordering: FillReducingOrdering
  /// A larger true relative residual is refined once, unless rounding alone explains it.
  public let refinementThreshold: Double
  /// A larger true relative residual, after refinement, means that the matrix is singular in floating point.
  public let failureThreshold: Double

  public init(
    ordering: FillReducingOrdering = .automatic, refinementThreshold: Double = 1e-10, failureThreshold: Double = 1e-5
  ) {
    self.ordering = ordering
    self.refinementThreshold = refinementThreshold
    self.failureThreshold = failureThreshold
  }

  /// A factored matrix. An older one stays valid when its factor has gone on to newer values: it is factored again.
  public struct Prepared {
    let matrix: SymmetricSparseMatrix
    let factor: CholmodFactor
    let generation: Int

    /// Entries of the factor.
    public var factorEntryCount: Double { factor.entryCount }
    /// Floating-point operations of one factorization.
    public var operationCount: Double { factor.operationCount }
    /// Ordering and kind of the factor, for a log.
    public var summary: String { factor.description }
  }

  public func prepare(_ a: Operator, reusing previous: consuming Prepared?) throws(SolveFailure) -> Prepared {
    let matrix = a.assembled()
    let factor: CholmodFactor
    if let kept = previous?.factor, kept.pattern.hasSameEntries(as: matrix.pattern) {
      factor = kept
    } else {
      factor = try CholmodFactor(analyzing: matrix, ordering: ordering)
    }
    return Prepared(matrix: matrix, factor: factor, generation: try factor.prepare(matrix))
  }

  public func preparationWork(_ prepared: Prepared) -> Double { prepared.operationCount / 2 }

  public func solve(_ prepared: Prepared, columns: [DenseVector], from guesses: [DenseVector]?)
    throws(SolveFailure) -> (solutions: [DenseVector], report: SolveReport)
  {
    var report = SolveReport(solver: name)
    let matrix = prepared.matrix
    let n = matrix.dimension
    precondition(columns.allSatisfy { $0.count == n }, "a right-hand side does not have \(n) entries")
    if columns.isEmpty { return ([], report) }
    try prepared.factor.makeCurrent(prepared.generation, matrix)
    var solutions = try Self.solveOnce(prepared.factor, columns)
    var residuals = Self.residuals(matrix, solutions, columns)
    if residuals.relative > refinementThreshold && residuals.exceedsRoundOff {
      let corrections = try Self.solveOnce(prepared.factor, residuals.vectors)
      let refined = zip(solutions, corrections).map { $0 + $1 }
      let after = Self.residuals(matrix, refined, columns)
      if after.relative < residuals.relative {
        report.notes.append("refined once: residual \(residuals.relative) to \(after.relative)")
        solutions = refined
        residuals = after
      }
    }
    guard residuals.relative.isFinite else {
      throw SolveFailure(.nonFinite, "the matrix or a right-hand side holds a number that is not finite")
    }
    guard residuals.relative <= failureThreshold else {
      throw SolveFailure(
        .singular,
        "the matrix is singular to working precision (relative residual \(residuals.relative)): is a rigid-body "
          + "motion left free, or a value nowhere fixed?")
    }
    report.relativeResidual = residuals.relative
    report.multiplyAdds = Double(columns.count) * (2 * prepared.factorEntryCount + matrix.multiplyAdds)
    return (solutions, report)
  }

  private static func solveOnce(_ factor: CholmodFactor, _ columns: [DenseVector]) throws(SolveFailure)
    -> [DenseVector]
  {
    let n = factor.pattern.dimension
    if columns.count == 1 {
      var x = columns[0]
      try factor.solve(&x.elements, columns: 1)
      return [x]
    }
    var all = columns.flatMap(\.elements)
    try factor.solve(&all, columns: columns.count)
    return columns.indices.map { DenseVector(all[$0 * n..<($0 + 1) * n]) }
  }

  private struct Residuals {
    var vectors: [DenseVector] = []
    /// The largest |b - A x| / |b|; not a number where a column is not finite.
    var relative = 0.0
    /// True where some column has a larger residual than the rounding of A x explains, so that refining can help.
    var exceedsRoundOff = false
  }

  private static func residuals(_ matrix: SymmetricSparseMatrix, _ x: [DenseVector], _ b: [DenseVector]) -> Residuals {
    var result = Residuals()
    // The largest entry of a positive definite matrix is on its diagonal.
    let largestEntry = matrix.diagonal().largestMagnitude
    for (x, b) in zip(x, b) {
      let r = b - matrix.apply(x)
      let norm = r.norm, scale = b.norm
      if !norm.isFinite || !scale.isFinite {
        // `max` would drop a value that is not a number.
        result.relative = .nan
      } else if scale > 0, !result.relative.isNaN {
        result.relative = max(result.relative, norm / scale)
      }
      if norm > 8 * Double.ulpOfOne * largestEntry * x.norm { result.exceedsRoundOff = true }
      result.vectors.append(r)
    }
    return result
  }
}
