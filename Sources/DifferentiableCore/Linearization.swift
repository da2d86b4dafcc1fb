import _Differentiation

/// A model's state at some parameters, with its derivative there.
public struct Linearization<Parameters: Differentiable, State: Differentiable> {
  public typealias Pullback = (State.TangentVector) throws(SolveFailure) -> Parameters.TangentVector
  public typealias Pushforward = (Parameters.TangentVector) throws(SolveFailure) -> State.TangentVector

  public let state: State
  public let report: SolveReport
  /// A seed on the state to the gradient with respect to the parameters. May be called many times.
  public let pullback: Pullback
  /// A direction in the parameters to the change of the state, where the model offers it.
  public let pushforward: Pushforward?

  public init(
    state: State, report: SolveReport, pullback: @escaping Pullback, pushforward: Pushforward? = nil
  ) {
    self.state = state
    self.report = report
    self.pullback = pullback
    self.pushforward = pushforward
  }
}
