import _Differentiation

/// A number computed from a simulator's parameters and state: compliance, drag, mean temperature.
public protocol StateFunctional<Parameters, State>: Sendable {
  associatedtype Parameters: Differentiable
  associatedtype State: EuclideanVector

  func value(_ parameters: Parameters, _ state: State) -> Double
  /// The partial derivatives at a point: the seed of the adjoint, and the explicit part for the parameters.
  func partials(_ parameters: Parameters, _ state: State)
    -> (state: State.TangentVector, parameters: Parameters.TangentVector)
}

/// A number computed from a field or a shape alone, before any simulation: volume, mass, thickness.
public protocol FieldFunctional: Sendable {
  func value(_ field: DenseVector) -> Double
  func gradient(_ field: DenseVector) -> DenseVector
}
