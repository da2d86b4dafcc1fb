import LinearSolvers
import Testing

@Suite struct IncompleteCholeskyTests {
  typealias Factory = IncompleteCholeskyPreconditioner<SymmetricSparseMatrix>

  private func apply(_ factor: IncompleteCholeskyFactor, _ r: DenseVector) -> DenseVector {
    DenseVector(count: r.count) { z in r.withUnsafeBufferPointer { factor.apply($0.baseAddress!, into: z.baseAddress!) }
    }
  }

  @Test func isExactWhereNothingFillsIn() throws {
    // A tridiagonal matrix has no fill: the incomplete factors are the factors, in single precision.
    let a = laplacian([60], shift: 0.3)
    var generator = SeededGenerator(seed: 1)
    let x = generator.vector(count: 60)
    let factor = try Factory().prepare(a, reusing: nil)
    #expect(factor.shift == 0)
    #expect((apply(factor, a.apply(x)) - x).largestMagnitude < 1e-5)
  }

  @Test func isSymmetric() throws {
    let factor = try Factory().prepare(laplacian([9, 8, 7]), reusing: nil)
    var generator = SeededGenerator(seed: 2)
    let x = generator.vector(count: 504), y = generator.vector(count: 504)
    let left = apply(factor, x).dot(y), right = x.dot(apply(factor, y))
    #expect(abs(left - right) < 1e-12 * max(1, abs(left)))
    #expect(apply(factor, x).dot(x) > 0)
  }

  @Test func needsFewerIterationsThanJacobi() throws {
    let a = laplacian([40, 40]) { $0 % 11 < 5 ? 1e-3 : 1 }
    var generator = SeededGenerator(seed: 3)
    let b = a.apply(generator.vector(count: a.dimension))
    let options = IterationOptions(relativeTolerance: 1e-10)
    let incomplete = ConjugateGradient(Factory(), options: options)
    let jacobi = ConjugateGradient(JacobiPreconditioner<SymmetricSparseMatrix>(), options: options)
    let one = try incomplete.solve(try incomplete.prepare(a, reusing: nil), columns: [b], from: nil)
    let two = try jacobi.solve(try jacobi.prepare(a, reusing: nil), columns: [b], from: nil)
    #expect(incomplete.name == "incomplete-cholesky-cg")
    #expect(one.report.iterations * 2 < two.report.iterations)
    #expect((b - a.apply(one.solutions[0])).norm <= 1e-10 * b.norm)
  }

  @Test func shiftsWhereItBreaksDown() throws {
    // Kershaw's matrix (1978): positive definite, yet its incomplete factors have a negative pivot.
    let rows: [[Double]] = [[3, -2, 0, 2], [-2, 3, -2, 0], [0, -2, 3, -2], [2, 0, -2, 3]]
    let pattern = SparsePattern(columnStarts: [0, 3, 5, 7, 8], rows: [0, 1, 3, 1, 2, 2, 3, 3])
    let values = (0..<4).flatMap { j in
      (Int(pattern.columnStarts[j])..<Int(pattern.columnStarts[j + 1])).map { rows[Int(pattern.rows[$0])][j] }
    }
    let a = SymmetricSparseMatrix(pattern: pattern, values: values)
    let factor = try Factory().prepare(a, reusing: nil)
    #expect(factor.shift > 0)
    let solver = ConjugateGradient(Factory(), options: IterationOptions(relativeTolerance: 1e-12))
    let x = DenseVector([1, -2, 3, 0.5])
    let solution = try solver.solve(try solver.prepare(a, reusing: nil), columns: [a.apply(x)], from: nil).solutions[0]
    #expect((solution - x).largestMagnitude < 1e-10)
  }

  @Test func refusesDiagonalsThatAreNotPositive() {
    var a = laplacian([5, 5])
    a.values[0] = -1
    #expect(throws: SolveFailure.self) { _ = try Factory().prepare(a, reusing: nil) }
    a.values[0] = .nan
    #expect(throws: SolveFailure.self) { _ = try Factory().prepare(a, reusing: nil) }
    var b = laplacian([5, 5])
    b.values[1] = .infinity
    #expect(throws: SolveFailure.self) { _ = try Factory().prepare(b, reusing: nil) }
  }
}
