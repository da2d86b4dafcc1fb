import LinearSolvers
import Testing

/// Cases in which a preconditioner is known in full.
@Suite struct PreconditionerIdentityTests {
  typealias Matrix = SymmetricSparseMatrix

  private func apply(_ preconditioner: some Preconditioner, _ r: DenseVector) -> DenseVector {
    DenseVector(count: r.count) { z in
      r.withUnsafeBufferPointer { preconditioner.apply($0.baseAddress!, into: z.baseAddress!) }
    }
  }

  private func diagonal(_ entries: [Double]) -> Matrix {
    Matrix(
      pattern: SparsePattern(
        columnStarts: (0...entries.count).map { Int32($0) }, rows: entries.indices.map { Int32($0) }),
      values: entries)
  }

  @Test func oneBlockIsTheInverse() throws {
    let a = laplacian([12], shift: 0.2)
    var generator = SeededGenerator(seed: 1)
    let x = generator.vector(count: 12)
    let blocks = try BlockJacobiPreconditioner<Matrix>(blockSize: 12).prepare(a, reusing: nil)
    #expect((apply(blocks, a.apply(x)) - x).largestMagnitude < 1e-12)
    #expect(throws: SolveFailure.self) { try BlockJacobiPreconditioner<Matrix>(blockSize: 5).prepare(a, reusing: nil) }
  }

  /// M = ω / (2 - ω) (D/ω + L) D⁻¹ (D/ω + Lᵀ), multiplied out for a 3 x 3 matrix.
  @Test func ssorIsItsFormula() throws {
    let a = laplacian([3], shift: 0.5)
    let omega = 1.3, d = 2.5, l = -1.0
    let lower = [[d / omega, 0, 0], [l, d / omega, 0], [0, l, d / omega]]
    let m = (0..<3).map { i in
      (0..<3).map { j in omega / (2 - omega) * (0..<3).reduce(0) { $0 + lower[i][$1] * lower[j][$1] / d } }
    }
    let z = DenseVector([1, -2, 0.5])
    let r = DenseVector((0..<3).map { i in (0..<3).reduce(0) { $0 + m[i][$1] * z[$1] } })
    let ssor = try SSORPreconditioner<Matrix>(relaxation: omega).prepare(a, reusing: nil)
    #expect((apply(ssor, r) - z).largestMagnitude < 1e-14)
  }

  @Test func keepingAllFillIsTheFactorization() throws {
    let a = laplacian([9, 8])
    var generator = SeededGenerator(seed: 2)
    let x = generator.vector(count: 72)
    let factor = try ThresholdCholeskyPreconditioner<Matrix>(threshold: 0, fill: 100).prepare(a, reusing: nil)
    #expect(factor.shift == 0 && factor.entryCount > a.pattern.entryCount)
    #expect((apply(factor, a.apply(x)) - x).largestMagnitude < 1e-4)
    let small = try ThresholdCholeskyPreconditioner<Matrix>(threshold: 1, fill: 1).prepare(a, reusing: nil)
    #expect(small.entryCount < a.pattern.entryCount)
  }

  /// What modified factors keep: M 1 = A 1.
  @Test func modifiedFactorsKeepRowSums() throws {
    let a = laplacian([10, 10], shift: 0.1)
    let ones = DenseVector(repeating: 1, count: 100)
    let modified = try ModifiedIncompleteCholeskyPreconditioner<Matrix>(compensation: 1).prepare(a, reusing: nil)
    let plain = try IncompleteCholeskyPreconditioner<Matrix>().prepare(a, reusing: nil)
    #expect((apply(modified, a.apply(ones)) - ones).largestMagnitude < 1e-5)
    #expect((apply(plain, a.apply(ones)) - ones).largestMagnitude > 1e-2)
  }

  /// On a full pattern Gᵀ G is the inverse.
  @Test func sparseInverseOfATwoByTwoMatrixIsExact() throws {
    let a = Matrix(pattern: SparsePattern(columnStarts: [0, 2, 3], rows: [0, 1, 1]), values: [4, 1, 3])
    let inverse = try SparseInversePreconditioner<Matrix>().prepare(a, reusing: nil)
    #expect(inverse.entryCount == 3)
    let x = DenseVector([1, -2])
    #expect((apply(inverse, a.apply(x)) - x).largestMagnitude < 1e-6)
  }

