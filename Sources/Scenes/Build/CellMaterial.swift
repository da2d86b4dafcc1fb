import FiniteElements
import InverseDesign

/// Density to cell coefficients: the interpolated stiffness, and the density itself as the source of self-weight.
public struct CellMaterial: ParameterMap {
  public let interpolation: any PointwiseTransform
  /// True where some load is proportional to the density.
  public let hasSource: Bool

  public init(_ interpolation: any PointwiseTransform, hasSource: Bool = false) {
    self.interpolation = interpolation
    self.hasSource = hasSource
  }

  public func parameters(of field: DenseVector) throws(SolveFailure) -> CellCoefficients {
    CellCoefficients(stiffness: try interpolation.apply(field), source: hasSource ? field : .zero)
  }

  public func pullback(_ seed: CellCoefficients, at field: DenseVector) throws(SolveFailure) -> DenseVector {
    var gradient = try interpolation.pullback(seed.stiffness, at: field)
    if hasSource { gradient += seed.source }
    return gradient
  }
}
