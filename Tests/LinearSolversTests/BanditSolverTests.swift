import LinearSolvers
import Testing

@Suite struct BanditSolverTests {
  typealias Matrix = SymmetricSparseMatrix

  /// Related systems: a plane whose shift wanders, so that costs vary a little.
  private static func system(_ index: Int) -> Matrix {
    laplacian([20, 20], shift: 0.01 + 0.004 * Double(index % 7))
  }
  private static let right = DenseVector(repeating: 1, count: 400)

  private static func choice(_ name: String, _ factory: some PreconditionerFactory<Matrix>, iterations: Int = 2000)
    -> BanditSolver<Matrix>.Choice
  {
    let options = IterationOptions(relativeTolerance: 1e-9, maxIterations: iterations)
    return .init(name, AnyLinearSolver(ConjugateGradient(factory, options: options)))
  }

  private static let choices = [
    choice("weak", ChebyshevPreconditioner(degree: 12)), choice("jacobi", JacobiPreconditioner()),
    choice("ssor", SSORPreconditioner()), choice("polynomial", SymmetricPolynomialPreconditioner(degree: 4)),
  ]

  private static func bandit(_ hasContext: Bool, seed: UInt64) -> BanditSolver<Matrix> {
    if !hasContext { return BanditSolver(choices, seed: seed) }
    return BanditSolver(choices, feature: { SystemFeature.contrast.value(of: $0) }, seed: seed)
  }

  /// Choice and cost of every round.
  private static func rounds(
    _ solver: BanditSolver<Matrix>, _ systems: Range<Int>, from start: BanditSolver<Matrix>.Prepared? = nil
  ) throws -> (rounds: [(choice: Int, cost: Double)], prepared: BanditSolver<Matrix>.Prepared?) {
    var prepared = start
    var rounds: [(choice: Int, cost: Double)] = []
    for index in systems {
      let a = system(index)
      let next = try solver.prepare(a, reusing: prepared)
      let (solutions, report) = try solver.solve(next, columns: [right], from: nil)
      #expect((right - a.apply(solutions[0])).norm <= 1.001e-9 * right.norm)
      #expect(report.multiplyAdds > 0)
      rounds.append(try #require(solver.openRound(next)))
      prepared = next
    }
    return (rounds, prepared)
  }

  /// What each choice costs alone.
  private static func fixedCosts(_ systems: Range<Int>) throws -> [Double] {
    try choices.map { choice in
      try rounds(BanditSolver([choice]), systems).rounds.reduce(0) { $0 + $1.cost }
    }
  }

  @Test(arguments: [false, true]) func costsLittleMoreThanTheBestInHindsight(hasContext: Bool) throws {
    let systems = 0..<120
    let best = try #require(try Self.fixedCosts(systems).min())
    let (rounds, _) = try Self.rounds(Self.bandit(hasContext, seed: 3), systems)
    let total = rounds.reduce(0) { $0 + $1.cost }
    // The first choice is the dearest; what exploring costs fades.
    #expect(total < 1.25 * best, "\(total / best)")
    let late = rounds.suffix(40).reduce(0) { $0 + $1.cost }, lateBest = try Self.fixedCosts(80..<120).min() ?? 0
    #expect(late < 1.1 * lateBest, "\(late / lateBest)")
  }

  @Test(arguments: [false, true]) func aRecalledMemoryGoesOnWithTheSameChoices(hasContext: Bool) throws {
    let solver = Self.bandit(hasContext, seed: 5)
    let whole = try Self.rounds(solver, 0..<30).rounds
    let first = try Self.rounds(solver, 0..<12)
    let memory = solver.memory(of: try #require(first.prepared))
    let recalled = try #require(AnyLinearSolver(solver).recall(memory) != nil ? solver.recall(memory) : nil)
    let rest = try Self.rounds(solver, 12..<30, from: recalled).rounds
    #expect((first.rounds + rest).map(\.choice) == whole.map(\.choice))
    #expect((first.rounds + rest).map(\.cost) == whole.map(\.cost))
    #expect(Set(whole.map(\.choice)).count > 1)
    #expect(solver.recall(NamedArrays()) == nil)
  }

  /// A choice that fails is charged, another takes its place, and it is not chosen for long.
  @Test func aFailingChoiceIsLeft() throws {
    let solver = BanditSolver([
      Self.choice("short", JacobiPreconditioner(), iterations: 3), Self.choice("ssor", SSORPreconditioner()),
    ])
    let prepared = try solver.prepare(Self.system(0), reusing: nil)
    let report = try solver.solve(prepared, columns: [Self.right], from: nil).report
    #expect(report.notes.contains { $0.contains("ssor took over from short") })
    let alone = try Self.rounds(BanditSolver([Self.choices[2]]), 0..<1).rounds[0].cost
    #expect(try #require(solver.openRound(prepared)).cost > alone)
    let (rounds, _) = try Self.rounds(solver, 1..<60, from: prepared)
    #expect(rounds.suffix(20).count { $0.choice == 1 } >= 15)
    let hopeless = BanditSolver([Self.choice("short", JacobiPreconditioner(), iterations: 3)])
    let failure = #expect(throws: SolveFailure.self) { try Self.rounds(hopeless, 0..<1) }
    #expect(failure?.attempts.count == 1)
  }

  /// Which choice is cheap depends on the feature, and it is learned.
  @Test func theContextDecides() {
    var policy = InverseGapWeighting(choices: 2, seed: 1)
    var generator = SeededGenerator(seed: 2)
    func cost(_ choice: Int, _ x: Double) -> Double { choice == 0 ? 10 + 5 * x : 10 - 5 * x }
    for _ in 0..<150 {
      let x = 2 * generator.uniform() - 1
      policy.update(feature: x, cost: cost(policy.choice(feature: x), x))
    }
    #expect(policy.probabilities(feature: -0.8)[0] > 0.95)
    #expect(policy.probabilities(feature: 0.8)[1] > 0.95)
    #expect(abs(policy.probabilities(feature: 0.1).reduce(0, +) - 1) < 1e-12)
  }

  @Test func featuresTellContrastAndVolume() {
    func diagonal(_ entry: (Int) -> Double) -> Matrix {
      SymmetricSparseMatrix(
        pattern: SparsePattern(columnStarts: (0...100).map { Int32($0) }, rows: (0..<100).map { Int32($0) }),
        values: (0..<100).map(entry))
    }
    #expect(SystemFeature.contrast.value(of: diagonal { _ in 3 }) == -1)
    #expect(abs(SystemFeature.contrast.value(of: diagonal { $0 % 2 == 0 ? 1 : 1e-5 })) < 1e-9)
    #expect(SystemFeature.volume.value(of: diagonal { _ in 3 }) == 1)
    #expect(abs(SystemFeature.volume.value(of: diagonal { $0 % 4 == 0 ? 1 : 0.001 }) + 0.4985) < 1e-9)
  }
}
