/// How the two pressure solves of the last step went, forward or in reverse.
public struct PressureReport: Sendable, Equatable {
  /// Iterations of the solve that keeps the density.
  public var density = 0
  /// Root mean square of the relative density error that the solve left.
  public var densityResidual = 0.0
  /// Iterations of the solve that keeps the velocity free of divergence.
  public var divergence = 0
  /// Root mean square of the relative rate of density times the step that the solve left.
  public var divergenceResidual = 0.0
  /// Products with the operators of both solves, those that a `PressureStart` takes and, in reverse, those of the adjoints
  /// among them.
  public var products = 0
  /// Iterations of the adjoints of both, if the step went in reverse.
  public var adjoint = 0

  public init() {}
}
