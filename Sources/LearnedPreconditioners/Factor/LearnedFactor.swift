/// Weights of a network that betters incomplete Cholesky factors of scalar diffusion, on any mesh of its dimension.
public struct LearnedFactor: Sendable {
  /// Of the space: it sets how the smallest shift falls with the number of unknowns.
  public let dimension: Int
  /// `[layout.count]`
  public let parameters: Tensor<Float>
  let network: FactorNetwork
  let inference: FactorInference

  public static var layout: ParameterLayout { FactorNetwork().layout }

  public init(_ parameters: Tensor<Float>, dimension: Int) {
    network = FactorNetwork()
    precondition(parameters.count == network.layout.count, "\(parameters.count) parameters of a learned factor")
    self.parameters = parameters
    inference = FactorInference(parameters, network.layout)
    self.dimension = dimension
  }

  /// L₀ + 0, from which training starts.
  public static func plain(dimension: Int, seed: UInt64 = 0) -> LearnedFactor {
    LearnedFactor(layout.initialParameters(seed: seed), dimension: dimension)
  }

  /// The factor that the network betters.
  static func base(_ matrix: SymmetricSparseMatrix, reusing previous: consuming IncompleteCholeskyFactor? = nil)
    throws(SolveFailure) -> IncompleteCholeskyFactor
  {
    try IncompleteCholeskyPreconditioner<SymmetricSparseMatrix>().prepare(matrix, reusing: previous)
  }

  /// The network's answers for edges and nodes, by the tape: what `inference` is checked against.
  func answersOnTape(_ graph: FactorGraph) -> (entries: [Double], pivots: [Double]) {
    let tape = Tape<Float>(recordsDerivatives: false)
    let bound = BoundParameters(parameters, network.layout, on: tape, isTracked: false)
    let answer = network(
      nodes: tape.constant(graph.nodeTensor()),
      edges: tape.constant(graph.edgeTensor()),
      columns: graph.columns, rows: graph.targets, bound)
    return (answer.entries.value.vector.elements, answer.pivots.value.vector.elements)
  }
}
