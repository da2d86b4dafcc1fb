/// Sequential quadratic programming: each step minimizes a quadratic model of the Lagrangian under linearized
/// constraints, and a line search on the l1 merit function decides how much of it is taken. For few variables (its
/// matrix is dense) and constraints of any kind; an equality is a pair of inequalities.
///
/// The quadratic model is a BFGS matrix with Powell's damping (Powell 1978), the program is elastic, so that constraints
/// that exclude each other are weighed and not fatal, and a second-order correction keeps full steps along curved
/// constraints. Nocedal & Wright, "Numerical Optimization" (2006), chapter 18.
public struct SequentialQuadraticProgramming: Optimizer {
  public var options = Options()

  public struct Options: Sendable, Hashable {
    /// The largest change of a variable in one step, relative to the distance of its bounds.
    public var moveLimit = 0.5
    /// The first step, before anything is known of the curvature, relative to the distance of the bounds.
    public var firstStep = 0.05
    /// Halvings of a step before the curvature is forgotten, and before the method gives up.
    public var mostCuts = 10
    public init() {}
  }

  /// More variables than this would need too large a matrix.
  public static let mostVariables = 1500

  public init(_ options: Options = Options()) { self.options = options }

  public var name: String { "sqp" }

  public struct State: Sendable {
    var bounds: Bounds
    var design: DenseVector
    var trial: DenseVector
    /// At the accepted design; nil before the first.
    var evaluation: Evaluation?
    /// B in variables scaled by `ranges`, row-major.
    var curvature: [Double] = []
    /// Steps since the matrix was the identity's multiple.
    var updates = 0
    var multipliers: [Double] = []
    /// Of the merit function, one a constraint.
    var penalties: [Double] = []
    /// The step of the program, scaled, and what is tried of it.
    var step: [Double] = []
    var length = 1.0
    /// The slope of the merit function along the step.
    var slope = 0.0
    var cuts = 0
    var failures = 0
    /// The trial is a corrected full step.
    var isCorrection = false
    /// The matrix was forgotten since the last accepted design.
    var wasReset = false
    var lastChange = 0.0
    /// The largest entry that a step may have, scaled; nil before the first.
    var radius: Double?
  }

  public func start(at design: DenseVector, within bounds: Bounds, layout: [Block]) -> State {
    let start = bounds.project(design)
    return State(bounds: bounds, design: start, trial: start)
  }

  public func propose(_ state: State) -> [Request] { [Request(state.trial)] }

  public func design(of state: State) -> DenseVector { state.design }

  public func update(_ state: inout State, with evaluations: [Result<Evaluation, SolveFailure>]) throws(SolveFailure)
    -> Progress
  {
    guard state.bounds.count <= Self.mostVariables else {
      throw SolveFailure(
        .unsupported, "sqp takes at most \(Self.mostVariables) variables, and the problem has \(state.bounds.count)")
    }
    let trial: Evaluation
    do throws(SolveFailure) {
      trial = try Evaluation.checked(
        evaluations, count: state.bounds.count,
        constraints: state.evaluation.map { $0.constraints.count...$0.constraints.count }, method: name)
    } catch {
      if error.kind == .cancelled || error.kind == .unsupported || state.evaluation == nil { throw error }
      return try retreat(&state, after: error)
    }
    guard let current = state.evaluation else {
      state.evaluation = trial
      state.penalties = [Double](repeating: 0, count: trial.constraints.count)
      state.multipliers = state.penalties
      forget(&state)
      let isBest = try !plan(&state)
      return progress(&state, accepted: true, change: 0, stopped: isBest ? Self.done : nil)
    }
    let before = merit(current, state.penalties), after = merit(trial, state.penalties)
    // Round-off of the merit itself counts as no increase.
    let slack = 1e-14 * max(1, abs(before))
    let isEnough = after <= before + 1e-4 * (state.isCorrection ? 1 : state.length) * state.slope + slack
    if isEnough {
      learn(&state, from: current, to: trial)
      let change = largestDifference(state.trial, state.design)
      adaptRadius(&state)
      state.design = state.trial
      state.evaluation = trial
      (state.cuts, state.failures, state.isCorrection, state.wasReset) = (0, 0, false, false)
      let isBest = try !plan(&state)
      return progress(&state, accepted: true, change: change, stopped: isBest ? Self.done : nil)
    }
    return try shorten(&state, current, trial, before, after)
  }

  private static let done = "no step lowers the objective or the constraints"

  private func progress(_ state: inout State, accepted: Bool, change: Double, stopped: String?) -> Progress {
    if accepted { state.lastChange = change }
    let optimality = state.evaluation.map {
      $0.stationarity(at: state.design, within: state.bounds, multipliers: state.multipliers)
    }
    return Progress(accepted: accepted, change: change, optimality: optimality, stopped: stopped)
  }

  // MARK: - The step

