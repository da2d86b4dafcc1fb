import FiniteElements
import Testing

@Suite struct GridMultigridSolveTests {
  /// A grid with supports and random coefficients of some contrast.
  struct Problem: Sendable, CustomStringConvertible {
    let description: String
    let stiffness: GridStiffness
    let reference: GridReference
    let fixed: [Int]
    var contrast = 1e3
    var directCost: Double? = 1e3

    static func nodes(_ grid: StructuredGrid, _ components: Int, where isFixed: ([Int]) -> Bool) -> [Int] {
      (0..<grid.nodeCount).filter { isFixed(grid.position(ofNode: $0)) }.flatMap { node in
        (0..<components).map { node * components + $0 }
      }
    }

    static let all: [Problem] = {
      let odd = StructuredGrid(size: [5, 3, 3], cells: [5, 3, 3])
      let sheet = StructuredGrid(size: [9, 5, 1], cells: [9, 5, 1])
      let plane = StructuredGrid(size: [1.3, 0.7], cells: [13, 7])
      let flatCells = StructuredGrid(size: [9, 8, 1], cells: [4, 3, 3])
      let line = StructuredGrid(size: [31, 1], cells: [31, 1])
      return [
        Problem(
          description: "odd cells, clamped at the far face", stiffness: .elasticity(odd, poissonRatio: 0.3),
          reference: .elasticity(odd, nu: 0.3), fixed: nodes(odd, 3) { $0[0] == 5 }),
        Problem(
          description: "one cell thick", stiffness: .elasticity(sheet, poissonRatio: 0.3),
          reference: .elasticity(sheet, nu: 0.3), fixed: nodes(sheet, 3) { $0[0] == 0 }),
        Problem(
          description: "held at three points", stiffness: .elasticity(odd, poissonRatio: 0.3),
          reference: .elasticity(odd, nu: 0.3),
          fixed: nodes(odd, 3) { $0 == [1, 1, 1] || $0 == [3, 1, 1] || $0 == [1, 3, 1] }, contrast: 10),
        Problem(
          description: "plane, roller and pin", stiffness: .elasticity(plane, poissonRatio: 0.3),
          reference: .elasticity(plane, nu: 0.3),
          fixed: [2 * plane.node([13, 0]) + 1] + (0...7).map { 2 * plane.node([0, $0]) }),
        Problem(
          description: "flat cells", stiffness: .elasticity(flatCells, poissonRatio: 0.2),
          reference: .elasticity(flatCells, nu: 0.2), fixed: nodes(flatCells, 3) { $0[1] == 0 }),
        Problem(
          description: "diffusion from one fixed node", stiffness: .diffusion(odd), reference: .diffusion(odd),
          fixed: [odd.node([3, 3, 1])], contrast: 1e6),
        Problem(
          description: "plane diffusion", stiffness: .diffusion(plane), reference: .diffusion(plane),
          fixed: (0...7).map { plane.node([0, $0]) }, contrast: 1e6),
        Problem(
          description: "a strip", stiffness: .elasticity(line, poissonRatio: 0.3),
          reference: .elasticity(line, nu: 0.3), fixed: nodes(line, 2) { $0[0] == 31 }, directCost: nil),
      ]
    }()
  }

  static func coefficients(_ problem: Problem, scale: Double = 1) -> DenseVector {
    var generator = SeededGenerator(seed: 7)
    return DenseVector(
      (0..<problem.stiffness.grid.cellCount).map { _ in scale * (generator.uniform() < 0.3 ? 1 / problem.contrast : 1) }
    )
  }

  static func constraints(_ problem: Problem) -> ConstrainedUnknowns {
    ConstrainedUnknowns(
      unknownCount: problem.stiffness.unknownCount,
      fixed: Dictionary(uniqueKeysWithValues: problem.fixed.map { ($0, 0) }))
  }

