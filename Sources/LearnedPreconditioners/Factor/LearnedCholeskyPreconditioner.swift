/// Incomplete Cholesky factors that a graph network made better, for scalar diffusion.
///
/// Source: Li, Chen, Du & Matusik, "Learning preconditioners for conjugate gradient PDE solvers" (ICML 2023), in the form with a
/// correction of Trifonov et al. (arXiv:2405.15557); see `FactorCorrection` for what is different here.
public struct LearnedCholeskyPreconditioner<Operator: AssemblableOperator>: PreconditionerFactory {
  public let name = "learned-cholesky"
  public let weights: LearnedFactor

  public init(_ weights: LearnedFactor) { self.weights = weights }

  public func prepare(_ a: Operator, reusing previous: consuming LearnedCholeskyFactor?) throws(SolveFailure)
    -> LearnedCholeskyFactor
  {
    let matrix = a.assembled()
    let kept = previous ?? LearnedCholeskyFactor()
    try kept.factor(matrix, weights)
    return kept
  }
}

/// An incomplete factor with the corrections of a network. One caller at a time.
public final class LearnedCholeskyFactor: Preconditioner {
  private var factor: IncompleteCholeskyFactor?
  private let graph = FactorGraph()
  private let scratch = FactorInference.Scratch()

  fileprivate func factor(_ matrix: SymmetricSparseMatrix, _ weights: LearnedFactor) throws(SolveFailure) {
    let base = try LearnedFactor.base(matrix, reusing: factor)
    graph.read(matrix, base)
    base.change { values, inverseDiagonal in
      weights.inference.better(
        &values, inverseDiagonal: &inverseDiagonal, graph, scratch, dimension: weights.dimension)
    }
    factor = base
  }

  /// The network's products are counted as they are; one vector instruction does eight.
  public var work: PreconditionerWork {
    guard let base = factor?.work else { return PreconditionerWork(preparation: 0, application: 0) }
    let network = FactorInference.multiplyAdds(nodes: graph.nodeCount, edges: graph.edgeCount)
    return PreconditionerWork(preparation: base.preparation + network, application: base.application)
  }

  public func apply(_ r: UnsafePointer<Double>, into z: UnsafeMutablePointer<Double>) { factor?.apply(r, into: z) }
}
