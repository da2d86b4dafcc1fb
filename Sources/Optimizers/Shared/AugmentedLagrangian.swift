/// Gives a method that knows only bounds constraints too: it minimizes a sequence of augmented Lagrangians
///
///     s f + sum rho/2 max(0, t_i g_i + lambda_i / rho)^2
///
/// and moves the multipliers after each. Every evaluation is one of the problem, and none is spent on the change of
/// multipliers. Functions are scaled (s, t_i) by their variation over the bounds at the start.
///
/// Powell-Hestenes-Rockafellar; the rules for lambda and rho: Birgin & Martínez, "Practical Augmented Lagrangian Methods
/// for Constrained Optimization" (2014), algorithm 4.1. The inner method must accept no design but the one evaluated
/// last, as all methods here do.
public struct AugmentedLagrangian<Inner: Optimizer>: Optimizer {
  public var inner: Inner
  public var options = Options()

  public struct Options: Sendable, Hashable {
    /// rho at the start, of the scaled functions.
    public var firstPenalty = 50.0
    /// Factor on rho where the violation did not fall to half.
    public var growth = 5.0
    public var largestPenalty = 1e8
    /// Accepted inner steps before the multipliers move.
    public var innerSteps = 20
    /// They also move when no entry of the design changed by more than this.
    public var innerChange = 1e-7
    public init() {}
  }

  public struct State: Sendable {
    var bounds: Bounds
    var layout: [Block]
    var inner: Inner.State
    /// s and t_i; empty before the first evaluation.
    var scales: [Double] = []
    var multipliers: [Double] = []
    var penalty = 0.0
    /// max_i |min(-t_i g_i, lambda_i / rho)| when the multipliers last moved.
    var violation = Double.infinity
    var acceptedSteps = 0
    /// The inner method gave up: the multipliers move at the next evaluation.
    var isStuck = false
  }

  public init(_ inner: Inner, options: Options = Options()) {
    self.inner = inner
    self.options = options
  }

  public var name: String { "augmented-lagrangian/" + inner.name }

  public func start(at design: DenseVector, within bounds: Bounds, layout: [Block]) -> State {
    State(bounds: bounds, layout: layout, inner: inner.start(at: design, within: bounds, layout: layout))
  }

  public func propose(_ state: State) -> [Request] { inner.propose(state.inner) }

  public func update(_ state: inout State, with evaluations: [Result<Evaluation, SolveFailure>]) throws(SolveFailure)
    -> Progress
  {
    if state.scales.isEmpty, case .success(let first)? = evaluations.first {
      // Checked before anything is scaled by it.
      let checked = try Evaluation.checked([.success(first)], count: state.bounds.count, constraints: nil, method: name)
      let ranges = Asymptotes.ranges(at: inner.design(of: state.inner), state.bounds)
      state.scales = checked.scales(over: ranges, options: AsymptoteOptions())
      state.multipliers = [Double](repeating: 0, count: first.constraints.count)
      state.penalty = options.firstPenalty
    }
    let current = state
    var progress = try inner.update(
      &state.inner, with: evaluations.map { result in result.map { Self.lagrangian($0, current) } })
    guard !state.multipliers.isEmpty else { return progress }
    guard progress.accepted, case .success(let last)? = evaluations.last else {
      if progress.stopped != nil {
        // The inner method gave up between designs: back to the last one, where the multipliers move.
        restart(&state)
        state.isStuck = true
        progress.stopped = nil
      }
      return progress
    }
    state.acceptedSteps += 1
    let settled = progress.stopped != nil || state.acceptedSteps > 1 && progress.change <= options.innerChange
    guard settled || state.isStuck || state.acceptedSteps >= options.innerSteps else { return progress }
    // The new Lagrangian is told at the same design, without another evaluation; where that is its minimum already, the
    // multipliers move on.
    progress.stopped = nil
    for _ in 0..<50 {
      let moved = moveMultipliers(&state, at: last, settled: settled || state.isStuck)
      restart(&state)
      let restarted = try inner.update(&state.inner, with: [.success(Self.lagrangian(last, state))])
      guard let reason = restarted.stopped else { break }
      if state.violation < 1e-10, moved <= 1e-10 * max(1, state.multipliers.max() ?? 0) {
        progress.stopped = reason
        break
      }
    }
    return progress
  }

