/// Weights on what responses return: the start of a backward pass.
public struct ResponseSeed: Sendable, Equatable {
  /// One weight a row; empty for none.
  public var rows: [Double]
  /// Of the size of the state; empty for zero.
  public var state: DenseVector
  /// Of the size of the physical field; empty for zero.
  public var field: DenseVector

  public init(rows: [Double] = [], state: DenseVector = .zero, field: DenseVector = .zero) {
    self.rows = rows
    self.state = state
    self.field = field
  }
}

/// How what responses return changes with the design: a direction of the design carried forward.
public struct ResponseChange: Sendable, Equatable {
  public var rows: [Double]
  public var state: DenseVector
  public var field: DenseVector

  public init(rows: [Double], state: DenseVector, field: DenseVector) {
    self.rows = rows
    self.state = state
    self.field = field
  }
}

/// The rows' values at a design with the derivatives there; right as long as its session does nothing else.
public struct ResponseLinearization {
  public typealias Pullback = (ResponseSeed) throws(SolveFailure) -> DenseVector
  public typealias Pushforward = (DenseVector) throws(SolveFailure) -> ResponseChange?

  /// Without gradients.
  public let result: ResponseValues
  /// Seeds to the gradient with respect to the design; one adjoint solve whatever the seed. May be called many times.
  public let pullback: Pullback
  /// A direction of the design to the change of rows, state and field; nil where the model has no forward derivative.
  public let pushforward: Pushforward

  public init(
    _ result: ResponseValues, pullback: @escaping Pullback,
    pushforward: @escaping Pushforward = { _ throws(SolveFailure) in nil }
  ) {
    self.result = result
    self.pullback = pullback
    self.pushforward = pushforward
  }
}
