import Backsolve
import DesignSamplers

/// Least drag within a budget of analyses, a gradient counted as its CPU time in analyses.
struct FoilStudy {
  /// Analyses of each method and seed.
  let budget: Int
  let scene: SamplerScene
  let problem: DesignProblem
  private let cost: ProblemCost

  init(budget: Int) throws {
    self.budget = budget
    scene = try SamplerScene.build(try SceneFile.load("Scenes/Samplers/foils-of-little-drag.yaml"))
    problem = scene.scene.problem
    // Costs of rows depend on no scaling.
    let size = problem.start.count
    cost = ProblemCost(
      problem, DesignScaling(mean: DenseVector(zeros: size), deviation: DenseVector(repeating: 1, count: size)),
      objectiveScale: 0.005)
  }

  func run(seeds: Int) throws {
    let ratio = try gradientCost()
    print("a gradient costs \(short(ratio, digits: 3)) analyses")
    let gradients = Int(Double(budget) / ratio)
    let fromFoils = try tuned { seed in foils(seed, 64) }
    let fromSamples = try tuned { seed in try scene.draw(count: 64, seed: seed) }
    let methods: [(name: String, run: (UInt64) throws -> Double)] = [
      ("best of random foils", { seed in best(foils(seed, budget)) }),
      ("best of samples", { seed in best(try scene.draw(count: budget, seed: seed)) }),
      ("CEM from random foils", { seed in try crossEntropy(from: foils(seed, 64), fromFoils, seed) }),
      (
        "CEM from samples",
        { seed in try crossEntropy(from: try scene.draw(count: 64, seed: seed), fromSamples, seed) }
      ),
      (
        "guided samples",
        { seed in
          // 20 gradients a sample, and one analysis to choose by.
          best(try scene.drawGuided(count: Int(Double(budget) / (20 * ratio + 1)), seed: seed).designs)
        }
      ),
      (
        "guided samples, the best polished",
        { seed in
          // Half for drawing, half for the optimizer.
          let designs = try scene.drawGuided(count: Int(0.5 * Double(budget) / (20 * ratio + 1)), seed: seed).designs
          return polish(inOrder(designs), gradients: gradients / 2, runs: 2)
        }
      ),
      (
        "samples, the best polished",
        { seed in
          let designs = try scene.draw(count: budget / 4, seed: seed)
          return polish(inOrder(designs), gradients: gradients * 3 / 4, runs: 4)
        }
      ),
      ("the optimizer from random foils", { seed in polish(foils(seed, 20), gradients: gradients, runs: 20) }),
      ("the optimizer from the scene's start", { _ in polish([problem.start], gradients: gradients, runs: 1) }),
    ]
    print("method | drag in counts by seed | mean | deviation | CPU s")
    for method in methods {
      let begin = ProcessUsage.cpuSeconds
      let drags = try (1...seeds).map { 1e4 * (try method.run(UInt64(100 + $0))) }
      print(
        "\(method.name) | \(drags.map { short($0) }.joined(separator: " ")) | \(short(mean(drags))) | "
          + "\(short(deviation(drags), digits: 2)) | \(short((ProcessUsage.cpuSeconds - begin) / Double(seeds), digits: 3))"
      )
    }
  }

  private func foils(_ seed: UInt64, _ count: Int) -> [DenseVector] {
    let first = scene.learned + Int(seed) * 10_000
    return scene.members(first..<first + count)
  }

  /// CPU seconds of a gradient over those of an analysis, on one thread's work each, over some foils.
  private func gradientCost() throws -> Double {
    let designs = foils(0, 40).map(problem.bounds.project)
    func seconds(_ rows: Set<Int>) -> Double {
      let begin = ProcessUsage.cpuSeconds
      for design in designs { _ = try? problem.responses.makeSession().evaluate(design, gradientsOf: rows) }
      return ProcessUsage.cpuSeconds - begin
    }
    _ = seconds([])
    return seconds(problem.rowsToDifferentiate) / seconds([])
  }

  private func values(_ designs: [DenseVector]) -> [[Double]?] {
    concurrentMap(designs.count) { i in
      try? problem.responses.makeSession().evaluate(problem.bounds.project(designs[i]), gradientsOf: []).values
    }
  }

  /// The least drag of those that keep the constraints to one percent.
  private func best(_ designs: [DenseVector]) -> Double {
    values(designs).compactMap { $0 }.filter(problem.nearlyKeepsConstraints).map(problem.objectiveValue).min()
      ?? .infinity
  }

  /// Those with a flow, the cheapest first.
  private func inOrder(_ designs: [DenseVector]) -> [DenseVector] {
    let costs = values(designs).map { $0.map(cost.cost(ofValues:)) ?? .infinity }
    return designs.indices.filter { costs[$0].isFinite }.sorted { costs[$0] < costs[$1] }.map { designs[$0] }
  }

  /// The scene's optimizer from several designs, each with an equal part of the gradients.
  private func polish(_ starts: [DenseVector], gradients: Int, runs: Int) -> Double {
    let each = max(1, gradients / runs)
    var best = Double.infinity
    for start in starts.prefix(runs) {
      guard let outcome = try? scene.scene.optimized(from: start, iterations: each),
        problem.nearlyKeepsConstraints(outcome.values)
      else { continue }
      best = min(best, problem.objectiveValue(outcome.values))
    }
    return best
  }

  /// The cross-entropy method, its first distribution that of some designs.
  private func crossEntropy(from first: [DenseVector], _ options: CrossEntropyMethod.Options, _ seed: UInt64) throws
    -> Double
  {
    var options = options
    options.seed = seed
    options.feasibility = 0.01
    let method = CrossEntropyMethod(options)
    var state = method.start(from: first, within: problem.bounds)
    var least = Double.infinity
    for _ in 0..<budget / options.population {
      let answers = values(method.propose(state).map(\.design))
      for values in answers.compactMap({ $0 }) where problem.nearlyKeepsConstraints(values) {
        least = min(least, problem.objectiveValue(values))
      }
      let evaluations = answers.map { values -> Result<Evaluation, SolveFailure> in
        guard let values else { return .failure(SolveFailure(.stalled, "no flow")) }
        var evaluation = Evaluation(objective: problem.loss(values))
        evaluation.constraints = problem.constraints.map { $0.violation(values[$0.row]) }
        return .success(evaluation)
      }
      if try method.update(&state, with: evaluations).stopped != nil { break }
    }
    return least
  }

  /// Population and elite that suit the method best, on a seed that is not among those compared.
  private func tuned(from first: (UInt64) throws -> [DenseVector]) throws -> CrossEntropyMethod.Options {
    var best = (drag: Double.infinity, options: CrossEntropyMethod.Options())
    for population in [16, 32, 64] {
      for elite in [0.1, 0.2, 0.3] {
        for smoothing in [0, 0.3] {
          var options = CrossEntropyMethod.Options()
          (options.population, options.eliteFraction, options.smoothing) = (population, elite, smoothing)
          let drag = try crossEntropy(from: try first(99), options, 99)
          if drag < best.drag { best = (drag, options) }
        }
      }
    }
    print(
      "cross-entropy, tuned: \(best.options.population) designs, elite \(best.options.eliteFraction), smoothing "
        + "\(best.options.smoothing): \(short(1e4 * best.drag)) counts on the seed of tuning")
    return best.options
  }
}