  @Test(arguments: Problem.all) func agreesWithElimination(_ problem: Problem) throws {
    let coefficients = Self.coefficients(problem)
    let constrained = Self.constraints(problem)
    var generator = SeededGenerator(seed: 11)
    var right = generator.vector(count: problem.stiffness.unknownCount)
    for index in problem.fixed { right[index] = 0.25 }
    let expected = GridReference.solve(problem.reference.dense(coefficients, fixed: problem.fixed), right)
    let solver = MultigridCG(MultigridOptions(relativeTolerance: 1e-9, directCost: problem.directCost))
    let matrix = try problem.stiffness.makeOperator(coefficients: coefficients, constrained: constrained)
    let prepared = try solver.prepare(matrix, reusing: nil)
    let (solutions, report) = try solver.solve(prepared, columns: [right], from: nil)
    #expect(report.relativeResidual <= 1e-9)
    #expect((matrix.apply(solutions[0]) - right).norm <= 1.01e-9 * right.norm)
    #expect(isClose(solutions[0], expected, 1e-5))
    // Cells of a sheet lock in bending when they grow flatter, so coarse grids help it least.
    #expect(report.iterations < (problem.description == "one cell thick" ? 100 : 75))
    #expect(report.notes.isEmpty)
  }

  @Test func coefficientsOfAnySizeDoNotOverflow() throws {
    let problem = Problem.all[0]
    let constrained = Self.constraints(problem)
    var generator = SeededGenerator(seed: 3)
    var right = generator.vector(count: problem.stiffness.unknownCount)
    constrained.zero(&right)
    let solver = MultigridCG(MultigridOptions(relativeTolerance: 1e-8))
    var compliances: [Double] = []
    for scale in [1, 210e9, 1e-30, 1e60] {
      let matrix = try problem.stiffness.makeOperator(
        coefficients: Self.coefficients(problem, scale: scale), constrained: constrained)
      let scaled = right.scaled(by: scale.squareRoot() * 1e-3)
      let solution = try solver.solve(try solver.prepare(matrix, reusing: nil), columns: [scaled], from: nil)
      compliances.append(scaled.dot(solution.solutions[0]))
    }
    for compliance in compliances { #expect(abs(compliance - compliances[0]) < 1e-7 * compliances[0]) }
  }

  @Test func columnsWarmStartsAndReuse() throws {
    let problem = Problem.all[3]
    let constrained = Self.constraints(problem)
    let coefficients = Self.coefficients(problem)
    var generator = SeededGenerator(seed: 5)
    var columns = (0..<2).map { _ in generator.vector(count: problem.stiffness.unknownCount) }
    for c in 0..<2 { constrained.zero(&columns[c]) }
    columns.append(DenseVector(zeros: problem.stiffness.unknownCount))
    let solver = MultigridCG(MultigridOptions(relativeTolerance: 1e-9))
    let matrix = try problem.stiffness.makeOperator(coefficients: coefficients, constrained: constrained)
    var prepared = try solver.prepare(matrix, reusing: nil)
    let cold = try solver.solve(prepared, columns: columns, from: nil)
    #expect(cold.solutions[2] == columns[2])
    let warm = try solver.solve(prepared, columns: columns, from: cold.solutions)
    #expect(warm.report.iterations == 0)
    #expect(warm.solutions == cold.solutions)
    // A reused hierarchy gives the bits of a fresh one.
    let other = try problem.stiffness.makeOperator(coefficients: coefficients.scaled(by: 0.3), constrained: constrained)
    prepared = try solver.prepare(other, reusing: prepared)
    let reused = try solver.solve(prepared, columns: columns, from: nil)
    let fresh = try solver.solve(try solver.prepare(other, reusing: nil), columns: columns, from: nil)
    #expect(reused.solutions == fresh.solutions)
    #expect(reused.report == fresh.report)
  }

  @Test func looseBodyIsAFailureThatSaysWhatWasTried() throws {
    let grid = StructuredGrid(size: [6, 4], cells: [6, 4])
    let stiffness = GridStiffness.elasticity(grid, poissonRatio: 0.3)
    // Held along x alone: nothing resists the load along y.
    let constrained = ConstrainedUnknowns(unknownCount: stiffness.unknownCount, fixed: [0: 0])
    let matrix = try stiffness.makeOperator(
      coefficients: DenseVector(repeating: 1, count: grid.cellCount), constrained: constrained)
    var load = DenseVector(zeros: stiffness.unknownCount)
    load[stiffness.unknownCount - 1] = 1
    let solver = MultigridCG()
    let prepared = try solver.prepare(matrix, reusing: nil)
    let failure = #expect(throws: SolveFailure.self) { try solver.solve(prepared, columns: [load], from: nil) }
    #expect(failure?.kind == .stalled)
    #expect(failure?.attempts.count == 2)
    load[3] = .nan
    #expect(throws: SolveFailure.self) { try solver.solve(prepared, columns: [load], from: nil) }
    let empty = try stiffness.makeOperator(
      coefficients: DenseVector(zeros: grid.cellCount), constrained: constrained)
    #expect(throws: SolveFailure.self) { try solver.prepare(empty, reusing: nil) }
  }

  @Test func threadsDoNotChangeBits() throws {
    let grid = StructuredGrid(size: [16, 14, 23], cells: [16, 14, 23])
    let stiffness = GridStiffness.elasticity(grid, poissonRatio: 0.3)
    var generator = SeededGenerator(seed: 9)
    let u = generator.vector(count: stiffness.unknownCount)
    let coefficients = generator.vector(count: grid.cellCount, in: 0.001...1)
    let fixed = Problem.nodes(grid, 3) { $0[0] == 0 }
    let constrained = ConstrainedUnknowns(
      unknownCount: stiffness.unknownCount, fixed: Dictionary(uniqueKeysWithValues: fixed.map { ($0, 0) }))
    let matrix = try stiffness.makeOperator(coefficients: coefficients, constrained: constrained)
    let solver = MultigridCG(MultigridOptions(relativeTolerance: 0.8, smoothing: Smoothing(degrees: [1, 2])))
    var images: [DenseVector] = []
    var solutions: [DenseVector] = []
    var energies: [DenseVector] = []
    for threads in [1, 2] {
      Threads.limit(to: threads)
      images.append(matrix.apply(u))
      energies.append(stiffness.cellEnergies(u, u))
      solutions.append(try solver.solve(try solver.prepare(matrix, reusing: nil), columns: [u], from: nil).solutions[0])
    }
    Threads.limit(to: 2)
    #expect(images[1] == images[0])
    #expect(solutions[1] == solutions[0])
    #expect(energies[1] == energies[0])
  }

  #if !DEBUG
    /// The beam of the 88-line code and a cantilever, by values from an independent implementation.
    @Test func knownCompliances() throws {
      let plane = StructuredGrid(size: [300, 100], cells: [300, 100])
      var fixed = [2 * plane.node([300, 0]) + 1: 0.0]
      for j in 0...100 { fixed[2 * plane.node([0, j])] = 0 }
      var load = DenseVector(zeros: 2 * plane.nodeCount)
      load[2 * plane.node([0, 100]) + 1] = -1
      let beam = try Self.compliance(.elasticity(plane, poissonRatio: 0.3), fixed, load, density: 0.5)
      #expect(abs(beam / 1052.119 - 1) < 1e-5)
      let grid = StructuredGrid(size: [48, 24, 24], cells: [48, 24, 24])
      fixed = [:]
      for index in Problem.nodes(grid, 3, where: { $0[0] == 0 }) { fixed[index] = 0 }
      load = DenseVector(zeros: 3 * grid.nodeCount)
      for j in 0...24 { load[3 * grid.node([48, j, 0]) + 2] = j == 0 || j == 24 ? -0.5 : -1 }
      let cantilever = try Self.compliance(.elasticity(grid, poissonRatio: 0.3), fixed, load, density: 0.3)
      #expect(abs(cantilever / 38602.07 - 1) < 1e-5)
    }
  #endif

  static func compliance(_ stiffness: GridStiffness, _ fixed: [Int: Double], _ load: DenseVector, density: Double)
    throws
    -> Double
  {
    let modulus = 1e-9 + density * density * density * (1 - 1e-9)
    let constrained = ConstrainedUnknowns(unknownCount: load.count, fixed: fixed)
    let matrix = try stiffness.makeOperator(
      coefficients: DenseVector(repeating: modulus, count: stiffness.grid.cellCount), constrained: constrained)
    let solver = MultigridCG()
    return load.dot(try solver.solve(try solver.prepare(matrix, reusing: nil), columns: [load], from: nil).solutions[0])
  }
}
