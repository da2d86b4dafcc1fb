import Backsolve

/// Structures drawn for problems that the sampler did not learn, beside what the scene's optimizer, published optimality
/// criteria, finds in 200 iterations.
struct StructureStudy {
  let scene: SamplerScene
  /// The scene with momentum in its optimizer.
  let accelerated: SamplerScene
  /// The scene's guidance was chosen on problems before.
  private let firstProblem = 1000
  private let most = 200

  init(_ path: String = "Scenes/Samplers/structures.yaml") throws {
    let file = try SceneFile.load(path)
    scene = try SamplerScene.build(file)
    accelerated = try SamplerScene.build(
      try SceneFile.parse(file.resolvedText, name: file.path, overrides: acceleratedOptimizer))
  }

  /// Of each problem, in percent but for the last.
  private struct Row {
    var plain = 0.0, stepped = 0.0, guided = 0.0, polished = 0.0
    var volume = 0.0, floating = 0.0
    var carries = true
    /// The same after five accelerated steps.
    var steppedFaster = 0.0, polishedFaster = 0.0
    /// Iterations that the optimizer needs from uniform densities for what the polished sample has.
    var iterations = 0.0
    /// The same for the guided sample itself.
    var guidedIterations = 0.0
    /// For the sample after accelerated steps: by the optimizer, and by the accelerated one.
    var fasterIterations = 0.0, fasterByItself = 0.0
    /// What the accelerated optimizer reaches alone with the gradients of the guided sample, and of the polished one.
    var aloneGuided = 0.0, alonePolished = 0.0
    /// Of the design after 60 iterations from uniform densities, and of the guided sample beside it.
    var sixty = 0.0, guidedBesideSixty = 0.0, polishedBesideSixty = 0.0
  }

  func run(problems: Int) throws {
    // Weights that cannot be used are found before minutes of optimization.
    _ = try scene.model()
    print(
      "problem | optimum | sample % | sample and 5 steps % | guided % | after 5 steps % | volume error % | floating % | carries | uniform needs"
    )
    var rows: [Row] = []
    for index in 0..<problems {
      let number = scene.learned + firstProblem + index
      guard let variant = try scene.variant(number), let faster = try accelerated.variant(number)
      else { return }
      let (row, optimum) = try measure(variant, faster, seed: UInt64(index))
      rows.append(row)
      print(
        "\(index) | \(short(optimum)) | \(short(row.plain, digits: 3)) | \(short(row.stepped, digits: 3)) | \(short(row.guided, digits: 3)) | "
          + "\(short(row.polished, digits: 3)) | \(short(row.volume, digits: 2)) | \(short(row.floating, digits: 2)) | "
          + "\(row.carries) | \(short(row.iterations))")
    }
    func line(_ name: String, _ value: (Row) -> Double) {
      let values = rows.map(value)
      print("\(name): median \(short(median(values), digits: 3)), mean \(short(mean(values), digits: 3))")
    }
    line("compliance error of one sample, %", \.plain)
    line("compliance error of one sample after 5 steps of the optimizer, %", \.stepped)
    line("compliance error of one guided sample, %", \.guided)
    line("compliance error of the guided sample after 5 steps of the optimizer, %", \.polished)
    line("compliance error of one sample after 5 accelerated steps, %", \.steppedFaster)
    line("compliance error of the guided sample after 5 accelerated steps, %", \.polishedFaster)
    line("the accelerated optimizer alone after as many gradients as the guided sample, %", \.aloneGuided)
    line("the accelerated optimizer alone after as many gradients as the polished sample, %", \.alonePolished)
    line("the optimizer itself after 60 iterations, %", \.sixty)
    line("guided sample beside the optimizer after 60 iterations, %", \.guidedBesideSixty)
    line("after 5 steps more beside the optimizer after 60 iterations, %", \.polishedBesideSixty)
    line("iterations from uniform densities to the guided sample", \.guidedIterations)
    line("volume error of the guided sample, %", \.volume)
    line("floating material of the guided sample, %", \.floating)
    line("iterations from uniform densities to the polished one", \.iterations)
    line("iterations from uniform densities to the one after accelerated steps", \.fasterIterations)
    line("accelerated iterations from uniform densities to the same", \.fasterByItself)
    print("samples that carry their load: \(rows.count { $0.carries }) of \(rows.count)")
  }

  private func measure(_ variant: SamplerScene, _ faster: SamplerScene, seed: UInt64) throws -> (
    Row, optimum: Double
  ) {
    let problem = variant.scene.problem
    func value(_ design: DenseVector) throws -> Double {
      problem.objectiveValue(try problem.responses.makeSession().evaluate(design, gradientsOf: []).values)
    }
    let whole = try variant.scene.optimized(iterations: most)
    let alone = try faster.scene.optimized(iterations: most)
    let optimum = problem.objectiveValue(whole.values)
    func excess(_ value: Double) -> Double { 100 * (value / optimum - 1) }
    var row = Row()
    let plain = try variant.draw(count: 1, seed: seed)[0]
    row.plain = excess(try value(plain))
    // The sixth evaluation is of the design after five steps.
    func stepped(_ design: DenseVector, by stepping: SamplerScene) throws -> Double {
      problem.objectiveValue(try stepping.scene.optimized(from: design, iterations: 6).values)
    }
    row.stepped = excess(try stepped(plain, by: variant))
    row.steppedFaster = excess(try stepped(plain, by: faster))
    let drawn = try variant.drawGuided(count: 1, seed: seed)
    let guided = drawn.designs[0]
    row.guided = excess(try value(guided))
    row.carries = variant.failedTest(guided) == nil
    let measures = variant.measures(guided)
    row.volume = 100 * (measures["volume error"] ?? .nan)
    row.floating = 100 * (measures["floating material"] ?? .nan)
    let polished = try stepped(guided, by: variant)
    let polishedFaster = try stepped(guided, by: faster)
    row.polished = excess(polished)
    row.iterations = whole.iteration(reaching: polished, most: most)
    row.guidedIterations = whole.iteration(reaching: try value(guided), most: most)
    row.polishedFaster = excess(polishedFaster)
    row.fasterIterations = whole.iteration(reaching: polishedFaster, most: most)
    row.fasterByItself = alone.iteration(reaching: polishedFaster, most: most)
    func aloneAfter(_ gradients: Int) -> Double {
      excess(alone.history.rows[min(gradients, alone.history.rows.count - 1)].objective)
    }
    row.aloneGuided = aloneAfter(drawn.gradients)
    row.alonePolished = aloneAfter(drawn.gradients + 5)
    let sixty = whole.history.rows.prefix(60).filter { $0.worstViolation < 1e-3 }.map(\.objective).min() ?? .nan
    row.sixty = excess(sixty)
    row.guidedBesideSixty = 100 * (try value(guided) / sixty - 1)
    row.polishedBesideSixty = 100 * (polished / sixty - 1)
    return (row, optimum)
  }
}