  /// The eigenvalue beside λ_j is the elementary symmetric polynomial of the others.
  @Test func symmetricPolynomialsLeaveOneEigenvalueOut() throws {
    // Scaled to a unit diagonal, [[1, c], [c, 1]] has the eigenvalues 1 ± c.
    let c = 0.5
    let a = Matrix(pattern: SparsePattern(columnStarts: [0, 2, 3, 4], rows: [0, 1, 1, 2]), values: [1, c, 1, 1])
    let (low, middle, high) = (1 - c, 1.0, 1 + c)
    for (degree, expected) in [
      (1, [high + middle, high + low, low + middle]), (2, [high * middle, high * low, low * middle]),
    ] {
      let p = try SymmetricPolynomialPreconditioner<Matrix>(degree: degree).prepare(a, reusing: nil)
      let lowest = apply(p, [1, -1, 0]), central = apply(p, [0, 0, 1]), highest = apply(p, [1, 1, 0])
      #expect(abs(central[2] / lowest[0] - expected[1] / expected[0]) < 1e-14)
      #expect(abs(highest[0] / lowest[0] - expected[2] / expected[0]) < 1e-14)
    }
  }

  /// A dense matrix near a multiple of v vᵀ, whose largest eigenvalue stands far apart.
  @Test func symmetricPolynomialsOfEveryDegreeArePositive() throws {
    let n = 60
    var starts: [Int32] = [0], rows: [Int32] = [], values: [Double] = []
    var generator = SeededGenerator(seed: 4)
    let v = generator.vector(count: n), w = generator.vector(count: n)
    for j in 0..<n {
      for i in j..<n {
        rows.append(Int32(i))
        values.append((i == j ? 1 + 0.5 * w[i] : 0) + 40 * v[i] * v[j])
      }
      starts.append(Int32(rows.count))
    }
    let a = Matrix(pattern: SparsePattern(columnStarts: starts, rows: rows), values: values)
    for degree in 1...4 {
      let p = try SymmetricPolynomialPreconditioner<Matrix>(degree: degree).prepare(a, reusing: nil)
      #expect(PreconditionerProbe.fault(of: p, dimension: n) == nil)
    }
  }

  @Test func chebyshevBoundsTheSpectrum() throws {
    // The Laplacian scaled to a unit diagonal ends at 1 + cos(π / (n + 1)).
    let bound = try SpectralBound.jacobiScaled(laplacian([50]))
    let exact = 1 + 0.998103
    #expect(bound >= exact - 1e-3 && bound < 1.3 * exact)
    #expect(abs(try SpectralBound.jacobiScaled(diagonal([3, 7, 11])) - 1) < 1e-12)
  }

  @Test func aggregationSolvesSmallMatricesDirectly() throws {
    let a = laplacian([9, 9])
    var generator = SeededGenerator(seed: 5)
    let x = generator.vector(count: 81)
    let hierarchy = try SmoothedAggregationPreconditioner<Matrix>(.translations(unknownCount: 81)).prepare(
      a, reusing: nil)
    #expect(hierarchy.levelSizes == [81])
    #expect((apply(hierarchy, a.apply(x)) - x).largestMagnitude < 1e-5)
  }

  /// Iterations hardly grow with the mesh, and the levels shrink fast.
  @Test func aggregationIsNearlyIndependentOfTheMesh() throws {
    var counts: [Int] = []
    for n in [20, 40, 80] {
      let a = laplacian([n, n])
      let factory = SmoothedAggregationPreconditioner<Matrix>(.translations(unknownCount: n * n), coarsestSize: 30)
      #expect(try factory.prepare(a, reusing: nil).operatorComplexity < 1.5)
      let solver = ConjugateGradient(factory, options: IterationOptions(relativeTolerance: 1e-8))
      let b = DenseVector(repeating: 1, count: n * n)
      counts.append(try solver.solve(try solver.prepare(a, reusing: nil), columns: [b], from: nil).report.iterations)
    }
    #expect(counts[2] <= counts[0] + 6 && counts[2] < 20, "\(counts)")
  }
}
