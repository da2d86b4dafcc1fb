@_exported import Geometry
@_exported import Optimizers
import _Differentiation

/// How the physical field becomes a model's parameters: material interpolation, say.
public protocol ParameterMap<Parameters>: Sendable {
  associatedtype Parameters: Differentiable
  func parameters(of field: DenseVector) throws(SolveFailure) -> Parameters
  func pullback(_ seed: Parameters.TangentVector, at field: DenseVector) throws(SolveFailure) -> DenseVector
}
