/// A number that a rollout's observer returned, as an objective or a constraint.
public struct ObservedNumber: StateFunctional {
  /// Where it stands in the state of the rollout.
  public let index: Int
  public let factor: Double

  /// - Parameters:
  ///   - observer: which of the rollout's observers.
  ///   - rollout: where it observes.
  ///   - factor: multiplies the number, such as one over the duration for the mean of a running cost.
  public init<Stepper>(_ observer: Int, of rollout: Rollout<Stepper>, factor: Double = 1) {
    precondition(rollout.observers.indices.contains(observer), "a rollout without observer \(observer)")
    index = rollout.stepper.stateBlocks.entryCount + observer
    self.factor = factor
  }

  public func value(_ parameters: DenseVector, _ state: DenseVector) -> Double { factor * state[index] }

  public func partials(_ parameters: DenseVector, _ state: DenseVector) -> (state: DenseVector, parameters: DenseVector)
  {
    var seed = DenseVector(zeros: state.count)
    seed[index] = factor
    return (seed, .zero)
  }
}
