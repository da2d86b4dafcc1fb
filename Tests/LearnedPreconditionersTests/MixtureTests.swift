import TestSupport
import Testing

@testable import LearnedPreconditioners

@Suite struct MixtureTests {
  typealias Matrix = SymmetricSparseMatrix

  /// Five-point diffusion on a square of points, zero around, with its points.
  static func plane(_ side: Int) -> (matrix: Matrix, points: [Double]) {
    var starts: [Int32] = [0], rows: [Int32] = [], values: [Double] = [], points: [Double] = []
    for node in 0..<side * side {
      let (i, j) = (node % side, node / side)
      points += [Double(i) + 0.1 * Double((7 * node) % 5), Double(j)]
      rows.append(Int32(node))
      values.append(4)
      if i + 1 < side {
        rows.append(Int32(node + 1))
        values.append(-1)
      }
      if j + 1 < side {
        rows.append(Int32(node + side))
        values.append(-1)
      }
      starts.append(Int32(rows.count))
    }
    return (Matrix(pattern: SparsePattern(columnStarts: starts, rows: rows), values: values), points)
  }

  static func prepared(_ side: Int, levels: Int = 2) throws -> MixtureDirections<Matrix>.Prepared {
    let (matrix, points) = plane(side)
    return try MixtureDirections.Prepared(matrix, points: points, dimension: 2, spacing: 1, levels: levels, radius: 1.5)
  }

  static let options = IterationOptions(relativeTolerance: 1e-8, maxIterations: 500)

  /// The part of the diagonal itself is a power of four everywhere, and parts follow a sum.
  @Test(arguments: [1, 2, 3]) func hatsGiveMeans(dimension: Int) {
    var generator = SeededGenerator(seed: 3)
    let points = generator.vector(count: 60 * dimension, in: 0...9)
    let diagonal = generator.vector(count: 60, in: 1...2)
    let hats = NestedHats(points.elements, dimension: dimension, spacing: 1, levels: 3, diagonal: diagonal)
    for (level, part) in hats.parts(diagonal).enumerated() {
      let factor = [4.0, 16, 64][level]
      #expect(part.elements.allSatisfy { abs($0 - factor) < 1e-10 * factor })
    }
    let other = generator.vector(count: 60)
    for (sum, (a, b)) in zip(hats.parts(diagonal + other), zip(hats.parts(diagonal), hats.parts(other))) {
      #expect((sum - a - b).norm < 1e-10 * sum.norm)
    }
  }

  /// Means of a constant are the constant, and those of a rough vector are small.
  @Test func neighbourMeans() {
    let points = Self.plane(12).points
    let means = NeighbourMeans(points, dimension: 2, radius: 2.2)
    let ones = DenseVector(repeating: 1, count: 144)
    #expect((means.apply(ones) - ones).largestMagnitude < 1e-14)
    let rough = DenseVector((0..<144).map { ($0 % 12 + $0 / 12) % 2 == 0 ? 1 : -1 })
    #expect(means.apply(rough).norm < 0.4 * rough.norm)
    #expect(means.multiplyAdds > 144 * 5)
  }

  /// A mixture scales with what is mixed, whatever the unit.
  @Test func mixturesScale() throws {
    let prepared = try Self.prepared(6)
    let network = MixtureDirections<Matrix>.network(levels: 2, hidden: [8])
    var generator = SeededGenerator(seed: 5)
    let parameters = Tensor(
      generator.vector(count: network.layout.count).elements.map { Float($0) }, shape: [network.layout.count])
    let r = generator.vector(count: 36)
    let pool = TensorPool()
    let once = network.mixture(prepared.entries(r), parameters, pool)
    let more = network.mixture(prepared.entries(r.scaled(by: 1e6)), parameters, pool)
    #expect(once.norm > 0)
    #expect((more - once.scaled(by: 1e6)).norm < 1e-5 * more.norm)
  }

  /// Whatever the network says, the answer is that of the system.
  @Test(arguments: [0 as Float, 0.3, -2, .nan, 1e30]) func changesTheCostAndNotTheAnswer(value: Float) throws {
    let prepared = try Self.prepared(8)
    var generator = SeededGenerator(seed: 6)
    let load = generator.vector(count: 64)
    let network = MixtureDirections<Matrix>.network(levels: 2, hidden: [4])
    let method = MixtureDirections<Matrix>(
      Tensor(repeating: value, shape: [network.layout.count]), network, options: Self.options)
    let (solution, report) = try method.solve(prepared, load)
    #expect((load - prepared.matrix.apply(solution)).norm <= 1.001e-8 * load.norm)
    if !(abs(value) < 1e10) {
      #expect(report.notes.contains { $0.contains("were refused") }, "\(report.notes)")
    }
  }

