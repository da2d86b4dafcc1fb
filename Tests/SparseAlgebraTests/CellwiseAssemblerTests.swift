import SparseAlgebra
import Testing

/// Rows of a dense matrix from an operator, column by column.
func dense(_ a: some LinearOperator) -> [[Double]] {
  (0..<a.dimension).map { j in
    var unit = DenseVector(zeros: a.dimension)
    unit[j] = 1
    return a.apply(unit).elements
  }
}

/// Cells of two and three nodes on a line, with random symmetric matrices.
private func sample(components d: Int, generator: inout SeededGenerator) -> (CellConnectivity, [[Double]]) {
  let cells: [[Int32]] = [[0, 3], [3, 1, 4], [4, 0], [2, 1, 0], [2, 4], [5, 2]]
  let connectivity = CellConnectivity(
    nodeCount: 7, starts: cells.reduce(into: [0]) { $0.append($0.last! + Int32($1.count)) }, nodes: cells.flatMap { $0 }
  )
  let matrices = cells.map { cell in
    let n = cell.count * d
    var matrix = generator.vector(count: n * n).elements
    for i in 0..<n {
      for j in 0..<i { matrix[i * n + j] = matrix[j * n + i] }
    }
    return matrix
  }
  return (connectivity, matrices)
}

@Suite struct CellwiseAssemblerTests {
  @Test(arguments: [1, 2, 3, 4]) func matchesTheDenseSum(components d: Int) {
    var generator = SeededGenerator(seed: 7)
    let (connectivity, matrices) = sample(components: d, generator: &generator)
    let n = connectivity.nodeCount * d
    let c = generator.vector(count: connectivity.cellCount)
    var expected = [[Double]](repeating: [Double](repeating: 0, count: n), count: n)
    for (e, matrix) in matrices.enumerated() {
      let unknowns = connectivity.nodes(ofCell: e).flatMap { node in (0..<d).map { Int(node) * d + $0 } }
      for (i, row) in unknowns.enumerated() {
        for (j, column) in unknowns.enumerated() { expected[row][column] += c[e] * matrix[i * unknowns.count + j] }
      }
    }
    let assembler = CellwiseAssembler(
      connectivity: connectivity, matrices: CellMatrices(components: d, rowMajor: matrices))
    let actual = dense(assembler.assemble(coefficients: c))
    for i in 0..<n {
      for j in 0..<n { #expect(abs(actual[i][j] - expected[i][j]) < 1e-14) }
    }

    // Constrained unknowns become identity rows and columns, and a refill gives the same bits as a first fill.
    var mask = [Bool](repeating: false, count: n)
    mask[1] = true
    mask[n - 1] = true
    mask[2 * d] = true
    var matrix = assembler.assemble(coefficients: generator.vector(count: c.count))
    assembler.refill(&matrix, coefficients: c, constrained: mask)
    let constrained = dense(matrix)
    for i in 0..<n {
      for j in 0..<n {
        let value = mask[i] || mask[j] ? (i == j ? 1 : 0) : expected[i][j]
        #expect(abs(constrained[i][j] - value) < 1e-14)
      }
    }
    #expect(matrix.values == assembler.assemble(coefficients: c, constrained: mask).values)
    #expect(matrix.diagonal().elements == (0..<n).map { constrained[$0][$0] })
  }

  @Test func cellsMayShareMatrices() {
    var generator = SeededGenerator(seed: 8)
    let (connectivity, matrices) = sample(components: 2, generator: &generator)
    let kinds: [Int32] = [0, 1, 0, 1, 0, 0]
    let shared = CellMatrices(components: 2, rowMajor: [matrices[0], matrices[1]])
    let own = CellMatrices(components: 2, rowMajor: kinds.map { matrices[Int($0)] })
    let c = generator.vector(count: kinds.count)
    let a = CellwiseAssembler(connectivity: connectivity, matrices: shared, matrixOfCell: kinds)
    let b = CellwiseAssembler(connectivity: connectivity, matrices: own)
    #expect(a.assemble(coefficients: c).values == b.assemble(coefficients: c).values)
  }
}

@Suite(.serialized) struct SymmetricSparseMatrixTests {
  /// A banded matrix with far couplings, large enough to be cut into pieces.
  private func sampleMatrix() -> SymmetricSparseMatrix {
    let n = 40_000
    var starts: [Int32] = [0]
    var rows: [Int32] = []
    for j in 0..<n {
      for offset in [0, 1, 2, 200, 201, 15_000] where j + offset < n { rows.append(Int32(j + offset)) }
      starts.append(Int32(rows.count))
    }
    var generator = SeededGenerator(seed: 3)
    return SymmetricSparseMatrix(
      pattern: SparsePattern(columnStarts: starts, rows: rows), values: generator.vector(count: rows.count).elements)
  }

  @Test func productMatchesADirectSumAndIsTheSameForAnyThreadCount() {
    let a = sampleMatrix()
    var generator = SeededGenerator(seed: 4)
    let x = generator.vector(count: a.dimension)
    var expected = DenseVector(zeros: a.dimension)
    for j in 0..<a.dimension {
      for k in Int(a.pattern.columnStarts[j])..<Int(a.pattern.columnStarts[j + 1]) {
        let i = Int(a.pattern.rows[k])
        expected[i] += a.values[k] * x[j]
        if i != j { expected[j] += a.values[k] * x[i] }
      }
    }
    let y = a.apply(x)
    #expect((y - expected).largestMagnitude < 1e-14)
    Threads.limit(to: 1)
    let single = a.apply(x)
    Threads.limit(to: 3)
    let triple = a.apply(x)
    Threads.limit(to: 2)
    #expect(single == triple)
    #expect(single == y)
  }
}
