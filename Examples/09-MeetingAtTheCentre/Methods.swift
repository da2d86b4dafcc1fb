import DesignSamplers
import Foundation

/// Ways to a design, each within a budget counted in runs of the simulator. All that is compared is the true value.
struct Methods: Sendable {
  let task: MeetingTask
  let model: TrajectoryModel
  let learned: LearnedDynamics
  let costs: Costs
  /// Runs that each method may spend.
  let budget: Double
  let seed: UInt64

  /// What things cost beside one run without its gradient, in CPU time.
  struct Costs: Sendable {
    var gradient = 3.0
    /// One design of the composed sampler.
    var sample = 100.0
    /// A gradient through the learned dynamics.
    var learnedGradient = 50.0
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
    var costs = Costs()
    costs.gradient = seconds { for design in designs { _ = try? task.linearize(design) } } / 200 / run
    costs.sample = try seconds { _ = try model.designs(for: task, count: 8, seed: 1) } / 8 / run
    costs.learnedGradient = seconds { for design in designs.prefix(10) { _ = learned.linearize(task, design) } } / 10 / run
    return (run, costs)
  }

  struct Found: Sendable {
    var value: Double
    var design: DenseVector
  }

  struct Composed: Sendable {
    var samples: [Found]
    var polished: [Found]
    var best: Found { (polished + samples).min { $0.value < $1.value }! }
  }

  /// Samples by the composed models, of which the best are polished by descent: half the budget each.
  func composed(polishSteps: Int = 100, part: Double = 0.5, _ options: TrajectoryModel.SamplingOptions = .init()) throws
    -> Composed
  {
    let count = max(1, Int(part * budget / (costs.sample + 1)))
    let designs = try model.designs(for: task, count: count, seed: seed, options)
    let samples = concurrentMap(count) { Found(value: task.value(designs[$0]), design: designs[$0]) }
      .sorted { $0.value < $1.value }
    let rest = budget - Double(count) * (costs.sample + 1)
    let polishes = min(count, max(1, Int(rest / (costs.gradient * Double(polishSteps)))))
    let steps = Int(rest / (costs.gradient * Double(polishes)))
    let polished = concurrentMap(polishes) { i in
      let (value, design) = task.descend(from: samples[i].design, steps: steps)
      return Found(value: value, design: design)
    }
    return Composed(samples: samples, polished: polished)
  }

  /// Descent from random starts by the simulator's own gradient.
  func descents(steps: Int = 100, rate: Double = 0.05) -> Found {
    let count = max(1, Int(budget / (costs.gradient * Double(steps))))
    return best(count) { start in
      let (value, design) = task.descend(from: start, steps: steps, rate: rate)
      return Found(value: value, design: design)
    }
  }

  /// Descent from random starts through the learned dynamics; what it ends with is run once by the simulator.
  func learnedDescents(steps: Int = 100, rate: Double = 0.05) -> Found {
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
    }.min { $0.value < $1.value }!
  }

  /// The cross-entropy method; its designs are pushed apart before they are run.
  func crossEntropy(population: Int, elite: Int, smoothing: Double = 0.3) throws -> Found {
    var options = CrossEntropyMethod.Options()
    options.population = population
    options.eliteFraction = Double(elite) / Double(population)
    options.smoothing = smoothing
    options.seed = seed
    let method = CrossEntropyMethod(options)
    var generator = SeededGenerator(seed: seed &+ 200)
    var state = method.start(
      at: task.randomDesign(using: &generator), within: task.bounds, layout: [Block("design", shape: [task.bounds.count])])
    var best = Found(value: .infinity, design: .zero)
    for _ in 0..<max(1, Int(budget) / population) {
      let designs = method.propose(state).map { task.allowed($0.design) }
      let values = concurrentMap(designs.count) { task.value(designs[$0]) }
      for (value, design) in zip(values, designs) where value < best.value { best = Found(value: value, design: design) }
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
