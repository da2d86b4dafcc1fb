import Backsolve

/// Structures on a grid twice as fine as what the sampler learned: it draws on the coarse grid, where an analysis costs a
/// fourth, cells are refined, and the optimizer goes on. Beside it is the same with the optimizer on the coarse grid alone.
struct CoarseStudy {
  let coarse: SamplerScene
  let fine: SamplerScene
  /// Past the problems learned, and those that guidance was chosen on.
  private let firstProblem: Int
  private let most = 200
  private let steps = [0, 2, 5, 7, 12]
  /// With ten coarse analyses at a fourth each, no more than ten.
  private let examined = 7

  init(_ path: String = "Scenes/Samplers/structures.yaml") throws {
    let file = try SceneFile.load(path)
    coarse = try SamplerScene.build(file)
    fine = try SamplerScene.build(
      try SceneFile.parse(
        file.resolvedText, name: file.path,
        overrides: ["domain.grid.cells=[64, 64]", "design.density.filter.cone.radius=3 cells"]))
    firstProblem = coarse.learned + 1000
  }

  private enum Way: String, CaseIterable {
    case sampler = "sampler, 10 coarse gradients"
    case samplerRepeated = "the same, cells repeated"
    case optimizer10 = "optimizer, 10 coarse iterations"
    case optimizer20 = "optimizer, 20 coarse iterations"
    case optimizer40 = "optimizer, 40 coarse iterations"

    /// Coarse analyses.
    var analyses: Int {
      switch self {
      case .sampler, .samplerRepeated, .optimizer10: 10
      case .optimizer20: 20
      case .optimizer40: 40
      }
    }
    var isSampler: Bool { self == .sampler || self == .samplerRepeated }
  }

  /// After a number of steps on the fine grid.
  private struct Row {
    let way: Way
    let steps: Int
    /// Percent above the optimum.
    let excess: Double
    /// From uniform densities on the fine grid for the same.
    let iterations: Double
  }

  func run(problems: Int) throws {
    var rows: [Row] = []
    var floating: [Double] = [], volumes: [Double] = [], carried = 0
    for index in 0..<problems {
      guard let small = try coarse.variant(firstProblem + index), let large = try fine.variant(firstProblem + index)
      else { return }
      let whole = try large.scene.optimized(iterations: most)
      let optimum = large.scene.problem.objectiveValue(whole.values)
      for way in Way.allCases {
        let drawn =
          way.isSampler
          ? try small.drawGuided(count: 1, seed: UInt64(index)).designs[0]
          : try small.scene.optimized(iterations: way.analyses + 1).design
        let start = try Self.refined(drawn, side: 32, isSmooth: way != .samplerRepeated)
        let run = try large.scene.optimized(from: start, iterations: steps.last! + 1)
        // The row before the first step is of the start.
        for step in steps where step < run.history.rows.count {
          let value = run.history.rows[step].objective
          rows.append(
            Row(
              way: way, steps: step, excess: 100 * (value / optimum - 1),
              iterations: whole.iteration(reaching: value, most: most)))
        }
        if way == .sampler {
          let design = try large.scene.optimized(from: start, iterations: examined + 1).design
          let measures = large.measures(design)
          floating.append(100 * (measures["floating material"] ?? .nan))
          volumes.append(100 * (measures["volume error"] ?? .nan))
          if large.failedTest(design) == nil { carried += 1 }
        }
        let found = rows.suffix(steps.count).map { short($0.excess, digits: 3) }
        print("\(index) | \(way.rawValue) | \(found.joined(separator: " | "))")
      }
    }
    print(
      "way | fine steps | excess %, median | mean | iterations from uniform densities, median "
        + "| analyses, four coarse as one | times fewer")
    for way in Way.allCases {
      for step in steps {
        let these = rows.filter { $0.way == way && $0.steps == step }
        let analyses = Double(way.analyses) / 4 + Double(step), needed = median(these.map(\.iterations))
        print(
          "\(way.rawValue) | \(step) | \(short(median(these.map(\.excess)), digits: 3)) | "
            + "\(short(mean(these.map(\.excess)), digits: 3)) | \(short(needed, digits: 3)) | "
            + "\(short(analyses, digits: 3)) | \(short(needed / analyses, digits: 3))")
      }
    }
    print(
      "sampler after \(examined) steps: floating material \(short(mean(floating), digits: 2)) % in the mean, "
        + "volume error \(short(mean(volumes), digits: 2)) %, load carried \(carried) of \(problems)")
  }

  /// Twice as many cells along both axes, interpolated, or each the nearest coarse one.
  private static func refined(_ design: DenseVector, side: Int, isSmooth: Bool) throws -> DenseVector {
    let fine = 2 * side
    if isSmooth, let refinement = GridRefinement(from: [side, side], to: [fine, fine]) {
      return try refinement.apply(design)
    }
    return DenseVector((0..<fine * fine).map { design[$0 / fine / 2 * side + $0 % fine / 2] })
  }
}
