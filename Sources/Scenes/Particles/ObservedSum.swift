import DifferentiableCore

/// A weighted sum of numbers that a rollout's observers returned.
struct ObservedSum: StateFunctional {
  /// Places in the rollout's state, with their weights.
  let terms: [(index: Int, weight: Double)]

  func value(_ parameters: DenseVector, _ state: DenseVector) -> Double {
    terms.reduce(0) { $0 + $1.weight * state[$1.index] }
  }

  func partials(_ parameters: DenseVector, _ state: DenseVector) -> (state: DenseVector, parameters: DenseVector) {
    var seed = DenseVector(zeros: state.count)
    for term in terms { seed[term.index] += term.weight }
    return (seed, .zero)
  }
}
