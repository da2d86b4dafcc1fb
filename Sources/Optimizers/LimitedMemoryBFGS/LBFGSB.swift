/// The limited-memory quasi-Newton method with bounds: a Cauchy point finds the active bounds, a subspace step uses the
/// curvature, and a line search makes sure of both Wolfe conditions.
///
/// Byrd, Lu, Nocedal & Zhu, SIAM J. Sci. Comput. 16 (1995) 1190. It takes no constraint; within `AugmentedLagrangian` it
/// does.
public struct LBFGSB: Optimizer {
  public var options: Options

  public struct Options: Sendable, Hashable {
    /// Pairs of differences that are kept.
    public var memory = 10
    /// It stops where no entry of the projected gradient is larger than this.
    public var gradientTolerance = 1e-10
    public init() {}
  }

  public struct State: Sendable, Equatable {
    var bounds: Bounds
    var design: DenseVector
    var trial: DenseVector
    /// At `design`; nil before the first evaluation.
    var value: Double?
    var gradient: DenseVector = .zero
    var hessian = CompactHessian()
    var direction: DenseVector = .zero
    var search: MoreThuenteSearch?
  }

  public init(_ options: Options = Options()) { self.options = options }

  public var name: String { "l-bfgs-b" }

  public func start(at design: DenseVector, within bounds: Bounds, layout: [Block]) -> State {
    let start = bounds.project(design)
    return State(bounds: bounds, design: start, trial: start)
  }

  public func propose(_ state: State) -> [Request] { [Request(state.trial)] }

  public func update(_ state: inout State, with evaluations: [Result<Evaluation, SolveFailure>]) throws(SolveFailure)
    -> Progress
  {
    let evaluation: Evaluation
    do throws(SolveFailure) {
      evaluation = try Evaluation.checked(
        evaluations, count: state.design.count, constraints: 0...0, method: name)
    } catch {
      guard error.kind != .cancelled, error.kind != .unsupported, var search = state.search else { throw error }
      guard search.retreat() == .evaluate else { throw error }
      state.search = search
      setTrial(&state)
      return Progress(accepted: false, change: 0)
    }
    guard var search = state.search else { return accept(&state, evaluation, change: 0) }
    switch search.tell(value: evaluation.objective, slope: evaluation.objectiveGradient.dot(state.direction)) {
    case .evaluate:
      state.search = search
      setTrial(&state)
      return Progress(accepted: false, change: 0)
    case .accepted:
      let change = largestDifference(state.trial, state.design)
      state.hessian.append(
        step: state.trial - state.design, change: evaluation.objectiveGradient - state.gradient,
        memory: options.memory)
      return accept(&state, evaluation, change: change)
    case .failed:
      if state.hessian.pairs == 0 {
        state.trial = state.design
        return Progress(accepted: false, change: 0, stopped: "the line search finds no lower value")
      }
      state.hessian.forget()
      let stopped = chooseDirection(&state)
      return Progress(accepted: false, change: 0, stopped: stopped)
    }
  }

  /// Moves to the trial, and on to the next direction.
  private func accept(_ state: inout State, _ evaluation: Evaluation, change: Double) -> Progress {
    state.design = state.trial
    state.value = evaluation.objective
    state.gradient = evaluation.objectiveGradient
    let optimality = projectedGradient(state)
    if optimality <= options.gradientTolerance {
      return Progress(
        accepted: true, change: change, optimality: optimality, stopped: "the projected gradient vanishes")
    }
    let stopped = chooseDirection(&state)
    return Progress(accepted: true, change: change, optimality: optimality, stopped: stopped)
  }

  /// The largest entry of P(x - g) - x.
  private func projectedGradient(_ state: State) -> Double {
    largestDifference(state.bounds.project(state.design - state.gradient), state.design)
  }

  /// Sets the direction, the search along it and the first trial; the reason where there is none.
  private func chooseDirection(_ state: inout State) -> String? {
    var slope = 0.0
    for _ in 0..<2 {
      let cauchy = CauchyPoint(
        at: state.design, gradient: state.gradient, bounds: state.bounds, hessian: state.hessian)
      if let target = minimizeOverFreeEntries(
        cauchy, at: state.design, gradient: state.gradient, bounds: state.bounds, hessian: state.hessian)
      {
        state.direction = target - state.design
        slope = state.direction.dot(state.gradient)
        if slope < 0, slope.isFinite { break }
      }
      if state.hessian.pairs == 0 { break }
      state.hessian.forget()
    }
    guard slope < 0, slope.isFinite, let value = state.value else {
      state.trial = state.design
      state.search = nil
      return "no direction descends"
    }
    let first = state.hessian.pairs == 0 ? min(1, 1 / state.direction.norm) : 1
    state.search = MoreThuenteSearch(value: value, slope: slope, firstStep: first, longest: longestStep(state))
    setTrial(&state)
    return nil
  }

  /// The step along the direction at which the first bound is met.
  private func longestStep(_ state: State) -> Double {
    var longest = 1e10
    for j in state.direction.indices {
      let d = state.direction[j]
      if d > 0 {
        longest = min(longest, (state.bounds.upper[j] - state.design[j]) / d)
      } else if d < 0 {
        longest = min(longest, (state.bounds.lower[j] - state.design[j]) / d)
      }
    }
    // Round-off aside, the whole step stays inside.
    return max(1, longest)
  }

  private func setTrial(_ state: inout State) {
    guard let search = state.search else { return }
    var trial = state.design
    trial.add(state.direction, scaledBy: search.step)
    state.trial = state.bounds.project(trial)
  }

  public func design(of state: State) -> DenseVector { state.design }

  public func save(_ state: State) -> NamedArrays {
    var arrays = NamedArrays()
    arrays[text: "method"] = name
    arrays[vector: "design"] = state.design
    arrays[vector: "trial"] = state.trial
    guard let value = state.value else { return arrays }
    arrays[real: "value"] = [value]
    arrays[vector: "gradient"] = state.gradient
    arrays[vector: "direction"] = state.direction
    arrays[real: "search"] = state.search?.save()
    arrays.merge(state.hessian.save(), prefix: "hessian/")
    return arrays
  }

  public func restore(_ arrays: NamedArrays, within bounds: Bounds, layout: [Block]) -> State? {
    let n = bounds.count
    guard arrays[text: "method"] == name, let design = arrays.vector("design", n),
      let trial = arrays.vector("trial", n)
    else { return nil }
    var state = State(bounds: bounds, design: design, trial: trial)
    guard let value = arrays[real: "value"]?.first else { return state }
    guard let gradient = arrays.vector("gradient", n), let direction = arrays[vector: "direction"],
      let hessian = CompactHessian(restoring: arrays.withPrefix("hessian/"), count: n)
    else { return nil }
    state.value = value
    state.gradient = gradient
    state.direction = direction
    state.hessian = hessian
    if let numbers = arrays[real: "search"] {
      guard let search = MoreThuenteSearch(restoring: numbers), direction.count == n else { return nil }
      state.search = search
    }
    return state
  }
}