  private func restart(_ state: inout State) {
    state.inner = inner.start(at: inner.design(of: state.inner), within: state.bounds, layout: state.layout)
    state.acceptedSteps = 0
    state.isStuck = false
  }

  /// Moves lambda, and rho where that helps too little; returns the largest change of a multiplier.
  private func moveMultipliers(_ state: inout State, at evaluation: Evaluation, settled: Bool) -> Double {
    var change = 0.0
    var violation = 0.0
    for (i, value) in evaluation.constraints.enumerated() {
      let scaled = state.scales[i + 1] * value
      violation = max(violation, abs(min(-scaled, state.multipliers[i] / state.penalty)))
      let moved = min(max(0, state.multipliers[i] + state.penalty * scaled), 1e20)
      change = max(change, abs(moved - state.multipliers[i]))
      state.multipliers[i] = moved
    }
    // A violation that the inner method had no time to lower says nothing about rho.
    if settled, violation > 0.5 * state.violation, violation > 1e-12 {
      state.penalty = min(options.largestPenalty, options.growth * state.penalty)
    }
    state.violation = violation
    return change
  }

  private static func lagrangian(_ evaluation: Evaluation, _ state: State) -> Evaluation {
    guard evaluation.constraints.count == state.multipliers.count,
      evaluation.constraintGradients.count == state.multipliers.count
    else { return evaluation }
    var value = state.scales[0] * evaluation.objective
    var gradient = evaluation.objectiveGradient.scaled(by: state.scales[0])
    for (i, constraint) in evaluation.constraints.enumerated() {
      let force = max(0, state.scales[i + 1] * constraint + state.multipliers[i] / state.penalty)
      // A constraint that is not finite must reach the inner method as such.
      if !constraint.isFinite { value = .nan }
      if force > 0 {
        value += 0.5 * state.penalty * force * force
        gradient.add(evaluation.constraintGradients[i], scaledBy: state.penalty * force * state.scales[i + 1])
      }
    }
    return Evaluation(objective: value, objectiveGradient: gradient)
  }

  public func design(of state: State) -> DenseVector { inner.design(of: state.inner) }

  public func save(_ state: State) -> NamedArrays {
    var arrays = NamedArrays()
    arrays[text: "method"] = name
    arrays.merge(inner.save(state.inner), prefix: "inner/")
    arrays[real: "scales"] = state.scales
    arrays[real: "multipliers"] = state.multipliers
    arrays[real: "numbers"] = [state.penalty, state.violation]
    arrays[integer: "counters"] = [Int64(state.acceptedSteps), state.isStuck ? 1 : 0]
    return arrays
  }

  public func restore(_ arrays: NamedArrays, within bounds: Bounds, layout: [Block]) -> State? {
    guard arrays[text: "method"] == name,
      let innerState = inner.restore(arrays.withPrefix("inner/"), within: bounds, layout: layout),
      let scales = arrays[real: "scales"], let multipliers = arrays[real: "multipliers"],
      scales.isEmpty && multipliers.isEmpty || scales.count == multipliers.count + 1,
      let numbers = arrays[real: "numbers"], numbers.count == 2, let counters = arrays[integer: "counters"],
      counters.count == 2
    else { return nil }
    return State(
      bounds: bounds, layout: layout, inner: innerState, scales: scales, multipliers: multipliers, penalty: numbers[0],
      violation: numbers[1], acceptedSteps: Int(counters[0]), isStuck: counters[1] == 1)
  }
}
