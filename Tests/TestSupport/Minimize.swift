import Optimizers

/// How a run of an optimizer ended.
public struct OptimizerRun {
  /// The last accepted iterate.
  public var design: DenseVector
  public var evaluations: Int
  public var accepted: Int
  /// Why the method stopped by itself.
  public var stopped: String?
}

/// Runs a method on a problem in plain functions until it stops by itself, changes no entry by more than `change`, or
/// has had a number of evaluations.
public func minimize<Method: Optimizer>(
  _ method: Method, from start: DenseVector, within bounds: Bounds, steps: Int, change: Double = 0,
  _ evaluate: (DenseVector) throws(SolveFailure) -> Evaluation
) throws(SolveFailure) -> OptimizerRun {
  var state = method.start(at: start, within: bounds, layout: [])
  var run = OptimizerRun(design: start, evaluations: 0, accepted: 0)
  while run.evaluations < steps, run.stopped == nil {
    let evaluations = method.propose(state).map { request in
      Result { () throws(SolveFailure) in try evaluate(request.design) }
    }
    run.evaluations += evaluations.count
    let progress = try method.update(&state, with: evaluations)
    if progress.accepted { run.accepted += 1 }
    run.stopped = progress.stopped
    if progress.accepted, progress.change < change { break }
  }
  run.design = method.design(of: state)
  return run
}
