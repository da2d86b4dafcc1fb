/// Bayesian optimization in a trust region: a Gaussian process through the designs around the best says where in a box
/// about it the greatest improvement is to be expected, and the box grows with success and shrinks without. It asks for no
/// gradient, and for few values: for functions that are rugged or costly. Bounds by the box; constraints by a second process
/// through the largest of them: what counts is the expected improvement times the probability that they hold (Schonlau,
/// Welch & Jones, in "New Developments and Applications in Experimental Design", IMS 1998, section 4).
///
/// Eriksson, Pearce, Gardner, Turner & Poloczek, "Scalable Global Optimization via Local Bayesian Optimization", NeurIPS
/// 2019 (TuRBO), with one region, expected improvement instead of Thompson sampling, and what was observed kept when a
/// region that became too small is opened again. Values are compressed toward the best before the process sees them, since
/// what matters is where they are low.
public struct TrustRegionBayesianOptimization: Optimizer {
  public var options: Options

  public struct Options: Sendable, Hashable {
    /// Designs drawn about the start before the process says where; nil for entries + 4, from 10 to 40.
    public var samples: Int?
    /// Of those, entry by entry, as a part of the distance of the bounds; in units of the design where one is missing.
    public var initialDeviation = 0.3
    /// Designs that the process is asked about before one is evaluated, drawn in the box; some more about the best of them.
    public var candidates = 1000
    /// A constraint counts as satisfied up to this.
    public var feasibility = 1e-3
    public var seed: UInt64 = 0
    public init() {}
  }

  public struct State: Sendable, Equatable {
    var bounds: Bounds
    /// What was evaluated, in order.
    var designs: [DenseVector] = []
    var outcomes: [Outcome] = []
    var region = TrustRegion()
    /// The best of `designs`; the start before there is one.
    var best: DenseVector
    var bestMerit = RankedPopulation.Merit.worst
    var trial: DenseVector
  }

  /// What is known of a design: objective and largest constraint, infinite where it could not be evaluated.
  struct Outcome: Sendable, Equatable {
    var objective: Double
    /// Minus infinity where there is none.
    var constraint: Double
    static let failed = Outcome(objective: .infinity, constraint: .infinity)
  }

  public init(_ options: Options = Options()) { self.options = options }

  public var name: String { "bayesian" }

  public func start(at design: DenseVector, within bounds: Bounds, layout: [Block]) -> State {
    let start = bounds.project(design)
    return State(bounds: bounds, best: start, trial: start)
  }

  public func propose(_ state: State) -> [Request] { [Request(state.trial, needsGradients: false)] }

  public func update(_ state: inout State, with evaluations: [Result<Evaluation, SolveFailure>]) throws(SolveFailure)
    -> Progress
  {
    var merit = RankedPopulation.Merit.worst
    var outcome = Outcome.failed
    do throws(SolveFailure) {
      merit = try RankedPopulation(evaluations, population: 1, feasibility: options.feasibility, method: name).best
      let evaluation = try evaluations[0].get()
      outcome = Outcome(objective: merit.objective, constraint: evaluation.constraints.max() ?? -.infinity)
    } catch {
      guard error.kind != .cancelled, error.kind != .unsupported, !state.designs.isEmpty else { throw error }
    }
    let improved = merit < state.bestMerit
    let change = improved ? largestDifference(state.trial, state.best) : 0
    state.designs.append(state.trial)
    state.outcomes.append(outcome)
    if state.designs.count > sampleCount(state) {
      state.region.adapt(improved: improved, entries: state.bounds.count)
    }
    if improved {
      state.best = state.trial
      state.bestMerit = merit
    }
    state.trial = next(state)
    return Progress(accepted: improved, change: change)
  }

  public func design(of state: State) -> DenseVector { state.best }

  private func sampleCount(_ state: State) -> Int { options.samples ?? min(40, max(10, state.bounds.count + 4)) }

  private func next(_ state: State) -> DenseVector {
    var generator = SeededGenerator(seed: options.seed, generation: state.designs.count)
    if state.designs.count >= sampleCount(state),
      let model = RegionModel(
        state.designs, state.outcomes, around: state.best, within: state.bounds, feasibility: options.feasibility)
    {
      return model.mostPromising(of: options.candidates, in: state.region.length, &generator)
    }
    // About the start, which was evaluated first.
    var design = state.designs[0]
    for j in design.indices { design[j] += options.initialDeviation * state.bounds.extent(j) * generator.normal() }
    return state.bounds.project(design)
  }

  public func save(_ state: State) -> NamedArrays {
    var arrays = NamedArrays()
    arrays[text: "method"] = name
    arrays[real: "designs"] = state.designs.flatMap(\.elements)
    arrays[real: "outcomes"] = state.outcomes.flatMap { [$0.objective, $0.constraint] }
    arrays[real: "region"] = [state.region.length]
    arrays[integer: "counters"] = [Int64(state.region.successes), Int64(state.region.failures)]
    arrays[vector: "best"] = state.best
    arrays[real: "merit"] = [state.bestMerit.violation, state.bestMerit.objective]
    arrays[vector: "trial"] = state.trial
    return arrays
  }

  public func restore(_ arrays: NamedArrays, within bounds: Bounds, layout: [Block]) -> State? {
    let n = bounds.count
    guard arrays[text: "method"] == name, let best = arrays.vector("best", n), let trial = arrays.vector("trial", n),
      let designs = arrays[real: "designs"], let outcomes = arrays[real: "outcomes"],
      outcomes.count % 2 == 0, designs.count == outcomes.count / 2 * n, let merit = arrays[real: "merit"],
      merit.count == 2,
      let length = arrays[real: "region"]?.first, length > 0, let counters = arrays[integer: "counters"],
      counters.count == 2
    else { return nil }
    var state = State(bounds: bounds, best: best, trial: trial)
    for k in 0..<(outcomes.count / 2) {
      state.designs.append(DenseVector(designs[(k * n)..<((k + 1) * n)]))
      state.outcomes.append(Outcome(objective: outcomes[2 * k], constraint: outcomes[2 * k + 1]))
    }
    state.region = TrustRegion(length: length, successes: Int(counters[0]), failures: Int(counters[1]))
    state.bestMerit = .init(violation: merit[0], objective: merit[1])
    return state
  }
}

/// The side of the box in which the next design is looked for, as a part of the distance of the bounds.
struct TrustRegion: Sendable, Equatable {
  var length = 0.8
  /// Improvements in a row, and evaluations without one.
  var successes = 0
  var failures = 0

  mutating func adapt(improved: Bool, entries: Int) {
    successes = improved ? successes + 1 : 0
    failures = improved ? 0 : failures + 1
    if successes == 3 {
      length = min(1, 1.6 * length)
      successes = 0
    } else if failures == max(4, min(entries / 3, 20)) {
      length /= 1.6
      failures = 0
    }
    // Where the function is rugged, a valley next to this one may be deeper.
    if length < 0.02 { length = 0.3 }
  }
}
