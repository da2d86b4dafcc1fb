import Foundation
import TestSupport
import Testing

@testable import LearnedPreconditioners

@Suite struct LearnedFactorTests {
  typealias Matrix = SymmetricSparseMatrix
  typealias Factory = LearnedCholeskyPreconditioner<Matrix>

  static func plane(_ side: Int = 10) throws -> (matrix: Matrix, load: DenseVector) {
    let plane = try LogNormalPlane(side: side, seed: 4)
    return (try plane.matrix(), plane.load)
  }

  /// Weights without sense.
  static func wild(_ seed: UInt64, size: Double = 1) -> LearnedFactor {
    var generator = SeededGenerator(seed: seed)
    let count = LearnedFactor.layout.count
    return LearnedFactor(
      Tensor((0..<count).map { _ in Float(size * generator.normal()) }, shape: [count]), dimension: 2)
  }

  static func solver(_ weights: LearnedFactor, iterations: Int = 2000) -> ConjugateGradient<Factory> {
    ConjugateGradient(
      Factory(weights), options: IterationOptions(relativeTolerance: 1e-9, maxIterations: iterations),
      probesPreconditioner: true)
  }

  /// The sweeps of registers give what the tape gives.
  @Test(arguments: [UInt64(1), 2]) func inferenceIsTheNetwork(seed: UInt64) throws {
    let (matrix, _) = try Self.plane()
    let weights = Self.wild(seed, size: 0.5)
    let base = try LearnedFactor.base(matrix)
    let graph = FactorGraph(matrix, base)
    #expect(graph.freeCount == 100)
    let answers = weights.answersOnTape(graph)
    let expected = FactorCorrection(base, graph, dimension: 2, entries: answers.entries, pivots: answers.pivots)
    base.change { values, inverse in
      weights.inference.better(&values, inverseDiagonal: &inverse, graph, FactorInference.Scratch(), dimension: 2)
    }
    for (edge, place) in graph.places.prefix(graph.edgeCount).enumerated() {
      #expect(abs(Double(base.values[Int(place)]) - expected.lower[Int(place)]) < 1e-5, "edge \(edge)")
    }
    for (found, expected) in zip(base.inverseDiagonal, expected.kept.diagonal) {
      #expect(abs(found * expected - 1) < 1e-4)
    }
  }

  /// L Lᵀ w = (S A S + δ) w, with a positive δ far below one.
  @Test func keepsRowSums() throws {
    let (matrix, _) = try Self.plane()
    let base = try LearnedFactor.base(matrix)
    let graph = FactorGraph(matrix, base)
    let answers = Self.wild(3, size: 0.03).answersOnTape(graph)
    let correction = FactorCorrection(base, graph, dimension: 2, entries: answers.entries, pivots: answers.pivots)
    try #require(correction.kept.refused == 0)
    let pattern = matrix.pattern
    var below = [Double](repeating: 0, count: pattern.dimension), product = below
    for j in 0..<pattern.dimension {
      for k in Int(pattern.columnStarts[j])..<Int(pattern.columnStarts[j + 1]) {
        below[j] += correction.lower[k] * graph.weights[Int(pattern.rows[k])]
      }
    }
    for j in 0..<pattern.dimension {
      for k in Int(pattern.columnStarts[j])..<Int(pattern.columnStarts[j + 1]) {
        product[Int(pattern.rows[k])] += correction.lower[k] * below[j]
      }
    }
    for i in 0..<pattern.dimension {
      let shift = (product[i] - graph.image[i]) / graph.weights[i]
      #expect(shift > 0 && shift < 0.2)
    }
  }

  @Test(arguments: [UInt64(1), 2, 3]) func changesTheCostAndNotTheAnswer(seed: UInt64) throws {
    let (matrix, load) = try Self.plane()
    let solver = Self.solver(Self.wild(seed))
    let (solutions, report) = try solver.solve(try solver.prepare(matrix, reusing: nil), columns: [load], from: nil)
    #expect((load - matrix.apply(solutions[0])).norm <= 1.001e-9 * load.norm)
    #expect(report.iterations > 0)
  }

  /// Memory kept from another matrix changes no bit.
  @Test func reuseChangesNothing() throws {
    let (matrix, load) = try Self.plane()
    let solver = Self.solver(Self.wild(1))
    let cold = try solver.solve(try solver.prepare(matrix, reusing: nil), columns: [load], from: nil).solutions[0]
    let other = try solver.prepare(try Self.plane(7).matrix, reusing: nil)
    let warm = try solver.solve(try solver.prepare(matrix, reusing: other), columns: [load], from: nil).solutions[0]
    #expect(cold.elements == warm.elements)
  }