  /// The largest multiple of the largest multiplier; prices of the elastic program are above every multiplier.
  private func price(_ state: State, _ evaluation: Evaluation) -> Double {
    let ranges = Asymptotes.ranges(at: state.design, state.bounds)
    let slope = evaluation.objectiveGradient.multipliedEntrywise(by: ranges).largestMagnitude
    return max(1e3 * max(slope, 1e-3), 10 * (state.multipliers.max() ?? 0))
  }

  private func program(_ state: State, _ evaluation: Evaluation, values: [Double]) -> ElasticProgram {
    let ranges = Asymptotes.ranges(at: state.design, state.bounds)
    func scaled(_ gradient: DenseVector) -> [Double] { gradient.multipliedEntrywise(by: ranges).elements }
    var lower: [Double] = [], upper: [Double] = []
    for j in 0..<state.design.count {
      lower.append(max((state.bounds.lower[j] - state.design[j]) / ranges[j], -radius(state)))
      upper.append(min((state.bounds.upper[j] - state.design[j]) / ranges[j], radius(state)))
    }
    return ElasticProgram(
      curvature: state.curvature, gradient: scaled(evaluation.objectiveGradient), values: values,
      rows: evaluation.constraintGradients.map(scaled), lower: lower.map { min($0, 0) },
      upper: upper.map { max($0, 0) },
      price: price(state, evaluation))
  }

  private func radius(_ state: State) -> Double { state.radius ?? min(options.moveLimit, 2 * options.firstStep) }

  /// Steps that had to be cut are tried shorter next time, and steps that were good but for their limit longer.
  private func adaptRadius(_ state: inout State) {
    let radius = radius(state)
    let reached = (state.step.map(abs).max() ?? 0) * (state.isCorrection ? 1 : state.length)
    if state.cuts > 0 || state.failures > 0 {
      state.radius = min(options.moveLimit, max(2 * reached, 1e-3 * options.firstStep))
    } else if reached > 0.9 * radius {
      state.radius = min(options.moveLimit, 2 * radius)
    } else {
      state.radius = radius
    }
  }

  /// Solves the program at the accepted design and sets the first trial; false where no step promises anything.
  private func plan(_ state: inout State) throws(SolveFailure) -> Bool {
    guard let evaluation = state.evaluation else { return false }
    let program = program(state, evaluation, values: evaluation.constraints)
    guard let solution = program.solve() else {
      throw SolveFailure(.singular, "the quadratic program of a step could not be solved")
    }
    state.multipliers = solution.multipliers
    // Of an equality's two inequalities only the difference of the multipliers means anything.
    for i in 0..<max(0, evaluation.constraints.count - 1)
    where evaluation.constraints[i] == -evaluation.constraints[i + 1]
      && evaluation.constraintGradients[i] == evaluation.constraintGradients[i + 1].scaled(by: -1)
    {
      let common = min(state.multipliers[i], state.multipliers[i + 1])
      state.multipliers[i] -= common
      state.multipliers[i + 1] -= common
    }
    for (i, multiplier) in state.multipliers.enumerated() {
      // Slowly downward, so that one large multiplier does not shorten steps for ever (Powell 1978).
      state.penalties[i] = max(1.2 * multiplier, 0.5 * (state.penalties[i] + 1.2 * multiplier))
    }
    state.step = solution.step
    state.length = 1
    state.isCorrection = false
    var slope = 0.0
    for j in state.step.indices { slope += program.gradient[j] * state.step[j] }
    for (i, miss) in solution.misses.enumerated() {
      slope += state.penalties[i] * (miss - max(0, evaluation.constraints[i]))
    }
    state.slope = min(slope, 0)
    setTrial(&state, state.step, length: 1)
    let scale = max(abs(merit(evaluation, state.penalties)), 1e-12)
    return state.trial != state.design && state.slope < -1e-13 * scale
  }

  private func setTrial(_ state: inout State, _ step: [Double], length: Double) {
    let ranges = Asymptotes.ranges(at: state.design, state.bounds)
    var trial = state.design
    for j in step.indices {
      trial[j] += length * step[j] * ranges[j]
      // Interior points come near a bound; the end of a full step is on it.
      let slack = 1e-9 * ranges[j]
      if trial[j] < state.bounds.lower[j] + slack { trial[j] = state.bounds.lower[j] }
      if trial[j] > state.bounds.upper[j] - slack { trial[j] = state.bounds.upper[j] }
    }
    state.trial = trial
  }

  private func merit(_ evaluation: Evaluation, _ penalties: [Double]) -> Double {
    var merit = evaluation.objective
    for (penalty, value) in zip(penalties, evaluation.constraints) { merit += penalty * max(0, value) }
    return merit
  }

  // MARK: - Trials that were not good enough

