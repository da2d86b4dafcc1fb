import Backsolve

/// Least drag within a budget of analyses, a gradient counted as its CPU time in analyses.
struct FoilStudy {
  /// Analyses of each method and seed.
  let budget: Int
  let scene: SamplerScene
  let problem: DesignProblem

  init(budget: Int) throws {
    self.budget = budget
    scene = try SamplerScene.build(try SceneFile.load("Scenes/Samplers/foils-of-little-drag.yaml"))
    problem = scene.scene.problem
  }

  func run(seeds: Int) throws {
    let ratio = try gradientCost()
    print("a gradient costs \(short(ratio, digits: 3)) analyses")
    let gradients = Int(Double(budget) / ratio)
    let methods: [(name: String, run: (UInt64) throws -> Double)] = [
      ("best of random foils", { seed in best(foils(seed, budget)) }),
      ("best of samples", { seed in best(try scene.draw(count: budget, seed: seed)) }),
      ("CEM from random foils", { seed in crossEntropy(from: foils(seed, 64), seed) }),
      ("CEM from samples", { seed in crossEntropy(from: try scene.draw(count: 64, seed: seed), seed) }),
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
      let begin = cpuSeconds()
      let drags = try (1...seeds).map { 1e4 * (try method.run(UInt64(100 + $0))) }
      print(
        "\(method.name) | \(drags.map { short($0) }.joined(separator: " ")) | \(short(mean(drags))) | "
          + "\(short(deviation(drags), digits: 2)) | \(short((cpuSeconds() - begin) / Double(seeds), digits: 3))")
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
      let begin = cpuSeconds()
      for design in designs { _ = try? problem.responses.makeSession().evaluate(design, gradientsOf: rows) }
      return cpuSeconds() - begin
    }
    _ = seconds([])
    return seconds(problem.rowsToDifferentiate) / seconds([])
  }

  private func values(_ designs: [DenseVector]) -> [[Double]?] {
    var results = [[Double]?](repeating: nil, count: designs.count)
    results.withUnsafeMutableBufferPointer { results in
      let shared = UncheckedShared(results)
      let problem = problem
      concurrentlyForEach(piece: designs.count) { i in
        let session = problem.responses.makeSession()
        shared.value[i] = try? session.evaluate(problem.bounds.project(designs[i]), gradientsOf: []).values
      }
    }
    return results
  }

  /// The least drag of those that keep the constraints to one percent.
  private func best(_ designs: [DenseVector]) -> Double {
    values(designs).compactMap { $0 }.filter { problem.worstViolation($0) < 0.01 }.map(problem.objectiveValue).min()
      ?? .infinity
  }

  private func cost(_ values: [Double]?) -> Double {
    guard let values else { return .infinity }
    let violation = problem.constraints.map { max(0, $0.violation(values[$0.row])) }
    return problem.objectiveValue(values) / 0.005 + violation.reduce(0) { $0 + 100 * $1 * $1 }
  }

  private func inOrder(_ designs: [DenseVector]) -> [DenseVector] {
    zip(designs, values(designs).map(cost)).filter { $1.isFinite }.sorted { $0.1 < $1.1 }.map(\.0)
  }

  /// The scene's optimizer from several designs, each with an equal part of the gradients.
  private func polish(_ starts: [DenseVector], gradients: Int, runs: Int) -> Double {
    let each = max(1, gradients / runs)
    var best = Double.infinity
    for start in starts.prefix(runs) {
      var stopping = scene.scene.stopping
      stopping.iterations = each
      let loop = DesignLoop(
        problem: scene.scene.problem(from: start), optimizer: scene.scene.optimizer, stopping: stopping,
        scaling: scene.scene.scaling)
      guard let outcome = try? loop.run(), problem.worstViolation(outcome.values) < 0.01 else { continue }
      best = min(best, problem.objectiveValue(outcome.values))
    }
    return best
  }

  /// The cross-entropy method: ten generations, of which the best eighth is fitted by a normal distribution of
  /// independent numbers; the first generation is given.
  private func crossEntropy(from first: [DenseVector], _ seed: UInt64) -> Double {
    var generation = first
    var least = Double.infinity
    var generator = SeededGenerator(seed: seed)
    let size = first.count
    for round in 0..<budget / size {
      let answers = values(generation)
      for values in answers.compactMap({ $0 }) where problem.worstViolation(values) < 0.01 {
        least = min(least, problem.objectiveValue(values))
      }
      guard round < budget / size - 1 else { break }
      let elite = zip(generation, answers.map(cost)).sorted { $0.1 < $1.1 }.prefix(size / 8).map(\.0)
      let count = Double(elite.count)
      generation = (0..<size).map { _ in
        DenseVector(
          (0..<elite[0].count).map { i in
            let center = elite.reduce(0) { $0 + $1[i] } / count
            let square = elite.reduce(0) { $0 + ($1[i] - center) * ($1[i] - center) } / count
            return center + square.squareRoot() * generator.normal()
          })
      }
    }
    return least
  }
}
