/// A stiffness that is a sum over cells of one coefficient times a fixed cell matrix: K(c) = Σ_e c_e Pᵀ_e K_e P_e.
///
/// Linear elasticity with a Young's modulus per cell and steady diffusion with a conductivity per cell are both of this
/// form, on grids (matrix-free) and on meshes (assembled). Unknown `component` of a node is
/// `node * componentsPerNode + component`.
public protocol CellwiseStiffness: Sendable {
  associatedtype Operator: LinearOperator

  var domain: any Domain { get }
  var componentsPerNode: Int { get }
  /// K(c) with the rows and columns of constrained unknowns replaced by those of the identity.
  func makeOperator(coefficients: DenseVector, constrained: ConstrainedUnknowns) throws(SolveFailure) -> Operator
  /// K(c) u, no unknown constrained: internal forces and reactions.
  func apply(coefficients: DenseVector, to u: DenseVector) -> DenseVector
  /// λ_eᵀ K_e u_e for every cell, at unit coefficient: the derivative of λᵀ K(c) u. `[cellCount]`
  func cellEnergies(_ lambda: DenseVector, _ u: DenseVector) -> DenseVector
}

extension CellwiseStiffness {
  public var unknownCount: Int { domain.nodeCount * componentsPerNode }
}