  private func shorten(
    _ state: inout State, _ current: Evaluation, _ trial: Evaluation, _ before: Double, _ after: Double
  ) throws(SolveFailure) -> Progress {
    // Worth it where the constraints are to blame for the merit.
    let blame = (after - trial.objective) - (before - current.objective)
    if state.cuts == 0, !state.isCorrection, blame > 0.5 * (after - before - 1e-4 * state.slope),
      correct(&state, current, trial)
    {
      state.isCorrection = true
      return progress(&state, accepted: false, change: 0, stopped: nil)
    }
    let wasCorrection = state.isCorrection
    state.isCorrection = false
    state.cuts += 1
    if state.cuts > options.mostCuts { return try giveUp(&state) }
    // The minimum of the parabola through both values and the slope, kept within a tenth and a half.
    let rise = after - before - state.length * state.slope
    let parabola = rise > 0 && !wasCorrection ? -state.slope * state.length / (2 * rise) : 0.5
    state.length *= min(max(parabola, 0.1), 0.5)
    setTrial(&state, state.step, length: state.length)
    if state.trial == state.design { return try giveUp(&state) }
    return progress(&state, accepted: false, change: 0, stopped: nil)
  }

  /// The full step, bent back onto the constraints as they are at its end.
  private func correct(_ state: inout State, _ current: Evaluation, _ trial: Evaluation) -> Bool {
    let linear = program(state, current, values: current.constraints)
    var values = trial.constraints
    for i in values.indices {
      for j in state.step.indices { values[i] -= linear.rows[i][j] * state.step[j] }
    }
    guard let corrected = program(state, current, values: values).solve() else { return false }
    setTrial(&state, corrected.step, length: 1)
    return state.trial != state.design
  }

  private func giveUp(_ state: inout State) throws(SolveFailure) -> Progress {
    if !state.wasReset, state.updates > 0 {
      // The curvature learned may be what misleads.
      forget(&state)
      state.wasReset = true
      (state.cuts, state.failures) = (0, 0)
      if try plan(&state) { return progress(&state, accepted: false, change: 0, stopped: nil) }
    }
    state.trial = state.design
    return progress(&state, accepted: false, change: 0, stopped: Self.done)
  }

  private func retreat(_ state: inout State, after failure: SolveFailure) throws(SolveFailure) -> Progress {
    guard state.failures < TrialHistory.mostRetreats else {
      var failure = failure
      failure.attempts.append("\(state.failures) steps halved toward the last good design")
      throw failure
    }
    state.failures += 1
    state.isCorrection = false
    state.trial.add(state.design, scaledBy: 1)
    state.trial.scale(by: 0.5)
    state.length *= 0.5
    return progress(&state, accepted: false, change: 0, stopped: nil)
  }

  // MARK: - Curvature

  /// A multiple of the identity whose first step is short.
  private func forget(_ state: inout State) {
    let n = state.design.count
    let ranges = Asymptotes.ranges(at: state.design, state.bounds)
    let slope = state.evaluation.map { $0.objectiveGradient.multipliedEntrywise(by: ranges).largestMagnitude } ?? 1
    let diagonal = max(slope, 1e-8) / options.firstStep
    state.curvature = [Double](repeating: 0, count: n * n)
    for j in 0..<n { state.curvature[j * n + j] = diagonal }
    state.updates = 0
  }

  /// Powell's damped BFGS update with the Lagrangian's gradients at both ends of a step.
  private func learn(_ state: inout State, from: Evaluation, to: Evaluation) {
    let n = state.design.count
    let ranges = Asymptotes.ranges(at: state.design, state.bounds)
    let s = (0..<n).map { (state.trial[$0] - state.design[$0]) / ranges[$0] }
    func slope(_ evaluation: Evaluation) -> DenseVector {
      var gradient = evaluation.objectiveGradient
      for (multiplier, row) in zip(state.multipliers, evaluation.constraintGradients) {
        gradient.add(row, scaledBy: multiplier)
      }
      return gradient.multipliedEntrywise(by: ranges)
    }
    var y = (slope(to) - slope(from)).elements
    let sy = zip(s, y).reduce(0) { $0 + $1.0 * $1.1 }, yy = y.reduce(0) { $0 + $1 * $1 }
    let ss = s.reduce(0) { $0 + $1 * $1 }
    guard ss > 0, yy.isFinite else { return }
    if state.updates == 0, sy > 1e-12 * ss {
      // The first pair tells the size of the curvature (Nocedal & Wright, eq. (6.20)).
      let diagonal = yy / sy
      for j in 0..<n { state.curvature[j * n + j] = diagonal }
    }
    var bs = [Double](repeating: 0, count: n)
    for i in 0..<n { for k in 0..<n { bs[i] += state.curvature[i * n + k] * s[k] } }
    let sbs = zip(s, bs).reduce(0) { $0 + $1.0 * $1.1 }
    guard sbs > 0 else { return }
    let theta = sy >= 0.2 * sbs ? 1 : 0.8 * sbs / (sbs - sy)
    for j in 0..<n { y[j] = theta * y[j] + (1 - theta) * bs[j] }
    let damped = zip(s, y).reduce(0) { $0 + $1.0 * $1.1 }
    for i in 0..<n {
      for k in 0..<n { state.curvature[i * n + k] += y[i] * y[k] / damped - bs[i] * bs[k] / sbs }
    }
    state.updates += 1
  }
}
