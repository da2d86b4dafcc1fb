/// Incomplete Cholesky factors that keep what is large, wherever it fills in, scaled and shifted where they break down.
///
/// A column keeps its entries above `threshold` times its norm, at most as many as the matrix has in it times `fill`
/// (Lin and Moré, Incomplete Cholesky Factorizations with Limited Memory, 1999; Saad 2003, section 10.4).
public struct ThresholdCholeskyPreconditioner<Operator: AssemblableOperator>: PreconditionerFactory {
  public let name = "threshold-cholesky"
  /// Entries of a column smaller than this part of its norm are dropped.
  public let threshold: Double
  /// Entries a column may keep below its diagonal, in units of those that the matrix has there.
  public let fill: Double
  /// The first shift tried.
  public let firstShift: Double

  public init(threshold: Double = 1e-3, fill: Double = 2, firstShift: Double = 0) {
    precondition(threshold >= 0 && fill > 0, "a threshold is not negative, and a fill is positive")
    self.threshold = threshold
    self.fill = fill
    self.firstShift = firstShift
  }

  /// Twice the fill and a tenth of the threshold.
  public var stronger: Self? {
    firstShift < 0.01 ? Self(threshold: threshold / 10, fill: 2 * fill, firstShift: 0.01) : nil
  }

  public func prepare(_ a: Operator, reusing previous: consuming ThresholdCholeskyFactor?) throws(SolveFailure)
    -> ThresholdCholeskyFactor
  {
    let factor = try ThresholdCholeskyFactor(a.assembled())
    try ShiftRestarts(first: firstShift).run { factor.factor(shift: $0, threshold: threshold, fill: fill) }
    return factor
  }
}
