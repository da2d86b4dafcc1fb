/// The optimality-criteria update for one objective that falls with every design entry and one resource constraint.
///
/// x_new = clamp(x sqrt(-f' / (lambda g'))) within the move limit and the bounds, with lambda found by bisection so that
/// the constraint is met. Andreassen, Clausen, Schevenels, Lazarov & Sigmund, Struct. Multidisc. Optim. 43 (2011) 1,
/// eq. (3). As there, lambda multiplies the constraint gradient scaled to mean one (the volume in cells), it is sought
/// in [0, 1e9], and the search ends at a relative width of 1e-3. Where 1e9 is too small, the bracket grows.
///
/// Entries whose objective gradient is positive count as having none.
public struct OptimalityCriteria: Optimizer {
  public var options: Options
  /// The constraint at a candidate, at most zero when satisfied; nil to use its linearisation, which is exact where
  /// the constraint is affine in the design (a volume after linear filters).
  public var constraintValue: (@Sendable (DenseVector) -> Double)?

  public struct Options: Sendable, Hashable {
    /// The most that an entry may change in one update.
    public var moveLimit = 0.2
    /// The exponent on -f' / (lambda g').
    public var damping = 0.5
    /// Where the search for the multiplier begins: [0, this].
    public var largestMultiplier = 1e9
    /// The search ends when (l2 - l1) / (l1 + l2) is at most this.
    public var multiplierTolerance = 1e-3
    /// The share of an update's change since the one before that the next design goes beyond it, from 0, the published
    /// method, to below 1: Nesterov's acceleration. It pauses for one update where the objective rose.
    public var momentum = 0.0
    public init() {}
  }

  public struct State: Sendable, Equatable {
    var bounds: Bounds
    var history: TrialHistory
    /// The multiplier of the last update.
    var multiplier = 0.0
    /// With momentum only.
    var last: LastUpdate?
  }

  /// What momentum needs to know of an update.
  struct LastUpdate: Sendable, Equatable {
    /// Its design, before it was carried on.
    var design: DenseVector
    /// The objective where it began.
    var objective: Double
  }

  public init(_ options: Options = Options(), constraintValue: (@Sendable (DenseVector) -> Double)? = nil) {
    self.options = options
    self.constraintValue = constraintValue
  }

  public var name: String { "optimality-criteria" }

  public func start(at design: DenseVector, within bounds: Bounds, layout: [Block]) -> State {
    State(bounds: bounds, history: TrialHistory(start: bounds.project(design)))
  }

  public func propose(_ state: State) -> [Request] { [Request(state.history.trial)] }

  public func update(_ state: inout State, with evaluations: [Result<Evaluation, SolveFailure>]) throws(SolveFailure)
    -> Progress
  {
    guard let evaluation = try state.history.take(evaluations, constraints: 1...1, method: name) else {
      return Progress(accepted: false, change: 0)
    }
    let update = try OptimalityCriteriaUpdate(
      design: state.history.accepted, bounds: state.bounds, evaluation: evaluation, options: options)
    var search = MultiplierSearch(update, constraintValue)
    let candidate = search.solve()
    state.multiplier = candidate.multiplier
    var next = candidate.design
    if options.momentum > 0 {
      if let last = state.last, evaluation.objective <= last.objective {
        next = MomentumStep(candidate.design, since: last.design, momentum: options.momentum, within: state.bounds)
          .design { constraintValue?($0) ?? update.linearisedConstraint(at: $0) }
      }
      state.last = LastUpdate(design: candidate.design, objective: evaluation.objective)
    }
    return Progress(accepted: true, change: state.history.propose(next))
  }

  public func design(of state: State) -> DenseVector { state.history.accepted }

  public func save(_ state: State) -> NamedArrays {
    var arrays = NamedArrays()
    arrays[text: "method"] = name
    arrays.merge(state.history.save(), prefix: "history/")
    arrays[real: "multiplier"] = [state.multiplier]
    if let last = state.last {
      arrays[vector: "last-update"] = last.design
      arrays[real: "last-objective"] = [last.objective]
    }
    return arrays
  }

  public func restore(_ arrays: NamedArrays, within bounds: Bounds, layout: [Block]) -> State? {
    guard arrays[text: "method"] == name, let multiplier = arrays[real: "multiplier"], multiplier.count == 1,
      let history = TrialHistory(restoring: arrays.withPrefix("history/"), count: bounds.count)
    else { return nil }
    var state = State(bounds: bounds, history: history, multiplier: multiplier[0])
    if let design = arrays[vector: "last-update"] {
      guard design.count == bounds.count, let objective = arrays[real: "last-objective"], objective.count == 1 else {
        return nil
      }
      state.last = LastUpdate(design: design, objective: objective[0])
    }
    return state
  }
}
