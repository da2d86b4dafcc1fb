import TestSupport
import Testing

@testable import LearnedPreconditioners

@Suite struct LearnedGuessTests {
  typealias Matrix = SymmetricSparseMatrix

  /// A line whose load is a sum of two modes, a smooth and a rough one, and a description that tells both amplitudes.
  static func systems(_ count: Int) throws -> [GuessSystem<Matrix>] {
    let n = 24
    var starts: [Int32] = [0], rows: [Int32] = [], values: [Double] = []
    for node in 0..<n {
      rows.append(Int32(node))
      values.append(2 + 0.2 * Double(node % 3))
      if node + 1 < n {
        rows.append(Int32(node + 1))
        values.append(-1)
      }
      starts.append(Int32(rows.count))
    }
    let matrix = Matrix(pattern: SparsePattern(columnStarts: starts, rows: rows), values: values)
    let solver = CholeskySolver<Matrix>()
    let prepared = try solver.prepare(matrix, reusing: nil)
    let diagonal = matrix.diagonal()
    var generator = SeededGenerator(seed: 3)
    return try (0..<count).map { _ in
      let numbers = [2 * generator.uniform() - 1, 2 * generator.uniform() - 1]
      let load = DenseVector(
        (0..<n).map { numbers[0] + ($0 % 2 == 0 ? numbers[1] : -numbers[1]) + 0.1 * numbers[0] * numbers[1] })
      let solution = try solver.solve(prepared, columns: [load], from: nil).solutions[0]
      return GuessSystem(matrix, load: load, description: numbers, solution: solution) { r in
        DenseVector((0..<r.count).map { r[$0] / diagonal[$0] })
      }
    }
  }

  static let objectives: [GuessObjective] = [
    .error, .residual, .errorAfter(iterations: 0), .errorAfter(iterations: 3),
  ]

  @Test(arguments: objectives) func anObjectiveHasItsGradient(objective: GuessObjective) throws {
    let system = try #require(try Self.systems(1).first)
    var generator = SeededGenerator(seed: 6)
    let x = generator.vector(count: 24), along = generator.vector(count: 24)
    let found = GuessTraining<Matrix>.loss(x, system, objective)
    func value(_ h: Double) -> Double { GuessTraining<Matrix>.loss(x + along.scaled(by: h), system, objective).value }
    let slope = found.gradient.dot(along)
    #expect(abs((value(1e-5) - value(-1e-5)) / 2e-5 - slope) < 1e-6 * max(1, abs(slope)))
    func remainder(_ h: Double) -> Double { abs(value(h) - found.value - h * slope) }
    #expect(remainder(1e-3) < 0.3 * remainder(2e-3))
  }

  /// Each objective falls, and what was trained for the steps to come leaves less after them than they leave from zero.
  @Test func learnsWhatItIsTrainedFor() throws {
    let systems = try Self.systems(16)
    for objective in Self.objectives {
      let training = GuessTraining(systems, hidden: [6], objective: objective)
      var options = Trainer.Options()
      options.steps = 100
      options.rate = RateSchedule(0.02)
      let trainer = Trainer(training.network.layout, AdamW(), options)
      var state = trainer.start(seed: 1)
      while !trainer.isDone(state) { try trainer.advance(&state) { p, part in training.loss(p, &part) } }
      let guess = LearnedGuess(trainer.answer(state), training.network, scale: training.scale)
      func mean(_ start: (GuessSystem<Matrix>) -> DenseVector) -> Double {
        systems.reduce(0) { $0 + GuessTraining<Matrix>.loss(start($1), $1, objective).value / 16 }
      }
      let zero = DenseVector(zeros: 24)
      let (before, after) = (
        mean { _ in zero },
        mean { system in
          let start = guess.start(system.description, load: system.load, system.matrix)
          return start.isEmpty ? zero : start
        }
      )
      #expect(after < before - 0.1, "\(objective): \(before) to \(after)")
    }
  }

  /// A start that is worse than zero, or not finite, is left out.
  @Test func aBadStartIsLeftOut() throws {
    let system = try #require(try Self.systems(1).first)
    let network = LearnedGuess.Network(inputs: 2, hidden: [4], unknowns: 24)
    for value: Float in [.nan, 1e4] {
      let guess = LearnedGuess(Tensor(repeating: value, shape: [network.layout.count]), network, scale: 1)
      #expect(guess.start(system.description, load: system.load, system.matrix).isEmpty)
    }
  }
}
