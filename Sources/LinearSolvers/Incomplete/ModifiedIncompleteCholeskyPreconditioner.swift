/// Incomplete Cholesky factors on the pattern of the matrix whose dropped fill goes to the diagonal, scaled and shifted
/// like those of `IncompleteCholeskyPreconditioner`.
///
/// On diffusion the condition number then grows like the inverse of the mesh width, not of its square (Gustafsson, A
/// class of first order factorization methods, 1978). On elasticity, whose entries beside the diagonal have both signs,
/// it needs larger shifts and gains little. Every restart quarters what the diagonal takes.
public struct ModifiedIncompleteCholeskyPreconditioner<Operator: AssemblableOperator>: PreconditionerFactory {
  public let name = "modified-incomplete-cholesky"
  /// The first shift tried.
  public let firstShift: Double
  /// The part of the dropped fill that the diagonal takes: 0 is the plain method, 1 keeps row sums.
  public let compensation: Double

  public init(firstShift: Double = 0, compensation: Double = 0.995) {
    precondition(compensation >= 0 && compensation <= 1, "the compensation lies between 0 and 1")
    self.firstShift = firstShift
    self.compensation = compensation
  }

  public var stronger: Self? { firstShift < 0.05 ? Self(firstShift: 0.05, compensation: compensation) : nil }

  public func prepare(_ a: Operator, reusing previous: consuming IncompleteCholeskyFactor?) throws(SolveFailure)
    -> IncompleteCholeskyFactor
  {
    let matrix = a.assembled()
    let factor: IncompleteCholeskyFactor
    if let kept = previous, kept.pattern === matrix.pattern {
      factor = kept
    } else {
      factor = IncompleteCholeskyFactor(pattern: matrix.pattern)
    }
    try factor.scale(matrix)
    // A diagonal that took too much is not mended by a shift alone where unknowns are scaled very differently.
    var part = compensation
    try ShiftRestarts(first: firstShift).run { shift in
      defer { part = part > 0.01 ? part / 4 : 0 }
      return factor.factor(matrix, shift: shift, compensation: part)
    }
    return factor
  }
}
