import LinearSolvers
import Testing

@Suite struct ReducedBasisTests {
  /// A plane of three parts, each with a conductivity of its own, and a shift.
  private static func family(_ n: Int) -> AffineFamily {
    let whole = laplacian([n, n])
    let pattern = whole.pattern
    func part(_ weight: (Int) -> Double) -> SymmetricSparseMatrix {
      var a = SymmetricSparseMatrix(pattern: pattern, values: [Double](repeating: 0, count: pattern.entryCount))
      for j in 0..<n * n {
        for k in Int(pattern.columnStarts[j])
          + 1..<max(Int(pattern.columnStarts[j]) + 1, Int(pattern.columnStarts[j + 1]))
        {
          let i = Int(pattern.rows[k])
          // A bond belongs to the part of its lower node: a sum of squares, so every part is semidefinite.
          let w = weight(j)
          a.values[k] -= w
          a.values[Int(pattern.columnStarts[i])] += w
          a.values[Int(pattern.columnStarts[j])] += w
        }
      }
      return a
    }
    var shift = part { _ in 0 }
    for j in 0..<n * n { shift.values[Int(pattern.columnStarts[j])] = 0.01 }
    return AffineFamily((0..<3).map { third in part { $0 / n * 3 / n == third ? 1 : 0 } } + [shift])
  }

  /// Conductivities at random, and one for the shift.
  private static func weights(_ generator: inout SeededGenerator) -> [Double] {
    (0..<4).map { q in q == 3 ? 1 : raised(generator.uniform()) }
  }

  /// From 0.1 to 10.
  private static func raised(_ x: Double) -> Double {
    var value = 0.1
    for _ in 0..<8 { value *= 1 + x * 0.7782794100389228 }
    return value
  }

  @Test func theErrorIsBelowItsBoundAndFallsFast() throws {
    let family = Self.family(18)
    var generator = SeededGenerator(seed: 4)
    // Not constant: a constant load has a constant solution, whatever the parts conduct.
    let load = DenseVector((0..<family.dimension).map { $0 < 60 ? 1 : $0 > 250 ? -0.5 : 0 })
    let training = (0..<60).map { _ in Self.weights(&generator) }
    let reduced = try ReducedBasis(family, load: load, training: training, relativeTolerance: 1e-4)
    #expect(reduced.basis.count < 34, "\(reduced.history)")
    #expect(try #require(reduced.history.last) <= 1e-4)
    let solver = CholeskySolver<SymmetricSparseMatrix>()
    // Weights that the basis was not made for.
    for _ in 0..<20 {
      let weights = Self.weights(&generator)
      let matrix = family.matrix(weights)
      let exact = try solver.solve(try solver.prepare(matrix, reusing: nil), columns: [load], from: nil).solutions[0]
      let answer = reduced.solve(weights)
      let error = exact - reduced.state(answer)
      let norm = max(error.dot(matrix.apply(error)), 0).squareRoot()
      #expect(norm <= answer.errorBound, "\(norm) \(answer.errorBound)")
      #expect(norm <= 1e-3 * answer.energyNorm)
      #expect(answer.errorBound < 200 * norm + 1e-6 * answer.energyNorm)
    }
  }

  @Test func aSolutionInTheBasisIsExact() throws {
    let family = Self.family(9)
    let load = DenseVector((0..<family.dimension).map { $0 < 20 ? 1 : 0 })
    let weights = [1.0, 2, 3, 1]
    let reduced = try ReducedBasis(family, load: load, training: [weights])
    #expect(reduced.basis.count == 1)
    let residual = load - family.matrix(weights).apply(reduced.state(reduced.solve(weights)))
    #expect(residual.norm < 1e-10 * load.norm)
  }
}
