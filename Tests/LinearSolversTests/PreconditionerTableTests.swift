import LinearSolvers
import Testing

/// Every preconditioner on every sample matrix: conjugate gradients with it, and the map itself.
@Suite struct PreconditionerTableTests {
  typealias Matrix = SymmetricSparseMatrix

  /// A preconditioner with its type erased.
  struct Method: Sendable, CustomTestStringConvertible {
    let name: String
    let solver: AnyLinearSolver<Matrix>
    /// M⁻¹ of a matrix.
    let prepare: @Sendable (Matrix) throws -> any Preconditioner
    /// The matrices that fall into its blocks.
    var blockSize = 1
    var testDescription: String { name }

    init(_ factory: some PreconditionerFactory<Matrix>, blockSize: Int = 1) {
      let solver = ConjugateGradient(factory, options: Self.options, probesPreconditioner: true)
      name = factory.name
      self.solver = AnyLinearSolver(solver)
      prepare = { try factory.prepare($0, reusing: nil) }
      self.blockSize = blockSize
    }

    static let options = IterationOptions(relativeTolerance: 1e-9, maxIterations: 2000)
  }

  static let methods: [Method] = [
    Method(JacobiPreconditioner<Matrix>()),
    Method(BlockJacobiPreconditioner<Matrix>(blockSize: 2), blockSize: 2),
    Method(SSORPreconditioner<Matrix>()),
    Method(IncompleteCholeskyPreconditioner<Matrix>()),
    Method(ModifiedIncompleteCholeskyPreconditioner<Matrix>()),
    Method(ThresholdCholeskyPreconditioner<Matrix>()),
    Method(SparseInversePreconditioner<Matrix>()),
    Method(ChebyshevPreconditioner<Matrix>()),
    Method(SymmetricPolynomialPreconditioner<Matrix>()),
    Method(AggregationOfAnySize()),
  ]

  /// Smoothed aggregation with the constant of whatever matrix comes, and few unknowns on the coarsest level.
  struct AggregationOfAnySize: PreconditionerFactory {
    let name = "smoothed-aggregation"

    func prepare(_ a: Matrix, reusing previous: consuming AggregationHierarchy?) throws(SolveFailure)
      -> AggregationHierarchy
    {
      let constant = NearNullspace.translations(unknownCount: a.dimension)
      return try SmoothedAggregationPreconditioner(constant, coarsestSize: 20).prepare(a, reusing: nil)
    }
  }

  /// A matrix with a name, and the iterations that the diagonal alone needs.
  struct Sample: Sendable, CustomTestStringConvertible {
    let name: String
    let matrix: Matrix
    var testDescription: String { name }
  }

  static let samples: [Sample] = [
    Sample(name: "line", matrix: laplacian([90], shift: 0.01)),
    Sample(name: "plane", matrix: laplacian([24, 24])),
    Sample(name: "box", matrix: laplacian([8, 9, 10])),
    Sample(name: "badly scaled", matrix: laplacian([20, 20]) { $0 % 7 < 3 ? 1e-3 : 1e3 }),
    Sample(name: "large contrast", matrix: twoMaterials(20, contrast: 1e6)),
    Sample(name: "positive off-diagonals", matrix: coupledPairs(15)),
  ]

  @Test(arguments: methods, samples) func solves(method: Method, sample: Sample) throws {
    let a = sample.matrix
    guard a.dimension % method.blockSize == 0 else { return }
    var generator = SeededGenerator(seed: 7)
    let expected = generator.vector(count: a.dimension)
    let b = a.apply(expected)
    let prepared = try method.solver.prepare(a, reusing: nil)
    let (solutions, report) = try method.solver.solve(prepared, columns: [b], from: nil)
    #expect((b - a.apply(solutions[0])).norm <= 1.001e-9 * b.norm)
    #expect(report.notes.isEmpty, "\(report.notes)")
    #expect(try method.solver.solve(prepared, columns: [b], from: solutions).report.iterations == 0)
  }