  @Test func aSystemThatIsNonePointwiseIsRefused() throws {
    let (matrix, points) = Self.plane(4)
    #expect(throws: SolveFailure.self) {
      try MixtureDirections.Prepared(
        matrix, points: points.dropLast(), dimension: 2, spacing: 1, levels: 1, radius: 1.5)
    }
    let negative = Matrix(pattern: matrix.pattern, values: matrix.values.map { -$0 })
    #expect(throws: SolveFailure.self) {
      try MixtureDirections.Prepared(negative, points: points, dimension: 2, spacing: 1, levels: 1, radius: 1.5)
    }
  }

  /// What steps leave of the energy falls, and what was learned solves a larger square.
  @Test func directionsLearn() throws {
    let direct = CholeskySolver<Matrix>()
    var generator = SeededGenerator(seed: 7)
    let prepared = try Self.prepared(8)
    let systems = try (0..<2).map { _ in
      let load = DenseVector(repeating: 1, count: 64) + generator.vector(count: 64)
      let solution = try direct.solve(
        try direct.prepare(prepared.matrix, reusing: nil), columns: [load], from: nil
      ).solutions[0]
      return (prepared: prepared, load: load, solution: solution)
    }
    let training = MixtureDirectionTraining(systems, MixtureDirections<Matrix>.network(levels: 2, hidden: [6]))
    training.batch = 2
    training.horizon = 6
    var options = Trainer.Options()
    options.steps = 80
    options.rate = RateSchedule(1e-2)
    let trainer = Trainer(training.network.layout, AdamW(), options)
    var state = trainer.start(seed: 1)
    while !trainer.isDone(state) { try trainer.advance(&state) { p, part in training.loss(p, &part) } }
    let (first, last) = (state.losses.prefix(20).reduce(0, +), state.losses.suffix(20).reduce(0, +))
    #expect(last < first - 2, "\(first) to \(last)")
    let method = MixtureDirections<Matrix>(trainer.answer(state), training.network, options: Self.options)
    let larger = try Self.prepared(12)
    #expect(try method.solve(larger, DenseVector(repeating: 1, count: 144)).report.relativeResidual <= 1e-8)
  }

  /// Systems of relaxation whose starts are mixed from the residual of zero.
  static func relaxed(isBounded: Bool) throws -> [MixtureSystem<Matrix>] {
    let prepared = try prepared(8)
    var generator = SeededGenerator(seed: 8)
    return (0..<2).map { _ in
      let load = generator.vector(count: 64) + DenseVector(repeating: 0.4, count: 64)
      let diagonal = prepared.matrix.diagonal()
      let path = UnrolledRelaxation(
        prepared.matrix, load: load, from: DenseVector(zeros: 64), iterations: 150, weight: 0.5, diagonal: diagonal,
        isBounded: isBounded)
      return MixtureSystem(
        prepared.matrix, load: load, diagonal: diagonal, isBounded: isBounded, solution: path.end,
        base: DenseVector(zeros: 64), entries: prepared.entries(load))
    }
  }

  static let objectives: [RelaxationObjective] = [
    .errorAfter(iterations: 0), .errorAfter(iterations: 5), .residualAfter(iterations: 0),
    .residualAfter(iterations: 5),
  ]

  @Test(arguments: objectives) func startsLearnWhatTheyAreTrainedFor(objective: RelaxationObjective) throws {
    for isBounded in [false, true] {
      let systems = try Self.relaxed(isBounded: isBounded)
      let network = MixtureNetwork(inputs: 6, candidates: 5, hidden: [6])
      var training = MixtureStartTraining(systems, network, objective: objective, weight: 0.5)
      training.batch = 2
      let learner = training
      var options = Trainer.Options()
      options.steps = 40
      options.rate = RateSchedule(0.02)
      let trainer = Trainer(network.layout, AdamW(), options)
      var state = trainer.start(seed: 1)
      while !trainer.isDone(state) { try trainer.advance(&state) { p, part in learner.loss(p, &part) } }
      let pool = TensorPool()
      func mean(_ start: (MixtureSystem<Matrix>) -> DenseVector) -> Double {
        systems.reduce(0) { $0 + $1.loss(start($1), objective, weight: 0.5).value / 2 }
      }
      let (before, after) = (
        mean(\.base), mean { $0.base + network.mixture($0.entries, trainer.answer(state), pool) }
      )
      #expect(after < before - 0.3, "\(objective), bounded \(isBounded): \(before) to \(after)")
    }
  }

  @Test(arguments: objectives) func anObjectiveHasItsGradient(objective: RelaxationObjective) throws {
    for isBounded in [false, true] {
      let system = try #require(try Self.relaxed(isBounded: isBounded).first)
      var generator = SeededGenerator(seed: 9)
      let x = generator.vector(count: 64, in: -0.3...1), along = generator.vector(count: 64)
      let slope = system.loss(x, objective, weight: 0.5).gradient.dot(along)
      func value(_ h: Double) -> Double { system.loss(x + along.scaled(by: h), objective, weight: 0.5).value }
      #expect(abs((value(1e-6) - value(-1e-6)) / 2e-6 - slope) < 1e-6 * max(1, abs(slope)), "\(isBounded)")
    }
  }

  @Test func theLossOfADirectionHasItsGradient() throws {
    let prepared = try Self.prepared(6)
    var generator = SeededGenerator(seed: 10)
    let load = generator.vector(count: 36)
    let direct = CholeskySolver<Matrix>()
    let solution = try direct.solve(
      try direct.prepare(prepared.matrix, reusing: nil), columns: [load], from: nil
    ).solutions[0]
    var (r, energy, search) = (load, load.dot(solution), ConjugateSearch())
    for _ in 0..<2 {
      let step = try #require(search.step(along: prepared.scaled(r), residual: r, prepared.matrix))
      r.add(step.image, scaledBy: -step.length)
      energy -= step.gain
      search.remember(step)
    }
    let d = prepared.scaled(r) + generator.vector(count: 36).scaled(by: 0.02), along = generator.vector(count: 36)
    func loss(_ d: DenseVector) throws -> (value: Double, gradient: DenseVector) {
      let found = try #require(
        MixtureDirectionTraining<Matrix>.loss(d, residual: r, energy: energy, search, prepared.matrix))
      return (found.value, found.gradient)
    }
    let slope = try loss(d).gradient.dot(along)
    let difference = try (loss(d + along.scaled(by: 1e-6)).value - loss(d + along.scaled(by: -1e-6)).value) / 2e-6
    #expect(abs(difference - slope) < 1e-5 * max(1, abs(slope)))
  }
}
