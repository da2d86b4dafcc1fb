#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Adam: gradient steps scaled entry by entry by running means of the gradient and its square. Bounds by projection.
///
/// Kingma & Ba, ICLR 2015, algorithm 1. It accepts every step, so it suits noisy objectives; its accuracy is that of its
/// step size. It takes no constraint; within `AugmentedLagrangian` it does.
public struct Adam: Optimizer {
  public var options: Options

  public struct Options: Sendable, Hashable {
    /// alpha: about the most that an entry changes in one step.
    public var stepSize = 0.02
    /// beta_1, of the running mean of the gradient.
    public var meanDecay = 0.9
    /// beta_2, of the running mean of its square.
    public var squareDecay = 0.999
    /// epsilon, in the unit of the gradient.
    public var smallest = 1e-8
    public init() {}
  }

  public struct State: Sendable, Equatable {
    var bounds: Bounds
    var history: TrialHistory
    var mean: DenseVector
    var square: DenseVector
  }

  public init(_ options: Options = Options()) { self.options = options }

  public var name: String { "adam" }

  public func start(at design: DenseVector, within bounds: Bounds, layout: [Block]) -> State {
    let zeros = DenseVector(zeros: design.count)
    return State(bounds: bounds, history: TrialHistory(start: bounds.project(design)), mean: zeros, square: zeros)
  }

  public func propose(_ state: State) -> [Request] { [Request(state.history.trial)] }

  public func update(_ state: inout State, with evaluations: [Result<Evaluation, SolveFailure>]) throws(SolveFailure)
    -> Progress
  {
    guard let evaluation = try state.history.take(evaluations, constraints: 0...0, method: name) else {
      return Progress(accepted: false, change: 0)
    }
    let count = Double(state.history.iteration)
    // The corrections of the two means' start at zero.
    let meanScale = 1 / (1 - pow(options.meanDecay, count))
    let squareScale = 1 / (1 - pow(options.squareDecay, count))
    let (b1, b2) = (options.meanDecay, options.squareDecay)
    var next = state.history.accepted
    let gradient = evaluation.objectiveGradient
    for j in next.indices {
      state.mean[j] = b1 * state.mean[j] + (1 - b1) * gradient[j]
      state.square[j] = b2 * state.square[j] + (1 - b2) * gradient[j] * gradient[j]
      next[j] -=
        options.stepSize * meanScale * state.mean[j]
        / ((squareScale * state.square[j]).squareRoot() + options.smallest)
    }
    let x = state.history.accepted
    let optimality = largestDifference(state.bounds.project(x - gradient), x)
    return Progress(
      accepted: true, change: state.history.propose(state.bounds.project(next)), optimality: optimality)
  }

  public func design(of state: State) -> DenseVector { state.history.accepted }

  public func save(_ state: State) -> NamedArrays {
    var arrays = NamedArrays()
    arrays[text: "method"] = name
    arrays.merge(state.history.save(), prefix: "history/")
    arrays[vector: "mean"] = state.mean
    arrays[vector: "square"] = state.square
    return arrays
  }

  public func restore(_ arrays: NamedArrays, within bounds: Bounds, layout: [Block]) -> State? {
    guard arrays[text: "method"] == name,
      let history = TrialHistory(restoring: arrays.withPrefix("history/"), count: bounds.count),
      let mean = arrays.vector("mean", bounds.count), let square = arrays.vector("square", bounds.count)
    else { return nil }
    return State(bounds: bounds, history: history, mean: mean, square: square)
  }
}
