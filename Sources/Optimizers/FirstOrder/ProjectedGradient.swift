/// The spectral projected gradient method: steps of Barzilai and Borwein's length, projected to the bounds, with a line
/// search that asks for less than the largest of the last ten values.
///
/// Birgin, Martínez & Raydan, SIAM J. Optim. 10 (2000) 1196, algorithm SPG2. It takes no constraint; within
/// `AugmentedLagrangian` it does.
public struct ProjectedGradient: Optimizer {
  public var options: Options

  public struct Options: Sendable, Hashable {
    /// Values that the line search compares with; one makes it monotone.
    public var memory = 10
    /// The decrease asked for, as a part of what the slope promises.
    public var sufficientDecrease = 1e-4
    /// It stops where no entry of the projected gradient is larger than this.
    public var gradientTolerance = 1e-10
    /// The most halvings of one step.
    public var mostBacktracks = 40
    public init() {}
  }

  public struct State: Sendable, Equatable {
    var bounds: Bounds
    var design: DenseVector
    var trial: DenseVector
    var gradient: DenseVector = .zero
    /// The values at the last accepted designs, the newest last; empty before the first evaluation.
    var values: [Double] = []
    var direction: DenseVector = .zero
    var slope = 0.0
    var spectralStep = 0.0
    var step = 1.0
    var backtracks = 0
  }

  public init(_ options: Options = Options()) { self.options = options }

  public var name: String { "projected-gradient" }

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
      guard error.kind != .cancelled, error.kind != .unsupported, !state.values.isEmpty,
        state.backtracks < options.mostBacktracks
      else { throw error }
      shorten(&state, to: 0.25 * state.step)
      return Progress(accepted: false, change: 0)
    }
    if let reference = state.values.max() {
      let value = evaluation.objective
      // Near the optimum the decrease drowns in round-off.
      let allowed = reference + options.sufficientDecrease * state.step * state.slope + 1e-15 * abs(reference)
      if value > allowed {
        guard state.backtracks < options.mostBacktracks else {
          state.trial = state.design
          return Progress(accepted: false, change: 0, stopped: "the line search finds no lower value")
        }
        let last = state.values[state.values.count - 1]
        let quadratic = -0.5 * state.step * state.step * state.slope / (value - last - state.step * state.slope)
        let inside = quadratic >= 0.1 * state.step && quadratic <= 0.9 * state.step
        shorten(&state, to: inside ? quadratic : 0.5 * state.step)
        return Progress(accepted: false, change: 0)
      }
      let move = state.trial - state.design
      let curvature = move.dot(evaluation.objectiveGradient - state.gradient)
      state.spectralStep = curvature > 0 ? min(max(move.dot(move) / curvature, 1e-30), 1e30) : 1e30
    }
    let change = largestDifference(state.trial, state.design)
    state.design = state.trial
    state.gradient = evaluation.objectiveGradient
    state.values = state.values.suffix(options.memory - 1) + [evaluation.objective]
    let optimality = largestDifference(state.bounds.project(state.design - state.gradient), state.design)
    if optimality <= options.gradientTolerance {
      return Progress(
        accepted: true, change: change, optimality: optimality, stopped: "the projected gradient vanishes")
    }
    if state.spectralStep == 0 { state.spectralStep = 1 / optimality }
    return Progress(accepted: true, change: change, optimality: optimality, stopped: chooseDirection(&state))
  }

  private func chooseDirection(_ state: inout State) -> String? {
    for _ in 0..<2 {
      var ahead = state.design
      // An unbounded problem without curvature would otherwise take an infinite step.
      let longest = 1e10 * max(1, state.design.largestMagnitude) / max(state.gradient.largestMagnitude, 1e-300)
      state.spectralStep = min(state.spectralStep, longest)
      ahead.add(state.gradient, scaledBy: -state.spectralStep)
      state.direction = state.bounds.project(ahead) - state.design
      state.slope = state.direction.dot(state.gradient)
      if state.slope < 0, state.slope.isFinite {
        state.backtracks = 0
        shorten(&state, to: 1)
        state.backtracks = 0
        return nil
      }
      state.spectralStep = 1 / max(state.gradient.largestMagnitude, 1e-300)
    }
    state.trial = state.design
    return "no direction descends"
  }

  private func shorten(_ state: inout State, to step: Double) {
    state.step = step
    state.backtracks += 1
    var trial = state.design
    trial.add(state.direction, scaledBy: step)
    state.trial = state.bounds.project(trial)
  }

  public func design(of state: State) -> DenseVector { state.design }

  public func save(_ state: State) -> NamedArrays {
    var arrays = NamedArrays()
    arrays[text: "method"] = name
    arrays[vector: "design"] = state.design
    arrays[vector: "trial"] = state.trial
    arrays[real: "values"] = state.values
    arrays[vector: "gradient"] = state.gradient
    arrays[vector: "direction"] = state.direction
    arrays[real: "numbers"] = [state.slope, state.spectralStep, state.step, Double(state.backtracks)]
    return arrays
  }

  public func restore(_ arrays: NamedArrays, within bounds: Bounds, layout: [Block]) -> State? {
    let n = bounds.count
    guard arrays[text: "method"] == name, let design = arrays.vector("design", n),
      let trial = arrays.vector("trial", n), let values = arrays[real: "values"],
      let gradient = arrays[vector: "gradient"], let direction = arrays[vector: "direction"],
      let numbers = arrays[real: "numbers"], numbers.count == 4, (0...1e6).contains(numbers[3]),
      values.isEmpty || gradient.count == n && direction.count == n
    else { return nil }
    return State(
      bounds: bounds, design: design, trial: trial, gradient: gradient, values: values, direction: direction,
      slope: numbers[0], spectralStep: numbers[1], step: numbers[2], backtracks: Int(numbers[3]))
  }
}
