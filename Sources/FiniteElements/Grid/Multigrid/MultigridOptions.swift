/// Settings of `MultigridCG`.
public struct MultigridOptions: Sendable, Hashable {
  /// Stops when |b - A x| <= relativeTolerance |b|; the true residual is checked at the end.
  public var relativeTolerance: Double
  /// Iterations for one right-hand side and one smoothing before the solve counts as stalled.
  public var maxIterations: Int
  /// The solve also counts as stalled when the residual has not halved in this many iterations.
  public var stallWindow: Int
  /// Nil chooses by the contrast of the coefficients.
  public var smoothing: Smoothing?
  /// Floating-point operations that the factorization on the coarsest grid may take; grids are coarsened until it takes
  /// no more. Nil chooses by the size of the problem.
  public var directCost: Double?

  public init(
    relativeTolerance: Double = 1e-5, maxIterations: Int = 500, stallWindow: Int = 60, smoothing: Smoothing? = nil,
    directCost: Double? = nil
  ) {
    self.relativeTolerance = relativeTolerance
    self.maxIterations = maxIterations
    self.stallWindow = stallWindow
    self.smoothing = smoothing
    self.directCost = directCost
  }
}
