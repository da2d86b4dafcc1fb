/// Incomplete Cholesky factors that a graph network made better, for scalar diffusion.
///
/// Source: Li, Chen, Du & Matusik, "Learning preconditioners for conjugate gradient PDE solvers" (ICML 2023), in the form with a
/// correction of Trifonov et al. (arXiv:2405.15557); see `FactorCorrection` for what is different here.
public struct LearnedCholeskyPreconditioner<Operator: AssemblableOperator>: PreconditionerFactory {
  public let name = "learned-cholesky"
  public let weights: LearnedFactor

  public init(_ weights: LearnedFactor) { self.weights = weights }

  public func prepare(_ a: Operator, reusing previous: consuming IncompleteCholeskyFactor?) throws(SolveFailure)
    -> IncompleteCholeskyFactor
  {
    let matrix = a.assembled()
    let factor = try LearnedFactor.base(matrix, reusing: previous)
    let graph = FactorGraph(matrix, factor)
    let answers = weights.answersOnTape(graph)
    let corrected = FactorCorrection(
      factor, graph, dimension: weights.dimension, entries: answers.entries, pivots: answers.pivots)
    factor.replace(values: corrected.lower.map { Float($0) }, inverseDiagonal: corrected.kept.diagonal.map { 1 / $0 })
    return factor
  }
}
