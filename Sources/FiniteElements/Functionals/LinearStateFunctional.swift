/// A weighted sum of the state: displacement of a region in a direction, mean temperature of a region.
public struct LinearStateFunctional: StateFunctional {
  /// Weight of every entry of the state, all load cases one after the other.
  public let weights: DenseVector

  public init(weights: DenseVector) { self.weights = weights }

  /// The mean over some unknowns of one column, each with its factor.
  public init(unknowns: [Int], factors: [Double], column: Int, dimension: Int, columnCount: Int) {
    var weights = DenseVector(zeros: dimension * columnCount)
    for (unknown, factor) in zip(unknowns, factors) { weights[column * dimension + unknown] += factor }
    self.weights = weights
  }

  public func value(_ parameters: CellCoefficients, _ state: DenseVector) -> Double { weights.dot(state) }

  public func partials(_ parameters: CellCoefficients, _ state: DenseVector)
    -> (state: DenseVector, parameters: CellCoefficients)
  {
    (weights, .zero)
  }
}
