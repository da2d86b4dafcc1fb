import _Differentiation

/// Discrete equations r(u, p) = 0. Adding a physics is conforming to this; `ImplicitModel` makes it a simulator.
///
/// The state is `columnCount` vectors (load cases, say) that share one Jacobian and do not see each other.
public protocol ResidualModel<Parameters>: Sendable {
  associatedtype Parameters: Differentiable
  associatedtype Jacobian: LinearOperator

  var columnCount: Int { get }
  /// Entries of one column.
  var dimension: Int { get }
  /// True when r is affine in u: one solve is enough.
  var isLinear: Bool { get }
  var stateBlocks: [Block] { get }
  /// A start that already satisfies the essential conditions (fixed values), one vector a column.
  func initialState(_ parameters: Parameters) -> [DenseVector]
  /// r(u, p), zero at constrained unknowns.
  func residual(_ state: [DenseVector], _ parameters: Parameters) -> [DenseVector]
  /// ∂r/∂u at constrained unknowns the identity.
  func jacobian(_ state: [DenseVector], _ parameters: Parameters) throws(SolveFailure) -> Jacobian
  /// (∂r/∂p)ᵀ λ, summed over columns. An empty column of `lambda` is zero.
  func parameterPullback(_ lambda: [DenseVector], at state: [DenseVector], _ parameters: Parameters)
    -> Parameters.TangentVector
  /// (∂r/∂p) δp, where the physics offers it.
  func parameterPushforward(_ direction: Parameters.TangentVector, at state: [DenseVector], _ parameters: Parameters)
    -> [DenseVector]?
  /// The solution of Jᵀ λ = seed where the equations know it without a solve: a seed that is a multiple of the load of
  /// a self-adjoint problem has that multiple of the state as its adjoint.
  func knownAdjoint(of seed: DenseVector, column: Int, at state: [DenseVector], _ parameters: Parameters)
    -> DenseVector?
  /// Zeroes the entries of a seed on unknowns that the equations hold fixed.
  func maskConstrained(_ vector: inout DenseVector)
}

extension ResidualModel {
  public func parameterPushforward(
    _ direction: Parameters.TangentVector, at state: [DenseVector], _ parameters: Parameters
  ) -> [DenseVector]? { nil }
  public func knownAdjoint(
    of seed: DenseVector, column: Int, at state: [DenseVector], _ parameters: Parameters
  ) -> DenseVector? { nil }
}
