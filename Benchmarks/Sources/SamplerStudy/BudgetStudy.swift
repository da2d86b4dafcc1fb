import Backsolve

/// Ways to spend ten gradients on a structure: the sampler led by gradients or by steps of the optimizer, drawn and then
/// stepped, and the optimizer alone, on the grid itself and first on one half as fine, where four gradients count as one.
struct BudgetStudy {
  let file: SceneFile
  let family: SamplerScene
  let firstProblem: Int
  private let most = 200
  private let budget = 10.0

  /// - Parameters:
  ///   - path: The sampler's scene.
  ///   - family: The scene whose variants give the numbers of problems.
  ///   - firstProblem: Its number past those that were learned.
  init(_ path: String, family: String, firstProblem: Int) throws {
    file = try SceneFile.load(path)
    self.family = try SamplerScene.build(try SceneFile.load(family))
    self.firstProblem = firstProblem
  }

  private enum Way: String, CaseIterable {
    case plain = "sampler, as drawn (the sketch alone)"
    case gradients = "sampler, led by gradients"
    case steps = "sampler, led by steps of the optimizer"
    case after = "sampler, then steps of the optimizer"
    case coarse = "optimizer, 16 coarse iterations and 6"
    case fewer = "optimizer, 12 coarse iterations and 7"
    case fine = "optimizer, 10 iterations"
    case acceleratedAfter = "sampler, then accelerated steps"
    case better = "the better of sample and sketch, then accelerated steps"
    case acceleratedFewer = "optimizer, 12 coarse iterations and 7 accelerated"
    case acceleratedFine = "accelerated optimizer, 10 iterations"

    var isAccelerated: Bool {
      switch self {
      case .acceleratedAfter, .better, .acceleratedFewer, .acceleratedFine: true
      default: false
      }
    }
  }

  private struct Row {
    let way: Way
    /// Percent above the optimum, of what the budget reaches and after five steps more.
    let excess: Double
    let further: Double
    /// From uniform densities for the same.
    let iterations: Double
    let furtherIterations: Double
    let floating: Double
    let volume: Double
    let carries: Bool
  }

  func run(problems: Int) throws {
    var rows: [Row] = []
    for index in 0..<problems {
      let overrides = family.overrides(ofVariant: family.learned + firstProblem + index)
      let variant = try built(overrides)
      let whole = try variant.scene.optimized(iterations: most)
      let optimum = variant.scene.problem.objectiveValue(whole.values)
      let steps = max(1, Int((budget - variant.sketchCost).rounded(.down)))
      for way in Way.allCases {
        guard let (start, further) = try start(way, overrides, variant, steps, seed: UInt64(index)) else { continue }
        let stepping = way.isAccelerated ? try built(overrides + acceleratedOptimizer).scene : variant.scene
        // The row before the first step is of the start.
        let run = try stepping.optimized(from: start, iterations: further + 6)
        func value(_ step: Int) -> Double { run.history.rows[min(step, run.history.rows.count - 1)].objective }
        let design = further == 0 ? start : try stepping.optimized(from: start, iterations: further + 1).design
        let measures = variant.measures(design)
        rows.append(
          Row(
            way: way, excess: 100 * (value(further) / optimum - 1), further: 100 * (value(further + 5) / optimum - 1),
            iterations: whole.iteration(reaching: value(further), most: most),
            furtherIterations: whole.iteration(reaching: value(further + 5), most: most),
            floating: 100 * (measures["floating material"] ?? .nan), volume: 100 * (measures["volume error"] ?? .nan),
            carries: variant.failedTest(design) == nil))
      }
    }
    print("\(file.path), \(problems) problems from \(firstProblem)")
    print(
      "way | median % | mean | worst | after 5 steps more | mean | iterations for the same, of the former | of the latter"
        + " | floating % | volume % | carry")
    for way in Way.allCases {
      let these = rows.filter { $0.way == way }
      if these.isEmpty { continue }
      func words(_ numbers: [Double]) -> String { short(median(numbers), digits: 3) }
      let (excess, further) = (these.map(\.excess), these.map(\.further))
      print(
        "\(way.rawValue) | \(words(excess)) | \(short(mean(excess), digits: 3)) | \(short(excess.max() ?? .nan, digits: 3))"
          + " | \(words(further)) | \(short(mean(further), digits: 3)) | \(words(these.map(\.iterations)))"
          + " | \(words(these.map(\.furtherIterations))) | \(short(mean(these.map(\.floating)), digits: 2))"
          + " | \(short(mean(these.map(\.volume)), digits: 2)) | \(these.count { $0.carries })")
    }
  }

  private func built(_ overrides: [String]) throws -> SamplerScene {
    try SamplerScene.build(try SceneFile.parse(file.resolvedText, name: file.path, overrides: overrides))
  }

  /// A design, and the steps of the optimizer that the budget has left for it; nil where the way is none for this scene.
  private func start(
    _ way: Way, _ overrides: [String], _ variant: SamplerScene, _ steps: Int, seed: UInt64
  ) throws -> (DenseVector, Int)? {
    func led(_ word: String) throws -> (DenseVector, Int) {
      let scene = try built(overrides + ["guidance.by=\(word)", "guidance.gradients=\(steps)"])
      return (try scene.drawGuided(count: 1, seed: seed).designs[0], 0)
    }
    func coarse(_ iterations: Int) throws -> DenseVector {
      let side = 16
      let small = try SceneFile.parse(
        file.resolvedText, name: file.path,
        overrides: overrides + ["domain.grid.cells=[\(side), \(side)]", "sampler.model=u-net"])
      let sketched = try RunnableScene.build(small).optimizable(small).optimized(iterations: iterations).design
      return try GridRefinement(from: [side, side], to: [2 * side, 2 * side])!.apply(sketched)
    }
    switch way {
    case .plain: return (try variant.draw(count: 1, seed: seed)[0], 0)
    case .gradients: return try led("gradient")
    case .steps: return try led("optimizer")
    case .after, .acceleratedAfter: return (try variant.draw(count: 1, seed: seed)[0], steps)
    case .better:
      let drawn = try variant.draw(count: 1, seed: seed)[0]
      let sketch = try variant.scene.optimized(iterations: Int(variant.sketchCost)).design
      func value(_ design: DenseVector) throws -> Double {
        let problem = variant.scene.problem
        return problem.objectiveValue(try problem.responses.makeSession().evaluate(design, gradientsOf: []).values)
      }
      // To find a sample worse than its sketch costs an analysis.
      return try value(drawn) <= value(sketch) ? (drawn, steps) : (sketch, steps - 1)
    case .coarse: return (try coarse(16), 6)
    case .fewer, .acceleratedFewer: return (try coarse(12), 7)
    case .fine, .acceleratedFine: return (variant.scene.problem.start, Int(budget))
    }
  }
}
