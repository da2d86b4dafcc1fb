import Backsolve
import TestSupport
import Testing

/// Solver steps as functions, and a diagonal that keeps row sums.
extension GradientTable {
  private static let plane: SymmetricSparseMatrix = {
    var starts: [Int32] = [0], rows: [Int32] = [], values: [Double] = []
    let side = 5
    for node in 0..<side * side {
      for (other, value) in [(node, 4.2), (node + 1, -1), (node + side, -1.1)]
      where other == node || (other == node + 1 && other % side > 0) || (other == node + side && other < side * side) {
        rows.append(Int32(other))
        values.append(value)
      }
      starts.append(Int32(rows.count))
    }
    return SymmetricSparseMatrix(pattern: SparsePattern(columnStarts: starts, rows: rows), values: values)
  }()

  private static func scaled(_ diagonal: DenseVector) -> (DenseVector) -> DenseVector {
    { r in DenseVector((0..<r.count).map { r[$0] / diagonal[$0] }) }
  }

  /// Where four relaxed Jacobi iterations end, of their start.
  private static func relaxation(_ name: String, isBounded: Bool) -> GradientCase {
    var generator = SeededGenerator(seed: 13)
    let load = generator.vector(count: plane.dimension)
    let start = generator.vector(count: plane.dimension, in: -0.5...1)
    @Sendable func run(_ start: DenseVector) -> UnrolledRelaxation<SymmetricSparseMatrix> {
      UnrolledRelaxation(
        plane, load: load, from: start, iterations: 4, weight: 0.6, diagonal: plane.diagonal(), isBounded: isBounded)
    }
    return GradientCase(
      "relaxed Jacobi iterations, unrolled: \(name)", at: start, firstStep: 1e-3,
      image: {
        // The residual is linear in the end, and bends the image.
        let path = run($0)
        return path.end.multipliedEntrywise(by: path.end)
      },
      pullback: { seed, point in
        guard !seed.isEmpty else { return .zero }
        let path = run(point)
        return path.pullback(path.end.multipliedEntrywise(by: seed).scaled(by: 2))
      })
  }

  /// Where two steps of Newton's method for A x + x³ = b end, of their start.
  private static let newton: GradientCase = {
    var generator = SeededGenerator(seed: 14)
    let load = generator.vector(count: plane.dimension, in: 5...9)
    let start = generator.vector(count: plane.dimension, in: 0...1)
    let equations = UnrolledNewton.Equations(
      residual: { x in
        let cubes = DenseVector(x.elements.map { $0 * $0 * $0 })
        return plane.apply(x) + cubes - load
      },
      factored: { x in
        var values = plane.values
        for i in 0..<x.count { values[Int(plane.pattern.columnStarts[i])] += 3 * x[i] * x[i] }
        let solver = CholeskySolver<SymmetricSparseMatrix>()
        let jacobian = SymmetricSparseMatrix(pattern: plane.pattern, values: values)
        guard let prepared = try? solver.prepare(jacobian, reusing: nil) else { return nil }
        let solve: (DenseVector) -> DenseVector? = {
          try? solver.solve(prepared, columns: [$0], from: nil).solutions[0]
        }
        return UnrolledNewton.Equations.Factored(solve: solve, solveTransposed: solve)
      },
      curvature: { x, y, d in
        DenseVector((0..<x.count).map { 6 * x[$0] * y[$0] * d[$0] })
      })
    return GradientCase(
      "Newton's method, unrolled: of the start", at: start,
      image: { UnrolledNewton(equations, from: $0, steps: 2).end },
      pullback: { seed, point in
        if seed.isEmpty { return .zero }
        return try #require(UnrolledNewton(equations, from: point, steps: 2).pullback(seed))
      })
  }()

  /// By how much four iterations reduce the energy: of the first residual, and of a diagonal preconditioner.
  static let unrolledSolvers: [GradientCase] = {
    var generator = SeededGenerator(seed: 12)
    let n = plane.dimension
    let residual = generator.vector(count: n)
    let diagonal = generator.vector(count: n, in: 2...6)
    @Sendable func run(_ residual: DenseVector, _ diagonal: DenseVector)
      -> UnrolledConjugateGradient<SymmetricSparseMatrix>
    { UnrolledConjugateGradient(plane, residual: residual, iterations: 4, preconditioner: scaled(diagonal)) }
    let pattern = plane.pattern
    let lower = generator.vector(count: pattern.entryCount, in: -0.4 ... -0.1)
    let weights = generator.vector(count: n, in: 1...2).elements
    let target = generator.vector(count: n, in: 1...2)
    @Sendable func kept(_ point: DenseVector) -> (KeptImageDiagonal, [Double]) {
      let entries = Array(point.elements.prefix(pattern.entryCount))
      return (
        KeptImageDiagonal(
          pattern, lower: entries, weights: weights, target: Array(point.elements.suffix(n)),
          keeping: [Double](repeating: 0.1, count: n)), entries
      )
    }
    return [
      GradientCase(
        "conjugate gradients, unrolled: of the start", at: residual, value: { run($0, diagonal).gain },
        gradient: { run($0, diagonal).pullback(1) }),
      GradientCase(
        "conjugate gradients, unrolled: of the preconditioner", at: diagonal, value: { run(residual, $0).gain },
        gradient: { point in
          var gradient = DenseVector(zeros: n)
          _ = run(residual, point).pullback(1) { z, y in for i in 0..<n { gradient[i] -= y[i] * z[i] } }
          return gradient
        }),
      relaxation("free", isBounded: false),
      relaxation("cut at zero", isBounded: true),
      newton,
      GradientCase(
        "diagonal that keeps an image", at: DenseVector(lower.elements + target.elements), firstStep: 1e-3,
        image: { DenseVector(kept($0).0.diagonal) },
        pullback: { seed, point in
          guard !seed.isEmpty else { return .zero }
          let (found, entries) = kept(point)
          #expect(found.refused == 0)
          var ofEntries = [Double](repeating: 0, count: pattern.entryCount)
          let ofTarget = found.pullback(seed.elements, lower: entries, addingTo: &ofEntries)
          return DenseVector(ofEntries + ofTarget)
        }),
    ]
  }()

  @Test(arguments: unrolledSolvers) func unrolledSolvers(row: GradientCase) throws { try row.check() }
}
