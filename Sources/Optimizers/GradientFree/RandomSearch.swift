/// Draws designs at random and keeps the best: what any other method has to beat.
///
/// Each entry is uniform between its bounds; where a bound is missing, normal about the start. It asks for no gradient.
/// Constraints by ranking.
public struct RandomSearch: Optimizer {
  public var options: Options

  public struct Options: Sendable, Hashable {
    /// Designs of one iteration.
    public var population = 64
    /// Of entries without bounds, in units of the design.
    public var deviation = 1.0
    /// A constraint counts as satisfied up to this.
    public var feasibility = 1e-3
    public var seed: UInt64 = 0
    public init() {}
  }

  public struct State: Sendable, Equatable {
    var bounds: Bounds
    var generation: Int
    var start: DenseVector
    var best: DenseVector
    var merit: RankedPopulation.Merit
    var population: [DenseVector]
  }

  public init(_ options: Options = Options()) { self.options = options }

  public var name: String { "random-search" }

  public func start(at design: DenseVector, within bounds: Bounds, layout: [Block]) -> State {
    let start = bounds.project(design)
    return state(within: bounds, generation: 0, start: start, best: start, merit: .worst)
  }

  public func propose(_ state: State) -> [Request] { state.population.map { Request($0, needsGradients: false) } }

  public func update(_ state: inout State, with evaluations: [Result<Evaluation, SolveFailure>]) throws(SolveFailure)
    -> Progress
  {
    let ranked = try RankedPopulation(
      evaluations, population: state.population.count, feasibility: options.feasibility, method: name)
    let improved = ranked.best < state.merit
    let best = improved ? state.population[ranked.order[0]] : state.best
    let change = largestDifference(best, state.best)
    state = self.state(
      within: state.bounds, generation: state.generation + 1, start: state.start, best: best,
      merit: improved ? ranked.best : state.merit)
    return Progress(accepted: improved, change: change)
  }

  public func design(of state: State) -> DenseVector { state.best }

  public func save(_ state: State) -> NamedArrays {
    var arrays = NamedArrays()
    arrays[text: "method"] = name
    arrays[integer: "generation"] = [Int64(state.generation)]
    arrays[vector: "start"] = state.start
    arrays[vector: "best"] = state.best
    arrays[real: "merit"] = [state.merit.violation, state.merit.objective]
    return arrays
  }

  public func restore(_ arrays: NamedArrays, within bounds: Bounds, layout: [Block]) -> State? {
    guard arrays[text: "method"] == name, let start = arrays.vector("start", bounds.count),
      let best = arrays.vector("best", bounds.count), let merit = arrays[real: "merit"], merit.count == 2,
      let generation = arrays[integer: "generation"]?.first, generation >= 0
    else { return nil }
    return state(
      within: bounds, generation: Int(generation), start: start, best: best,
      merit: RankedPopulation.Merit(violation: merit[0], objective: merit[1]))
  }

  /// A state with its population, which follows from the rest.
  private func state(
    within bounds: Bounds, generation: Int, start: DenseVector, best: DenseVector, merit: RankedPopulation.Merit
  ) -> State {
    var generator = SeededGenerator(seed: options.seed, generation: generation)
    var population: [DenseVector] = []
    for member in 0..<max(1, options.population) {
      var design = start
      // The start itself is the first to be evaluated.
      if generation > 0 || member > 0 {
        for j in design.indices {
          let (low, high) = (bounds.lower[j], bounds.upper[j])
          let inside = (high - low).isFinite
          design[j] =
            inside ? low + (high - low) * generator.uniform() : start[j] + options.deviation * generator.normal()
        }
      }
      population.append(bounds.project(design))
    }
    return State(
      bounds: bounds, generation: generation, start: start, best: best, merit: merit, population: population)
  }
}
