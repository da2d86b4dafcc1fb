/// The method of moving asymptotes: each step minimizes convex separable approximations, whose asymptotes move apart
/// where entries keep their direction and together where they oscillate. Any number of constraints.
///
/// K. Svanberg, Int. J. Numer. Methods Eng. 24 (1987) 359. It is fast and usually converges; the form with a proof is
/// `GloballyConvergentMMA`. Each step is about thirty passes over the gradients.
public struct MethodOfMovingAsymptotes: Optimizer {
  public var options: AsymptoteOptions

  public struct State: Sendable, Equatable {
    var bounds: Bounds
    var history: TrialHistory
    /// The two accepted designs before the last.
    var previous: DenseVector
    var beforeThat: DenseVector
    var asymptotes: Asymptotes?
    var multipliers: [Double] = []
  }

  public init(_ options: AsymptoteOptions = AsymptoteOptions()) { self.options = options }

  public var name: String { "mma" }

  public func start(at design: DenseVector, within bounds: Bounds, layout: [Block]) -> State {
    let start = bounds.project(design)
    return State(bounds: bounds, history: TrialHistory(start: start), previous: start, beforeThat: start)
  }

  public func propose(_ state: State) -> [Request] { [Request(state.history.trial)] }

  public func update(_ state: inout State, with evaluations: [Result<Evaluation, SolveFailure>]) throws(SolveFailure)
    -> Progress
  {
    let before = state.history.accepted
    guard let evaluation = try state.history.take(evaluations, constraints: nil, method: name) else {
      return Progress(accepted: false, change: 0)
    }
    if state.history.iteration > 1 {
      state.beforeThat = state.previous
      state.previous = before
    }
    let x = state.history.accepted
    let ranges = Asymptotes.ranges(at: x, state.bounds)
    let asymptotes = Asymptotes(
      at: x, previous: state.previous, beforeThat: state.beforeThat, last: state.asymptotes,
      iteration: state.history.iteration, ranges: ranges, options: options)
    let approximation = SeparableApproximation(
      at: x, evaluation, within: state.bounds, ranges: ranges, asymptotes: asymptotes, curvatures: nil,
      options: options)
    let solution = DualSolver(approximation: approximation, options: options).solve()
    state.asymptotes = asymptotes
    state.multipliers = solution.multipliers
    let optimality = evaluation.stationarity(at: x, within: state.bounds, multipliers: solution.multipliers)
    return Progress(accepted: true, change: state.history.propose(solution.design), optimality: optimality)
  }

  public func design(of state: State) -> DenseVector { state.history.accepted }

  public func save(_ state: State) -> NamedArrays {
    var arrays = NamedArrays()
    arrays[text: "method"] = name
    arrays.merge(state.history.save(), prefix: "history/")
    arrays[vector: "previous"] = state.previous
    arrays[vector: "before-that"] = state.beforeThat
    arrays[vector: "asymptotes/lower"] = state.asymptotes?.lower
    arrays[vector: "asymptotes/upper"] = state.asymptotes?.upper
    arrays[real: "multipliers"] = state.multipliers
    return arrays
  }

  public func restore(_ arrays: NamedArrays, within bounds: Bounds, layout: [Block]) -> State? {
    guard arrays[text: "method"] == name,
      let history = TrialHistory(restoring: arrays.withPrefix("history/"), count: bounds.count),
      let previous = arrays[vector: "previous"], previous.count == bounds.count,
      let beforeThat = arrays[vector: "before-that"], beforeThat.count == bounds.count,
      let multipliers = arrays[real: "multipliers"]
    else { return nil }
    var state = State(bounds: bounds, history: history, previous: previous, beforeThat: beforeThat)
    state.multipliers = multipliers
    if let lower = arrays[vector: "asymptotes/lower"], let upper = arrays[vector: "asymptotes/upper"] {
      guard lower.count == bounds.count, upper.count == bounds.count else { return nil }
      state.asymptotes = Asymptotes(lower: lower, upper: upper)
    }
    return state
  }
}
