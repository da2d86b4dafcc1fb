/// The globally convergent method of moving asymptotes: a step is taken only where its approximations lie above the
/// functions; otherwise their curvature grows and the step is computed anew from the same design.
///
/// K. Svanberg, SIAM J. Optim. 12 (2002) 555. Every proposal asks for gradients, because a step that holds becomes the
/// next design without a second evaluation. A failed evaluation counts as a step that does not hold.
public struct GloballyConvergentMMA: Optimizer {
  public var options: AsymptoteOptions
  /// The most steps computed anew from one design before the last is taken as it is.
  public var mostInnerSteps = 15

  public struct State: Sendable, Equatable {
    var bounds: Bounds
    var design: DenseVector
    var trial: DenseVector
    var previous: DenseVector
    var beforeThat: DenseVector
    var asymptotes: Asymptotes?
    /// The functions at `design`; nil before the first evaluation.
    var evaluation: Evaluation?
    /// rho_i of the scaled functions, objective first.
    var curvatures: [Double] = []
    /// f~_i at the trial (scaled).
    var predicted: [Double] = []
    var multipliers: [Double] = []
    var iteration = 0
    var innerSteps = 0
  }

  public init(_ options: AsymptoteOptions = AsymptoteOptions()) { self.options = options }

  public var name: String { "gcmma" }

  public func start(at design: DenseVector, within bounds: Bounds, layout: [Block]) -> State {
    let start = bounds.project(design)
    return State(bounds: bounds, design: start, trial: start, previous: start, beforeThat: start)
  }

  public func propose(_ state: State) -> [Request] { [Request(state.trial)] }

  public func update(_ state: inout State, with evaluations: [Result<Evaluation, SolveFailure>]) throws(SolveFailure)
    -> Progress
  {
    do throws(SolveFailure) {
      let evaluation = try Evaluation.checked(
        evaluations, count: state.design.count, constraints: nil, method: name)
      if let outer = state.evaluation, state.innerSteps < mostInnerSteps, raiseCurvatures(&state, outer, evaluation) {
        try step(&state, from: outer)
        return Progress(accepted: false, change: 0)
      }
      state.beforeThat = state.previous
      state.previous = state.design
      state.design = state.trial
      state.evaluation = evaluation
      state.iteration += 1
      state.innerSteps = 0
      state.curvatures = []
      state.asymptotes = Asymptotes(
        at: state.design, previous: state.previous, beforeThat: state.beforeThat, last: state.asymptotes,
        iteration: state.iteration, ranges: Asymptotes.ranges(at: state.design, state.bounds), options: options)
      try step(&state, from: evaluation)
      let optimality = evaluation.stationarity(
        at: state.design, within: state.bounds, multipliers: state.multipliers)
      return Progress(
        accepted: true, change: largestDifference(state.trial, state.design), optimality: optimality)
    } catch {
      guard error.kind != .cancelled, error.kind != .unsupported, let outer = state.evaluation,
        state.innerSteps < mostInnerSteps
      else { throw error }
      state.curvatures = state.curvatures.map { 10 * $0 }
      try step(&state, from: outer)
      return Progress(accepted: false, change: 0)
    }
  }

  /// Solves the subproblem around the accepted design and sets the trial.
  private func step(_ state: inout State, from evaluation: Evaluation) throws(SolveFailure) {
    guard let asymptotes = state.asymptotes else { return }
    let n = Double(max(1, state.design.count))
    if state.curvatures.isEmpty {
      // A tenth of the mean slope over the range; scaled functions vary by one in all.
      state.curvatures = [Double](repeating: 0.1 / n, count: evaluation.constraints.count + 1)
    }
    let approximation = SeparableApproximation(
      at: state.design, evaluation, within: state.bounds, ranges: Asymptotes.ranges(at: state.design, state.bounds),
      asymptotes: asymptotes, curvatures: state.curvatures, options: options)
    let solution = DualSolver(approximation: approximation, options: options).solve()
    state.trial = solution.design
    state.predicted = solution.values
    state.multipliers = solution.multipliers
    state.innerSteps += 1
  }

