import Foundation
import LearnedPreconditioners
import Testing
import TestSupport

@Suite struct LearnedCycleTests {
  static let designs = RandomDesigns(longest: 16, spacing: [1, 1]) { GridStiffness.elasticity($0, poissonRatio: 0.3) }

  /// Coarse levels even on small grids.
  static func solver(_ rule: (any CycleRule)?, iterations: Int = 500) -> MultigridCG {
    MultigridCG(MultigridOptions(relativeTolerance: 1e-9, maxIterations: iterations, directCost: 2e3), rule: rule)
  }

  static func solve(_ system: TrainingSystem, _ solver: MultigridCG) throws -> (DenseVector, SolveReport) {
    let prepared = try solver.prepare(system.matrix, reusing: nil)
    let (solutions, report) = try solver.solve(prepared, columns: [system.load], from: nil)
    return (solutions[0], report)
  }

  @Test func startsAsThePlainCycle() throws {
    for system in try Self.designs.systems(seed: 3, steps: [4]) {
      let (plain, report) = try Self.solve(system, Self.solver(nil))
      let (learned, learnedReport) = try Self.solve(system, Self.solver(LearnedCycle.plain(seed: 1)))
      #expect(plain.elements == learned.elements)
      #expect(report.iterations == learnedReport.iterations)
    }
  }

  @Test(arguments: [UInt64(1), 2, 3]) func changesTheCostAndNotTheAnswer(seed: UInt64) throws {
    let network = LearnedCycle.Network()
    var generator = SeededGenerator(seed: seed)
    let wild = LearnedCycle(
      Tensor((0..<network.layout.count).map { _ in Float(10 * generator.normal()) }, shape: [network.layout.count]))
    for system in try Self.designs.systems(seed: seed, steps: [4]) {
      let (plain, _) = try Self.solve(system, Self.solver(nil))
      let (learned, report) = try Self.solve(system, Self.solver(wild))
      #expect(report.relativeResidual <= 1e-9)
      #expect((learned - plain).norm <= 1e-6 * plain.norm)
    }
  }

  /// Halves and doubles without sense.
  struct Scrambled: CycleRule {
    func factors(level: Int, fine: GridCells, coarse: GridCells) -> [Float] {
      (0..<coarse.count).map { $0 % 2 == 0 ? 1e9 : 1e-9 }
    }
    func widthFactor(level: Int) -> Double { .nan }
  }

  struct NotANumber: CycleRule {
    func factors(level: Int, fine: GridCells, coarse: GridCells) -> [Float] {
      [Float](repeating: .nan, count: coarse.count)
    }
    func widthFactor(level: Int) -> Double { .nan }
  }

  @Test func whatIsNotANumberCountsForNothing() throws {
    let system = try #require(try Self.designs.systems(seed: 5, steps: [4]).first)
    let (plain, _) = try Self.solve(system, Self.solver(nil))
    let (same, _) = try Self.solve(system, Self.solver(NotANumber()))
    #expect(plain.elements == same.elements)
  }

  @Test func aRuleThatStallsIsGivenUp() throws {
    let system = try #require(try Self.designs.systems(seed: 5, steps: [4]).first)
    let plain = try Self.solve(system, Self.solver(nil)).1.iterations
    let slow = try Self.solve(system, Self.solver(Scrambled())).1.iterations
    try #require(slow > plain + 2)
    let (solution, report) = try Self.solve(system, Self.solver(Scrambled(), iterations: plain + 1))
    #expect(report.relativeResidual <= 1e-9)
    #expect(report.notes.contains { $0.contains("given up for plain means") })
    #expect((solution - system.solution).norm <= 1e-5 * system.solution.norm)
  }

  @Test func learns() throws {
    let systems = try (1..<3).flatMap { try Self.designs.systems(seed: $0, steps: [4]) }
    var training = CycleTraining(systems)
    training.options.directCost = 2e3
    training.iterations = 6
    training.batch = 2
    training.pairs = 3
    var options = Trainer.Options()
    options.steps = 7
    options.rate = RateSchedule(0.05)
    let trainer = Trainer(training.network.layout, AdamW(), options)
    var state = trainer.start(seed: 1)
    while !trainer.isDone(state) {
      let here = state.parameters
      try trainer.advance(&state) { p, part in try training.loss(p, here, &part) }
    }
    let cycle = LearnedCycle(trainer.answer(state))
    let before = try systems.reduce(0) { $0 + (try training.loss(nil, $1)) }
    let after = try systems.reduce(0) { $0 + (try training.loss(cycle, $1)) }
    #expect(after < before - 0.01 * Double(systems.count))
  }

  @Test func weightsAreReadAndRefused() throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("cycle-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let path = folder.appendingPathComponent("cycle.safetensors").path
    let cycle = LearnedCycle.plain(seed: 4)
    try cycle.write(to: path, dimension: 2, components: 2, recipe: ["seed": "4"])
    #expect(try LearnedCycle.read(path, dimension: 2, components: 2).parameters == cycle.parameters)
    func refusal(_ dimension: Int, _ components: Int) -> String {
      do {
        _ = try LearnedCycle.read(path, dimension: dimension, components: components)
        return ""
      } catch { return "\(error)" }
    }
    #expect(refusal(3, 3).contains("weights for 2D domains with 2 unknowns a node"))
    var bytes = try Data(contentsOf: URL(fileURLWithPath: path))
    bytes[bytes.count - 2] ^= 0x10
    try bytes.write(to: URL(fileURLWithPath: path))
    #expect(refusal(2, 2).contains("damaged weights"))
    try bytes.prefix(100).write(to: URL(fileURLWithPath: path))
    #expect(!refusal(2, 2).isEmpty)
  }
}
