/// Some relaxed Jacobi iterations x⁺ = x + ω D⁻¹ (b - A x), cut at zero or not, as a function of their start that has a
/// derivative.
///
/// A start learned for what these iterations leave (Arisaka & Li, arXiv:2206.08594) need not lie near the solution. Which
/// entries a cut holds is taken as it is found: the derivative is one-sided where an entry is about to leave zero.
public struct UnrolledRelaxation<Operator: LinearOperator> {
  /// x after the iterations.
  public let end: DenseVector
  /// b - A x there.
  public let residual: DenseVector
  private let matrix: Operator
  private let diagonal: DenseVector
  private let weight: Double
  private let iterations: Int
  /// Entries that the cut held, of the start and of each iteration; none where nothing is cut.
  private var held: [[Int]] = []

  /// - Parameters:
  ///   - matrix: A, symmetric.
  ///   - load: b.
  ///   - start: x, cut first where the iterations are.
  ///   - iterations: How many.
  ///   - weight: ω.
  ///   - diagonal: D, above zero.
  ///   - isBounded: Whether each x is cut at zero.
  public init(
    _ matrix: Operator, load: DenseVector, from start: DenseVector, iterations: Int, weight: Double,
    diagonal: DenseVector, isBounded: Bool
  ) {
    self.matrix = matrix
    self.diagonal = diagonal
    self.weight = weight
    self.iterations = iterations
    var x = start
    var held: [[Int]] = []
    func cut() {
      guard isBounded else { return }
      var found: [Int] = []
      // What is zero by itself may rise.
      for i in 0..<x.count where x[i] < 0 {
        x[i] = 0
        found.append(i)
      }
      held.append(found)
    }
    cut()
    var r = load - matrix.apply(x)
    for _ in 0..<iterations {
      for i in 0..<x.count { x[i] += weight * r[i] / diagonal[i] }
      cut()
      r = load - matrix.apply(x)
    }
    end = x
    residual = r
    self.held = held
  }

  /// The gradient with respect to the start.
  ///
  /// - Parameter seed: On `end`.
  public func pullback(_ seed: DenseVector) -> DenseVector {
    var seed = seed
    func release(_ place: Int) {
      if place < held.count { for i in held[place] { seed[i] = 0 } }
    }
    for iteration in (0..<iterations).reversed() {
      release(iteration + 1)
      let scaled = DenseVector((0..<seed.count).map { weight * seed[$0] / diagonal[$0] })
      seed.add(matrix.apply(scaled), scaledBy: -1)
    }
    release(0)
    return seed
  }
}
