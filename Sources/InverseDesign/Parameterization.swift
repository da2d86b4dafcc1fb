@_exported import Geometry
@_exported import Optimizers
import _Differentiation

/// How a design vector becomes the physical field (or shape) that models and functionals see.
public struct Parameterization: Sendable {
  /// The parts of the design.
  public var layout: [Block]
  public var bounds: Bounds
  /// Where an optimization starts.
  public var start: DenseVector
  /// Design to physical field: symmetry, filters, projections, passive regions.
  public var map: any Transform

  public init(layout: [Block], bounds: Bounds, start: DenseVector, map: any Transform) {
    self.layout = layout
    self.bounds = bounds
    self.start = start
    self.map = map
  }
}

/// How the physical field becomes a model's parameters: material interpolation, say.
public protocol ParameterMap<Parameters>: Sendable {
  associatedtype Parameters: Differentiable
  func parameters(of field: DenseVector) throws(SolveFailure) -> Parameters
  func pullback(_ seed: Parameters.TangentVector, at field: DenseVector) throws(SolveFailure) -> DenseVector
}
