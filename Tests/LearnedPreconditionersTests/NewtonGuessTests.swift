import TestSupport
import Testing

@testable import LearnedPreconditioners

@Suite struct NewtonGuessTests {
  /// x³ + x²/2 + x = c, each unknown by itself.
  static func system(_ numbers: [Double]) -> NewtonSystem {
    let equations = UnrolledNewton.Equations(
      residual: { x in
        DenseVector(x.elements.indices.map { x[$0] * (x[$0] * x[$0] + 0.5 * x[$0] + 1) - 5 * numbers[$0] })
      },
      factored: { x in
        let slopes = x.elements.map { 3 * $0 * $0 + $0 + 1 }
        let solve: (DenseVector) -> DenseVector? = { v in DenseVector(v.elements.indices.map { v[$0] / slopes[$0] }) }
        return UnrolledNewton.Equations.Factored(solve: solve, solveTransposed: solve)
      },
      curvature: { x, y, d in DenseVector(x.elements.indices.map { (6 * x[$0] + 1) * y[$0] * d[$0] }) })
    let solution = UnrolledNewton(equations, from: DenseVector(repeating: 1, count: 2), steps: 30).end
    return NewtonSystem(equations, description: numbers, solution: solution)
  }

  static let systems: [NewtonSystem] = {
    var generator = SeededGenerator(seed: 3)
    return (0..<24).map { _ in system([generator.uniform() + 0.1, generator.uniform() + 0.1]) }
  }()

  @Test(arguments: [0, 1, 2]) func theErrorAfterStepsHasItsGradient(steps: Int) throws {
    let system = Self.systems[0]
    let x: DenseVector = [2.1, 0.4], along: DenseVector = [0.6, -0.8]
    let slope = try #require(system.loss(x, after: steps)).gradient.dot(along)
    func value(_ h: Double) -> Double { system.loss(x + along.scaled(by: h), after: steps)?.value ?? .nan }
    #expect(abs((value(1e-6) - value(-1e-6)) / 2e-6 - slope) < 1e-6 * max(1, abs(slope)))
  }

  /// Steps from a start so low that they are halved.
  @Test func theErrorAfterHalvedStepsHasItsGradient() throws {
    let system = Self.system([1, 0.9])
    let x: DenseVector = [0.05, 0.1], along: DenseVector = [0.6, -0.8]
    let found = try #require(system.loss(x, after: 2, halvings: 8))
    #expect(found.value < (try #require(system.loss(x, after: 2)).value))
    let slope = found.gradient.dot(along)
    func value(_ h: Double) -> Double { system.loss(x + along.scaled(by: h), after: 2, halvings: 8)?.value ?? .nan }
    #expect(abs((value(1e-6) - value(-1e-6)) / 2e-6 - slope) < 1e-6 * max(1, abs(slope)))
  }

  @Test(arguments: [0, 1, 2]) func learns(steps: Int) throws {
    let training = NewtonGuessTraining(Self.systems, hidden: [8], steps: steps)
    var options = Trainer.Options()
    options.steps = 120
    options.rate = RateSchedule(0.02)
    let trainer = Trainer(training.network.layout, AdamW(), options)
    var state = trainer.start(seed: 1)
    while !trainer.isDone(state) { try trainer.advance(&state) { p, part in training.loss(p, &part) } }
    let guess = LearnedGuess(trainer.answer(state), training.network, scale: training.scale)
    func mean(_ start: (NewtonSystem) -> DenseVector) throws -> Double {
      try Self.systems.reduce(0) { $0 + (try #require($1.loss(start($1), after: steps)).value) / 24 }
    }
    let (before, after) = (
      try mean { _ in DenseVector(zeros: 2) }, try mean { guess.answer($0.description) }
    )
    #expect(after < before - 1, "\(before) to \(after)")
  }

  /// Equations without factors anywhere have no loss, and training leaves them out.
  @Test func aSingularJacobianIsLeftOut() throws {
    let flat = NewtonSystem(
      UnrolledNewton.Equations(residual: { $0 }, factored: { _ in nil }, curvature: { x, _, _ in x }),
      description: [1, 0], solution: [1, 1])
    #expect(flat.loss([0, 0], after: 1) == nil)
    let training = NewtonGuessTraining([flat], hidden: [4], steps: 1)
    let trainer = Trainer(training.network.layout, AdamW(), Trainer.Options())
    var state = trainer.start(seed: 1)
    try trainer.advance(&state) { p, part in training.loss(p, &part) }
    #expect(state.losses == [0])
  }
}