  /// Raises rho_i where a function came out above its approximation (2002, eq. (4.6)); true when any did.
  private func raiseCurvatures(_ state: inout State, _ outer: Evaluation, _ trial: Evaluation) -> Bool {
    guard let asymptotes = state.asymptotes else { return false }
    let ranges = Asymptotes.ranges(at: state.design, state.bounds)
    let scales = outer.scales(over: ranges, options: options)
    let distance = asymptotes.distance(from: state.design, to: state.trial, ranges: ranges)
    var raised = false
    for (i, value) in ([trial.objective] + trial.constraints).enumerated() {
      let excess = scales[i] * value - state.predicted[i]
      let roundOff = 1e-12 * max(1, abs(scales[i] * value))
      guard excess > roundOff, distance > 0 else { continue }
      raised = true
      state.curvatures[i] = min(1.1 * (state.curvatures[i] + excess / distance), 10 * state.curvatures[i])
    }
    return raised
  }

  public func design(of state: State) -> DenseVector { state.design }

  public func save(_ state: State) -> NamedArrays {
    var arrays = NamedArrays()
    arrays[text: "method"] = name
    arrays[vector: "design"] = state.design
    arrays[vector: "trial"] = state.trial
    arrays[vector: "previous"] = state.previous
    arrays[vector: "before-that"] = state.beforeThat
    arrays[vector: "asymptotes/lower"] = state.asymptotes?.lower
    arrays[vector: "asymptotes/upper"] = state.asymptotes?.upper
    if let evaluation = state.evaluation { arrays.merge(evaluation.save(), prefix: "evaluation/") }
    arrays[real: "curvatures"] = state.curvatures
    arrays[real: "predicted"] = state.predicted
    arrays[real: "multipliers"] = state.multipliers
    arrays[integer: "counters"] = [Int64(state.iteration), Int64(state.innerSteps)]
    return arrays
  }

  public func restore(_ arrays: NamedArrays, within bounds: Bounds, layout: [Block]) -> State? {
    let n = bounds.count
    guard arrays[text: "method"] == name,
      let design = arrays.vector("design", n), let trial = arrays.vector("trial", n),
      let previous = arrays.vector("previous", n), let beforeThat = arrays.vector("before-that", n),
      let curvatures = arrays[real: "curvatures"], let predicted = arrays[real: "predicted"],
      let multipliers = arrays[real: "multipliers"], let counters = arrays[integer: "counters"], counters.count == 2
    else { return nil }
    var state = State(bounds: bounds, design: design, trial: trial, previous: previous, beforeThat: beforeThat)
    state.curvatures = curvatures
    state.predicted = predicted
    state.multipliers = multipliers
    state.iteration = Int(counters[0])
    state.innerSteps = Int(counters[1])
    guard state.iteration > 0 else { return state }
    guard let lower = arrays.vector("asymptotes/lower", n), let upper = arrays.vector("asymptotes/upper", n),
      let evaluation = Evaluation(restoring: arrays.withPrefix("evaluation/"), count: n),
      curvatures.count == evaluation.constraints.count + 1, predicted.count == curvatures.count
    else { return nil }
    state.asymptotes = Asymptotes(lower: lower, upper: upper)
    state.evaluation = evaluation
    return state
  }
}

extension Asymptotes {
  /// How much one unit of rho raises an approximation between two designs:
  /// sum (x - x0)^2 (U - L) / ((U - x)(x - L) range), with p and q as `SeparableApproximation` writes them.
  fileprivate func distance(from x0: DenseVector, to x: DenseVector, ranges: DenseVector) -> Double {
    var total = 0.0
    for j in x.indices {
      let step = x[j] - x0[j]
      if step == 0 { continue }
      let rise = (upper[j] - x0[j]) / (upper[j] - x[j]) - (x0[j] - lower[j]) / (x[j] - lower[j])
      total += step * rise / ranges[j]
    }
    return total
  }
}
