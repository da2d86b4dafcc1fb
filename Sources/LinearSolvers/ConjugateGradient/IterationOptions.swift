/// When an iterative solve of A x = b stops.
public struct IterationOptions: Sendable, Hashable {
  /// Stops when |b - A x| <= relativeTolerance |b|; the true residual is checked at the end.
  public var relativeTolerance: Double
  /// Iterations for one right-hand side before the solve counts as stalled.
  public var maxIterations: Int
  /// The solve also counts as stalled when the residual has not halved in this many iterations.
  public var stallWindow: Int

  public init(relativeTolerance: Double = 1e-5, maxIterations: Int = 10_000, stallWindow: Int = 1_000) {
    self.relativeTolerance = relativeTolerance
    self.maxIterations = maxIterations
    self.stallWindow = stallWindow
  }
}

/// Gets the number of an iteration and the relative residual that its recurrence gives, for histories and pictures.
public typealias ResidualObserver = @Sendable (_ iteration: Int, _ relativeResidual: Double) -> Void
