import LinearSolvers
import Testing

/// The 5-point (or 7-point) Laplacian of a box of unknowns with fixed values around it, as a cellwise assembly of
/// two-node bars and grounded ends would make it.
func laplacian(_ extents: [Int], shift: Double = 0, scale: (Int) -> Double = { _ in 1 }) -> SymmetricSparseMatrix {
  let n = extents.reduce(1, *)
  var starts: [Int32] = [0]
  var rows: [Int32] = []
  var values: [Double] = []
  for j in 0..<n {
    rows.append(Int32(j))
    values.append((2 * Double(extents.count) + shift) * scale(j) * scale(j))
    var rest = j, stride = 1
    for extent in extents {
      if rest % extent + 1 < extent {
        rows.append(Int32(j + stride))
        values.append(-scale(j) * scale(j + stride))
      }
      rest /= extent
      stride *= extent
    }
    starts.append(Int32(rows.count))
  }
  return SymmetricSparseMatrix(pattern: SparsePattern(columnStarts: starts, rows: rows), values: values)
}

@Suite struct CholeskySolverTests {
  let solver = CholeskySolver<SymmetricSparseMatrix>()

  @Test(arguments: [FillReducingOrdering.automatic, .minimumDegree, .nestedDissection])
  func solvesAllColumnsAtOnce(ordering: FillReducingOrdering) throws {
    let solver = CholeskySolver<SymmetricSparseMatrix>(ordering: ordering)
    let a = laplacian([11, 9, 7])
    var generator = SeededGenerator(seed: 1)
    let expected = (0..<3).map { _ in generator.vector(count: a.dimension) }
    let prepared = try solver.prepare(a, reusing: nil)
    let (solutions, report) = try solver.solve(prepared, columns: expected.map { a.apply($0) }, from: nil)
    for (x, y) in zip(solutions, expected) { #expect((x - y).largestMagnitude < 1e-12) }
    #expect(report.relativeResidual < 1e-13)
    #expect(report.solver == "cholmod")
  }

  @Test func analysisIsReusedAndOlderPreparationsStayValid() throws {
    let first = laplacian([20, 20])
    let second = SymmetricSparseMatrix(pattern: first.pattern, values: first.values.map { 3 * $0 })
    let b = DenseVector(repeating: 1, count: first.dimension)
    let one = try solver.prepare(first, reusing: nil)
    let x = try solver.solve(one, columns: [b], from: nil).solutions[0]
    let two = try solver.prepare(second, reusing: one)
    let y = try solver.solve(two, columns: [b], from: nil).solutions[0]
    #expect((x - y.scaled(by: 3)).largestMagnitude < 1e-12)
    // A pullback of the first linearization may come after the second preparation.
    #expect(try solver.solve(one, columns: [b], from: nil).solutions[0] == x)
    #expect(try solver.solve(two, columns: [b], from: nil).solutions[0] == y)
    // Another pattern is analysed anew.
    let other = laplacian([5, 5])
    let three = try solver.prepare(other, reusing: two)
    #expect(try solver.solve(three, columns: [DenseVector(zeros: 25)], from: nil).solutions[0].largestMagnitude == 0)
  }

  @Test(arguments: [[8, 8], [14, 14, 14]]) func indefiniteMatricesFailInWords(extents: [Int]) {
    let a = laplacian(extents, shift: -3)
    #expect {
      _ = try solver.prepare(a, reusing: nil)
    } throws: { error in
      guard let failure = error as? SolveFailure else { return false }
      return failure.kind == .singular && failure.message.contains("not positive definite")
    }
  }

  @Test func notANumberFails() throws {
    var a = laplacian([6, 6])
    a.values[3] = .nan
    let b = DenseVector(repeating: 1, count: 36)
    #expect(throws: SolveFailure.self) {
      _ = try solver.solve(try solver.prepare(a, reusing: nil), columns: [b], from: nil)
    }
    let good = try solver.prepare(laplacian([6, 6]), reusing: nil)
    #expect(throws: SolveFailure.self) {
      _ = try solver.solve(good, columns: [DenseVector(repeating: .nan, count: 36)], from: nil)
    }
  }

  @Test func badlyScaledMatricesKeepASmallResidual() throws {
    let a = laplacian([30, 30]) { $0 % 7 < 3 ? 1e-3 : 1e3 }
    var generator = SeededGenerator(seed: 5)
    let b = a.apply(generator.vector(count: a.dimension))
    let report = try solver.solve(try solver.prepare(a, reusing: nil), columns: [b], from: nil).report
    #expect(report.relativeResidual < 1e-12)
  }
}
