import TestSupport
import Testing

@testable import LearnedPreconditioners

@Suite struct LearnedDirectionsTests {
  static let options = IterationOptions(relativeTolerance: 1e-8, maxIterations: 2000, stallWindow: 400)

  static func system(_ cells: [Int], seed: UInt64 = 1) throws -> (GridOperator, DenseVector) {
    let matrix = try ObstacleGrids.random(cells, seed: seed)
    return (matrix, try ObstacleGrids.load(matrix, seed: 2))
  }

  /// Whatever the network says, the answer is that of the system.
  @Test(arguments: [[16, 16], [8, 8, 8]]) func changesTheCostAndNotTheAnswer(cells: [Int]) throws {
    let (matrix, load) = try Self.system(cells)
    let layout = LearnedDirections.layout(dimension: cells.count)
    var solver = ConjugateDirections(
      LearnedDirections(layout.initialParameters(seed: 3), dimension: cells.count), options: Self.options)
    solver.refusals = 2000
    let (solutions, report) = try solver.solve(try solver.prepare(matrix, reusing: nil), columns: [load], from: nil)
    #expect((load - matrix.apply(solutions[0])).norm <= 1.001e-8 * load.norm)
    #expect(report.iterations > 1)
    #expect(report.notes.contains { $0.contains("candidates were refused") })
  }

  /// A network that gives no descent is given up, and another solver goes on.
  @Test func noDescentIsGivenUp() throws {
    let (matrix, load) = try Self.system([16, 16])
    let layout = LearnedDirections.layout(dimension: 2)
    let nothing = LearnedDirections(Tensor(zeros: [layout.count]), dimension: 2)
    let first = ConjugateDirections(nothing, options: Self.options)
    let solver = FallbackSolver([
      AnyLinearSolver(first), AnyLinearSolver(MultigridCG(MultigridOptions(relativeTolerance: 1e-8))),
    ])
    let (solutions, report) = try solver.solve(try solver.prepare(matrix, reusing: nil), columns: [load], from: nil)
    #expect((load - matrix.apply(solutions[0])).norm <= 1.001e-8 * load.norm)
    #expect(report.notes.contains { $0.contains("took over from learned-directions") }, "\(report.notes)")
  }

  @Test func gridsThatDoNotSuitAreRefused() throws {
    let layout = LearnedDirections.layout(dimension: 2)
    let solver = ConjugateDirections(LearnedDirections(layout.initialParameters(seed: 3), dimension: 2))
    #expect(throws: SolveFailure.self) { try ObstacleGrids.load(ObstacleGrids.random([10, 10], seed: 1), seed: 1) }
    let box = try ObstacleGrids.random([8, 8, 8], seed: 1)
    #expect(throws: SolveFailure.self) { try solver.prepare(box, reusing: nil) }
  }

  /// Directions after the first are conjugate to the two before.
  @Test func directionsAreConjugate() throws {
    let (matrix, load) = try Self.system([8, 8])
    var search = ConjugateSearch()
    var generator = SeededGenerator(seed: 4)
    var steps: [ConjugateSearch.Step] = []
    for _ in 0..<4 {
      var candidate = generator.vector(count: load.count)
      matrix.constrained.zero(&candidate)
      let step = try #require(search.step(along: candidate, residual: load, matrix))
      search.remember(step)
      steps.append(step)
    }
    for (i, j) in [(1, 0), (2, 1), (2, 0), (3, 2), (3, 1)] {
      let size = (steps[i].curvature * steps[j].curvature).squareRoot()
      #expect(abs(steps[i].direction.dot(steps[j].image)) < 1e-10 * size)
    }
  }

  @Test func theLossHasItsGradient() throws {
    let (matrix, load) = try Self.system([8, 8])
    var generator = SeededGenerator(seed: 5)
    let d = generator.vector(count: load.count) + load, along = generator.vector(count: load.count)
    let found = try #require(DirectionTraining.loss(d, residual: load, matrix))
    func value(_ h: Double) -> Double {
      DirectionTraining.loss(d + along.scaled(by: h), residual: load, matrix)?.value ?? .nan
    }
    let slope = found.gradient.dot(along)
    #expect(abs((value(1e-5) - value(-1e-5)) / 2e-5 - slope) < 1e-6 * max(1, abs(slope)))
  }

  @Test func learns() throws {
    let (matrix, load) = try Self.system([8, 8])
    let training = try DirectionTraining([matrix], dimension: 2)
    training.batch = 1
    var options = Trainer.Options()
    options.steps = 60
    options.rate = RateSchedule(5e-3)
    let trainer = Trainer(training.layout, AdamW(), options)
    var state = trainer.start(seed: 1)
    while !trainer.isDone(state) { try trainer.advance(&state) { p, part in training.loss(p, &part) } }
    let (first, last) = (state.losses.prefix(10).reduce(0, +), state.losses.suffix(10).reduce(0, +))
    #expect(last < first - 1, "\(first) to \(last)")
    var solver = ConjugateDirections(LearnedDirections(trainer.answer(state), dimension: 2), options: Self.options)
    solver.refusals = 100
    let report = try solver.solve(try solver.prepare(matrix, reusing: nil), columns: [load], from: nil).report
    #expect(report.relativeResidual <= 1e-8)
  }
}
