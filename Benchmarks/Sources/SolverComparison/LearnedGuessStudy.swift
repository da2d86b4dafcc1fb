import Backsolve
import LearnedPreconditioners

/// Heat in a plate of 31 x 31 inner nodes with two sources and an inclusion, all of which vary: eight numbers a system.
private struct PlateFamily {
  typealias Matrix = SymmetricSparseMatrix
  let stiffness: GridStiffness
  let constrained: ConstrainedUnknowns
  let grid: StructuredGrid

  init(_ cells: Int = 32) {
    grid = StructuredGrid(size: [1, 1], cells: [cells, cells])
    stiffness = .diffusion(grid)
    let boundary = grid.nodes { $0.contains(0) || $0.contains(cells) }
    constrained = ConstrainedUnknowns(of: stiffness, holding: [(boundary, [0])])
  }

  func system(seed: UInt64) throws -> GuessSystem<Matrix> {
    var generator = SeededGenerator(seed: seed)
    let numbers = (0..<8).map { _ in generator.uniform() }
    func bump(_ x: [Double], _ center: ArraySlice<Double>, width: Double) -> Double {
      let square = zip(x, center).reduce(0) { $0 + ($1.0 - 0.2 - 0.6 * $1.1) * ($1.0 - 0.2 - 0.6 * $1.1) }
      return raised(2.718281828459045, -square / (width * width))
    }
    let coefficients = DenseVector(
      (0..<grid.cellCount).map { cell in
        // From a tenth to ten times as conductive inside.
        raised(10, (2 * numbers[7] - 1) * bump(grid.centroid(ofCell: cell), numbers[4..<6], width: 0.2))
      })
    var load = DenseVector(
      (0..<grid.nodeCount).map { node in
        let x = grid.point(ofNode: node)
        return bump(x, numbers[0..<2], width: 0.05) + (0.5 + numbers[6]) * bump(x, numbers[2..<4], width: 0.05)
      })
    constrained.zero(&load)
    let matrix = try stiffness.makeOperator(coefficients: coefficients, constrained: constrained).assembled()
    let direct = CholeskySolver<Matrix>()
    let solution = try direct.solve(try direct.prepare(matrix, reusing: nil), columns: [load], from: nil).solutions[0]
    let factor = try JacobiPreconditioner<Matrix>().prepare(matrix, reusing: nil)
    return GuessSystem(
      matrix, load: load, description: numbers.map { 2 * $0 - 1 }, solution: solution
    ) { r in
      DenseVector(count: r.count) { z in
        r.withUnsafeBufferPointer { factor.apply($0.baseAddress!, into: z.baseAddress!) }
      }
    }
  }
}

/// Starts learned for the naive objectives and for the error after some iterations: the iterations that solves then need.
func learnedGuessStudy() throws {
  typealias Matrix = SymmetricSparseMatrix
  let family = PlateFamily()
  let systems = try (0..<256).map { try family.system(seed: UInt64($0)) }
  let others = try (1000..<1050).map { try family.system(seed: UInt64($0)) }
  func iterations(_ guess: LearnedGuess?, tolerance: Double) throws -> Double {
    let solver = ConjugateGradient(
      JacobiPreconditioner<Matrix>(), options: IterationOptions(relativeTolerance: tolerance))
    var sum = 0
    for system in others {
      let start = guess?.start(system.description, load: system.load, system.matrix) ?? .zero
      let prepared = try solver.prepare(system.matrix, reusing: nil)
      sum += try solver.solve(prepared, columns: [system.load], from: [start]).report.iterations
    }
    return Double(sum) / Double(others.count)
  }
  func row(_ name: String, _ guess: LearnedGuess?) throws {
    let counts = try [1e-2, 1e-4, 1e-6].map { try iterations(guess, tolerance: $0) }
    func mean(_ objective: GuessObjective) -> Double {
      others.reduce(0) { sum, system in
        let start = guess?.start(system.description, load: system.load, system.matrix) ?? .zero
        let x = start.isEmpty ? DenseVector(zeros: system.load.count) : start
        return sum + GuessTraining<Matrix>.loss(x, system, objective).value / Double(others.count)
      }
    }
    print(
      "  \(name): iterations to 1e-2, 1e-4, 1e-6 \(counts); |x - x*|²/|x*|² \(mean(.error)), |r|²/|b|² \(mean(.residual)), "
        + "log of the energy after 8, 16, 32 \([8, 16, 32].map { mean(.errorAfter(iterations: $0)) })")
  }
  print("a family of plates, \(systems[0].load.count) nodes, 50 systems not trained on")
  try row("zero", nil)
  /// Steps from some parameters, or from the beginning.
  func trained(_ objective: GuessObjective, from start: Tensor<Float>?, rate: Double) throws -> (
    Tensor<Float>, GuessTraining<Matrix>, seconds: Double
  ) {
    let training = GuessTraining(systems, hidden: [48, 48], objective: objective)
    var options = Trainer.Options()
    options.steps = 4000
    options.rate = RateSchedule(rate)
    options.averageDecay = 0.99
    let trainer = Trainer(training.network.layout, AdamW(), options)
    var state = start.map { trainer.start(at: $0) } ?? trainer.start(seed: 1)
    let begin = ProcessUsage.cpuSeconds
    while !trainer.isDone(state) { try trainer.advance(&state) { p, part in training.loss(p, &part) } }
    return (trainer.answer(state), training, ProcessUsage.cpuSeconds - begin)
  }
  let (naive, _, seconds) = try trained(.error, from: nil, rate: 1e-3)
  print("  4000 steps for the error, \(seconds) CPU s; then 4000 for")
  // From nothing, objectives that look far ahead stay near zero, which is a start that conjugate gradients like.
  for objective in [
    GuessObjective.error, .residual, .errorAfter(iterations: 0), .errorAfter(iterations: 8),
    .errorAfter(iterations: 16), .errorAfter(iterations: 32), .errorAfter(iterations: 48),
  ] {
    let (parameters, training, seconds) = try trained(objective, from: naive, rate: 3e-4)
    try row(
      "\(objective), \(seconds) CPU s", LearnedGuess(parameters, training.network, scale: training.scale))
  }
}
