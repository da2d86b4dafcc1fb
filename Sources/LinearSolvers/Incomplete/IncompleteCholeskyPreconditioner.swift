/// Incomplete Cholesky factors on the pattern of the matrix, scaled to a unit diagonal and shifted where they break down.
///
/// With S = diag(A)^(-1/2) the factors approximate S A S + α I (Manteuffel 1980). α starts at `firstShift` and grows
/// until every pivot is safely positive, as in Lin and Moré (1999). Factors are kept in single precision: a product of
/// their triangle and its transpose stays symmetric positive definite, and half the memory is read.
public struct IncompleteCholeskyPreconditioner<Operator: AssemblableOperator>: PreconditionerFactory {
  public let name = "incomplete-cholesky"
  /// The first α tried.
  public let firstShift: Double

  public init(firstShift: Double = 0) { self.firstShift = firstShift }

  public var stronger: Self? { firstShift < 0.05 ? Self(firstShift: 0.05) : nil }

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
    try ShiftRestarts(first: firstShift).run { factor.factor(matrix, shift: $0) }
    return factor
  }
}