  /// The map is the one that its dense matrix is: symmetric, positive definite, and close to the inverse where it should.
  @Test(arguments: methods, samples) func isSymmetricAndPositive(method: Method, sample: Sample) throws {
    guard sample.matrix.dimension % method.blockSize == 0 else { return }
    let preconditioner = try method.prepare(sample.matrix)
    for seed in 1...3 as ClosedRange<UInt64> {
      #expect(PreconditionerProbe.fault(of: preconditioner, dimension: sample.matrix.dimension, seed: seed) == nil)
    }
  }

  @Test(arguments: methods) func failsInWordsWhereTheMatrixIsBroken(method: Method) {
    var a = laplacian([6, 6])
    a.values[0] = -1
    #expect(throws: SolveFailure.self) { _ = try method.prepare(a) }
    a.values[0] = .nan
    #expect(throws: SolveFailure.self) { _ = try method.prepare(a) }
  }

  /// Iterations on one matrix, so that a change that weakens a method is seen.
  @Test func iterationsStayWhatTheyAre() throws {
    let a = laplacian([40, 40])
    var generator = SeededGenerator(seed: 3)
    let b = generator.vector(count: a.dimension)
    var iterations: [String: Int] = [:]
    for method in Self.methods {
      let report = try method.solver.solve(try method.solver.prepare(a, reusing: nil), columns: [b], from: nil).report
      iterations[method.name] = report.iterations
    }
    let plain = try #require(iterations["jacobi"])
    #expect(plain > 60)
    for (name, share) in [
      ("ssor", 0.6), ("incomplete-cholesky", 0.5), ("modified-incomplete-cholesky", 0.4), ("threshold-cholesky", 0.35),
      ("sparse-inverse", 0.8), ("chebyshev", 0.4), ("symmetric-polynomial", 1.05), ("smoothed-aggregation", 0.2),
      ("block-jacobi", 1.0),
    ] {
      let count = try #require(iterations[name])
      #expect(Double(count) <= share * Double(plain), "\(name): \(count) of \(plain)")
    }
  }
}

/// The 5-point Laplacian with conductivity 1 in one half and 1 / contrast in the other, held around.
func twoMaterials(_ n: Int, contrast: Double) -> SymmetricSparseMatrix {
  var a = laplacian([n, n])
  func weight(_ node: Int) -> Double { node % n < n / 2 ? 1 : 1 / contrast }
  var sums = [Double](repeating: 0, count: n * n)
  for j in 0..<n * n {
    for k in Int(a.pattern.columnStarts[j]) + 1..<Int(a.pattern.columnStarts[j + 1]) {
      let i = Int(a.pattern.rows[k])
      let w = 2 / (1 / weight(i) + 1 / weight(j))
      a.values[k] = -w
      sums[i] += w
      sums[j] += w
    }
  }
  for j in 0..<n * n {
    let isOnBoundary = j % n == 0 || j % n == n - 1 || j < n || j >= n * (n - 1)
    a.values[Int(a.pattern.columnStarts[j])] = sums[j] + (isOnBoundary ? weight(j) : 0)
  }
  return a
}

/// Two unknowns a node on an n x n grid, coupled within and between nodes with both signs: the spectrum of elasticity
/// in small.
func coupledPairs(_ n: Int) -> SymmetricSparseMatrix {
  let count = 2 * n * n
  var columns = [[(row: Int, value: Double)]](repeating: [], count: count)
  for node in 0..<n * n {
    columns[2 * node] += [(2 * node, 7.2), (2 * node + 1, 0.5)]
    columns[2 * node + 1] += [(2 * node + 1, 7.2)]
    for (other, isInside, sign) in [(node + 1, node % n < n - 1, 1.0), (node + n, node / n < n - 1, -1.0)]
    where isInside {
      columns[2 * node] += [(2 * other, sign > 0 ? -2.2 : -0.7), (2 * other + 1, 0.2 * sign)]
      columns[2 * node + 1] += [(2 * other, 0.2 * sign), (2 * other + 1, sign > 0 ? -0.7 : -2.2)]
    }
  }
  var starts: [Int32] = [0], rows: [Int32] = [], values: [Double] = []
  for column in columns {
    for entry in column.sorted(by: { $0.row < $1.row }) {
      rows.append(Int32(entry.row))
      values.append(entry.value)
    }
    starts.append(Int32(rows.count))
  }
  return SymmetricSparseMatrix(pattern: SparsePattern(columnStarts: starts, rows: rows), values: values)
}
