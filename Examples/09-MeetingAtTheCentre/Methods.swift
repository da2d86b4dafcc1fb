import DesignSamplers
import Foundation

/// Ways to a design, each within a budget counted in runs of the simulator. All that is compared is the true value.
struct Methods: Sendable {
  let task: MeetingTask
  let model: TrajectoryModel
  let learned: LearnedDynamics
  /// Runs that each method may spend.
  let budget: Double
  let seed: UInt64
  /// Steps of a descent.
  var steps = 100

  /// What things cost beside one run without its gradient, in CPU time. These are what was measured once, rounded, so that
  /// a search does the same again whatever else a machine does; `measure` tells what they are here.
  struct Costs: Sendable {
    var gradient: Double
    /// The networks' part of one design of the composed sampler, of twenty steps.
    var sample: Double
    /// A gradient through the learned dynamics.
    var learnedGradient: Double

    static func of(_ discs: Int) -> Costs {
      discs > 4
        ? Costs(gradient: 2.1, sample: 590, learnedGradient: 100)
        : Costs(gradient: 2.9, sample: 350, learnedGradient: 136)
    }
  }

  private var costs: Costs { Costs.of(task.discs.count) }

  static let names = [
    "composed, searched", "descent, own gradient", "composed, networks counted", "random, searched", "CEM 1000/100",
    "CEM 200/20", "descent, learned", "random",
  ]

  /// Of each of `names`.
  func all() throws -> [Found] {
    [
      try composed(countsNetworks: false), descents(), try composed(countsNetworks: true), searched(),
      try crossEntropy(population: 1000, elite: 100), try crossEntropy(population: 200, elite: 20), learnedDescents(),
      random(),
    ]
  }

  static func measure(_ task: MeetingTask, _ model: TrajectoryModel, _ learned: LearnedDynamics) throws
    -> (run: Double, costs: Costs)
  {
    var generator = SeededGenerator(seed: 5)
    let designs = (0..<200).map { _ in task.randomDesign(using: &generator) }
    func seconds(_ body: () throws -> Void) rethrows -> Double {
      let start = ProcessUsage.cpuSeconds
      try body()
      return ProcessUsage.cpuSeconds - start
    }
    let run = seconds { for design in designs { _ = task.value(design) } } / 200
    var costs = Costs.of(task.discs.count)
    costs.gradient = seconds { for design in designs { _ = try? task.linearize(design) } } / 200 / run
    costs.sample =
      try seconds { _ = try model.designs(for: task, count: 8, seed: 1, Split(countsNetworks: false).options) } / 8
      / run
    costs.learnedGradient =
      seconds { for design in designs.prefix(10) { _ = learned.linearize(task, design) } } / 10 / run
    return (run, costs)
  }

  struct Found: Sendable {
    var value: Double
    var design: DenseVector
  }

  /// How a budget is shared between samples and the search from them.
  struct Split: Sendable {
    var samples = 64
    /// Of the budget, which samples may take at most.
    var part = 0.5
    var options: TrajectoryModel.SamplingOptions

    /// - Parameters:
    ///   - countsNetworks: Whether the networks' time is paid for: then fewer samples of fewer steps.
    init(countsNetworks: Bool) {
      // What the simulator's gradient would cost in sampling goes to the search.
      options = TrajectoryModel.SamplingOptions(simulatorStrength: 0)
      if countsNetworks { (part, options.steps) = (0.25, 5) }
    }
  }

  /// Samples by the composed models, and a search from the best of them.
  ///
  /// - Parameters:
  ///   - countsNetworks: Whether the networks' time is taken from the budget.
  ///   - split: Nil for the one of `countsNetworks`.
  func composed(countsNetworks: Bool, _ split: Split? = nil) throws -> Found {
    let split = split ?? Split(countsNetworks: countsNetworks)
    let asked = Double(split.options.simulatorGradients) * costs.gradient + 1
    let ofSample = asked + (countsNetworks ? costs.sample * Double(split.options.steps) / 20 : 0)
    let count = max(1, min(split.samples, Int(split.part * budget / ofSample)))
    let designs = try model.designs(for: task, count: count, seed: seed, split.options)
    return search(designs, runs: budget - Double(count) * ofSample)
  }

  /// The same search from random starts.
  func searched(starts: Int = 200) -> Found {
    let count = max(1, min(starts, Int(0.5 * budget)))
    let designs = (0..<count).map { index in
      var generator = SeededGenerator(seed: seed &+ 100, generation: index)
      return task.randomDesign(using: &generator)
    }
    return search(designs, runs: budget - Double(count))
  }

  private func search(_ designs: [DenseVector], runs: Double) -> Found {
    let starts = concurrentMap(designs.count) { EndSearch.Member(designs[$0], task) }
    return EndSearch(task: task, gradientCost: costs.gradient).best(from: starts, runs: runs, seed: seed)
  }

  /// Descent from random starts by the simulator's own gradient.
  func descents(rate: Double = 0.1) -> Found {
    let count = max(1, Int(budget / (costs.gradient * Double(steps))))
    return best(count) { start in
      let (value, design) = task.descend(from: start, steps: steps, rate: rate)
      return Found(value: value, design: design)
    }
  }

  /// Descent from random starts through the learned dynamics; what it ends with is run once by the simulator.
  func learnedDescents(rate: Double = 0.1) -> Found {
    let count = max(1, Int(budget / (costs.learnedGradient * Double(steps) + 1)))
    return best(count) { start in
      let (_, design) = task.descend(from: start, steps: steps, rate: rate) { learned.linearize(task, $0) }
      return Found(value: task.value(design), design: design)
    }
  }

  func random() -> Found { best(Int(budget)) { Found(value: task.value($0), design: $0) } }

  private func best(_ count: Int, _ search: @Sendable (DenseVector) -> Found) -> Found {
    concurrentMap(count) { index in
      var generator = SeededGenerator(seed: seed &+ 100, generation: index)
      return search(task.randomDesign(using: &generator))
    }.min { $0.value < $1.value } ?? Found(value: .infinity, design: .zero)
  }

  /// The cross-entropy method; its designs are pushed apart before they are run.
  func crossEntropy(population: Int, elite: Int, smoothing: Double = 0.3) throws -> Found {
    var options = CrossEntropyMethod.Options()
    options.eliteFraction = Double(elite) / Double(population)
    let population = min(population, Int(budget))
    options.population = population
    options.smoothing = smoothing
    options.seed = seed
    let method = CrossEntropyMethod(options)
    var generator = SeededGenerator(seed: seed &+ 200)
    var state = method.start(
      at: task.randomDesign(using: &generator), within: task.bounds,
      layout: [Block("design", shape: [task.bounds.count])])
    var best = Found(value: .infinity, design: .zero)
    for _ in 0..<max(1, Int(budget) / population) {
      let designs = method.propose(state).map { task.allowed($0.design) }
      let values = concurrentMap(designs.count) { task.value(designs[$0]) }
      for (value, design) in zip(values, designs) where value < best.value {
        best = Found(value: value, design: design)
      }
      _ = try method.update(
        &state,
        with: values.map { value in
          guard value.isFinite else { return .failure(SolveFailure(.diverged, "discs are jammed")) }
          return .success(Evaluation(objective: value))
        })
    }
    return best
  }
}
