#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The cross-entropy method: draws a population from a normal distribution, entry by entry independent, and moves its
/// mean and deviation to those of the best. It asks for no gradient. Bounds by projection, constraints by ranking.
///
/// Rubinstein & Kroese, "The Cross-Entropy Method" (2004), section 5.1; de Boer, Kroese, Mannor & Rubinstein,
/// Ann. Oper. Res. 134 (2005) 19, algorithm 4.1 with smoothing.
public struct CrossEntropyMethod: Optimizer {
  public var options: Options

  public struct Options: Sendable, Hashable {
    /// Designs of one generation.
    public var population = 64
    /// The part of them that the next distribution is made from; at least two designs.
    public var eliteFraction = 0.1
    /// Of each entry, as a part of the distance of its bounds; in units of the design where one is missing.
    public var initialDeviation = 0.3
    /// The part of the old mean and deviation that stays.
    public var smoothing = 0.3
    /// A constraint counts as satisfied up to this.
    public var feasibility = 1e-3
    public var seed: UInt64 = 0
    public init() {}
  }

  public struct State: Sendable, Equatable {
    var bounds: Bounds
    var generation: Int
    var mean: DenseVector
    var deviation: DenseVector
    /// The best design so far; the start before the first generation.
    var best: DenseVector
    var merit: RankedPopulation.Merit
    var population: [DenseVector]
  }

  public init(_ options: Options = Options()) { self.options = options }

  public var name: String { "cross-entropy" }

  public func start(at design: DenseVector, within bounds: Bounds, layout: [Block]) -> State {
    let start = bounds.project(design)
    var deviation = DenseVector(repeating: options.initialDeviation, count: start.count)
    for j in start.indices { deviation[j] *= bounds.extent(j) }
    return state(within: bounds, generation: 0, mean: start, deviation: deviation, best: start, merit: .worst)
  }

  /// A start that draws from the normal distribution of some designs, in place of one of equal parts of the bounds.
  ///
  /// - Parameters:
  ///   - designs: At least two.
  ///   - bounds: Of designs to come.
  public func start(from designs: [DenseVector], within bounds: Bounds) -> State {
    precondition(designs.count > 1, "a distribution of \(designs.count) designs")
    var mean = DenseVector(zeros: bounds.count), square = mean
    for design in designs { mean.add(design, scaledBy: 1 / Double(designs.count)) }
    for design in designs {
      let offset = design - mean
      square.add(offset.multipliedEntrywise(by: offset), scaledBy: 1 / Double(designs.count - 1))
    }
    let start = bounds.project(mean)
    return state(
      within: bounds, generation: 0, mean: start, deviation: DenseVector(square.elements.map { $0.squareRoot() }),
      best: start, merit: .worst)
  }

  public func propose(_ state: State) -> [Request] { state.population.map { Request($0, needsGradients: false) } }

  public func update(_ state: inout State, with evaluations: [Result<Evaluation, SolveFailure>]) throws(SolveFailure)
    -> Progress
  {
    let ranked = try RankedPopulation(
      evaluations, population: state.population.count, feasibility: options.feasibility, method: name)
    let improved = ranked.best < state.merit
    let best = improved ? state.population[ranked.order[0]] : state.best
    let count = max(2, Int((options.eliteFraction * Double(options.population)).rounded()))
    let elite = ranked.order.prefix(count)
    var (mean, deviation) = (state.mean, state.deviation)
    var (change, relative) = (0.0, 0.0)
    for j in mean.indices {
      let center = elite.reduce(0) { $0 + state.population[$1][j] } / Double(elite.count)
      let variance = elite.reduce(0) { sum, member in
        let offset = state.population[member][j] - center
        return sum + offset * offset
      }
      // The unbiased estimate: of few designs the other is too small, and the population would shrink too early.
      let spread = (variance / Double(max(1, elite.count - 1))).squareRoot()
      mean[j] = options.smoothing * mean[j] + (1 - options.smoothing) * center
      // One design that could be evaluated says nothing about a spread.
      if elite.count > 1 {
        deviation[j] = options.smoothing * deviation[j] + (1 - options.smoothing) * spread
      }
      change = max(change, deviation[j])
      relative = max(relative, deviation[j] / max(state.bounds.extent(j), abs(mean[j])))
    }
    state = self.state(
      within: state.bounds, generation: state.generation + 1, mean: mean, deviation: deviation, best: best,
      merit: improved ? ranked.best : state.merit)
    return Progress(
      accepted: improved, change: change, stopped: relative <= 1e-14 ? "the population became one point" : nil)
  }

  public func design(of state: State) -> DenseVector { state.best }

  public func save(_ state: State) -> NamedArrays {
    var arrays = NamedArrays()
    arrays[text: "method"] = name
    arrays[integer: "generation"] = [Int64(state.generation)]
    arrays[vector: "mean"] = state.mean
    arrays[vector: "deviation"] = state.deviation
    arrays[vector: "best"] = state.best
    arrays[real: "merit"] = [state.merit.violation, state.merit.objective]
    return arrays
  }

  public func restore(_ arrays: NamedArrays, within bounds: Bounds, layout: [Block]) -> State? {
    let n = bounds.count
    guard arrays[text: "method"] == name, let mean = arrays.vector("mean", n),
      let deviation = arrays.vector("deviation", n), let best = arrays.vector("best", n),
      let merit = arrays[real: "merit"], merit.count == 2,
      let generation = arrays[integer: "generation"]?.first, generation >= 0
    else { return nil }
    return state(
      within: bounds, generation: Int(generation), mean: mean, deviation: deviation, best: best,
      merit: RankedPopulation.Merit(violation: merit[0], objective: merit[1]))
  }

  /// A state with its population, which follows from the rest.
  private func state(
    within bounds: Bounds, generation: Int, mean: DenseVector, deviation: DenseVector, best: DenseVector,
    merit: RankedPopulation.Merit
  ) -> State {
    var generator = SeededGenerator(seed: options.seed, generation: generation)
    var population: [DenseVector] = []
    for member in 0..<max(2, options.population) {
      var design = mean
      // The start itself is the first to be evaluated.
      if generation > 0 || member > 0 {
        for j in design.indices { design[j] += deviation[j] * generator.normal() }
      }
      population.append(bounds.project(design))
    }
    return State(
      bounds: bounds, generation: generation, mean: mean, deviation: deviation, best: best, merit: merit,
      population: population)
  }
}

extension Bounds {
  /// The distance of an entry's bounds; one where a bound is missing.
  func extent(_ entry: Int) -> Double {
    let width = upper[entry] - lower[entry]
    return width.isFinite ? width : 1
  }
}