  /// Where it stalls or its numbers overflow, incomplete Cholesky takes over, and the report says so.
  @Test func thePlainFactorTakesOver() throws {
    let (matrix, load) = try Self.plane()
    let plain = ConjugateGradient(
      IncompleteCholeskyPreconditioner<Matrix>(), options: IterationOptions(relativeTolerance: 1e-9))
    let count = LearnedFactor.layout.count
    let broken = LearnedFactor(Tensor(repeating: Float.infinity, shape: [count]), dimension: 2)
    for first in [Self.solver(broken), Self.solver(Self.wild(1), iterations: 2)] {
      let solver = FallbackSolver([AnyLinearSolver(first), AnyLinearSolver(plain)])
      let (solutions, report) = try solver.solve(try solver.prepare(matrix, reusing: nil), columns: [load], from: nil)
      #expect((load - matrix.apply(solutions[0])).norm <= 1.001e-9 * load.norm)
      #expect(report.notes.contains { $0.contains("incomplete-cholesky-cg took over from learned-cholesky-cg") })
    }
  }

  @Test func learns() throws {
    let systems = try (0..<2).map { try FactorSystem.random(side: 9, $0, seed: 3) }
    var training = FactorTraining(systems)
    training.iterations = 6
    training.batch = 2
    var options = Trainer.Options()
    options.steps = 40
    options.rate = RateSchedule(0.01)
    let trainer = Trainer(training.layout, AdamW(), options)
    var state = trainer.start(seed: 1)
    while !trainer.isDone(state) { try trainer.advance(&state) { p, part in try training.loss(p, &part) } }
    func loss(_ weights: LearnedFactor) -> Double {
      var generator = SeededGenerator(seed: 9)
      return systems.reduce(0) { sum, system in
        let answers = weights.answersOnTape(system.graph)
        return sum
          + system.loss(
            entries: answers.entries, pivots: answers.pivots, error: system.error(using: &generator), iterations: 6
          ).value
      }
    }
    let (before, after) = (
      loss(.plain(dimension: 2, seed: 1)), loss(LearnedFactor(trainer.answer(state), dimension: 2))
    )
    #expect(after < before - 0.1, "\(before) to \(after)")
  }

  /// The gradient of the loss with respect to the answers, by central differences.
  @Test func theLossHasItsGradient() throws {
    let system = try FactorSystem.random(side: 6, 0, seed: 5)
    var generator = SeededGenerator(seed: 2)
    let error = system.error(using: &generator)
    let entries = generator.vector(count: system.graph.edgeCount).elements
    let pivots = generator.vector(count: system.graph.nodeCount).elements
    let found = system.loss(entries: entries, pivots: pivots, error: error, iterations: 5)
    let (alongEntries, alongPivots) = (
      generator.vector(count: entries.count), generator.vector(count: pivots.count)
    )
    func value(_ h: Double) -> Double {
      system.loss(
        entries: (DenseVector(entries) + alongEntries.scaled(by: h)).elements,
        pivots: (DenseVector(pivots) + alongPivots.scaled(by: h)).elements, error: error, iterations: 5
      ).value
    }
    let slope = DenseVector(found.entries).dot(alongEntries) + DenseVector(found.pivots).dot(alongPivots)
    let h = 1e-5
    #expect(abs((value(h) - value(-h)) / (2 * h) - slope) < 1e-6 * max(1, abs(slope)))
    // The remainder falls like h².
    func remainder(_ h: Double) -> Double { abs(value(h) - found.value - h * slope) }
    #expect(remainder(2e-3) < 0.3 * remainder(4e-3))
  }

  @Test func weightsAreReadAndRefused() throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("factor-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let path = folder.appendingPathComponent("factor.safetensors").path
    let weights = Self.wild(4)
    try weights.write(to: path, recipe: ["seed": "4"])
    #expect(try LearnedFactor.read(path, dimension: 2, components: 1).parameters == weights.parameters)
    func refusal(_ dimension: Int, _ components: Int) -> String {
      do {
        _ = try LearnedFactor.read(path, dimension: dimension, components: components)
        return ""
      } catch { return "\(error)" }
    }
    #expect(refusal(2, 2).contains("weights for 2D domains with 1 unknowns a node; here the domain is 2D with 2"))
    #expect(refusal(3, 1).contains("here the domain is 3D"))
    try LearnedCycle.plain().write(to: path, dimension: 2, components: 1, recipe: [:])
    #expect(refusal(2, 1).contains("weights of another network"))
    try Data("no".utf8).write(to: URL(fileURLWithPath: path))
    #expect(!refusal(2, 1).isEmpty)
  }
}
