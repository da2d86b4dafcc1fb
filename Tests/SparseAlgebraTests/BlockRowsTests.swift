import SparseAlgebra
import Testing

@Suite struct BlockRowsTests {
  /// A random pattern with its diagonal, and random entries.
  private func sample(_ n: Int, seed: UInt64) -> SymmetricSparseMatrix {
    var generator = SeededGenerator(seed: seed)
    var starts: [Int32] = [0], rows: [Int32] = []
    for j in 0..<n {
      rows.append(Int32(j))
      for i in j + 1..<max(j + 1, n) where generator.uniform() < 0.25 { rows.append(Int32(i)) }
      starts.append(Int32(rows.count))
    }
    let values = generator.vector(count: rows.count).elements
    return SymmetricSparseMatrix(pattern: SparsePattern(columnStarts: starts, rows: rows), values: values)
  }

  @Test(arguments: [1, 2, 3]) func holdsBothTriangles(blockSize: Int) {
    let a = sample(24, seed: 1)
    let full = BlockRows(a, blockSize: blockSize)
    var generator = SeededGenerator(seed: 2)
    let x = generator.vector(count: 24)
    #expect((full.apply(x) - a.apply(x)).largestMagnitude < 1e-14)
    #expect((full.transposed().apply(x) - a.apply(x)).largestMagnitude < 1e-14)
    for row in 0..<full.rowCount {
      let columns = full.columns[full.rowStarts[row]..<full.rowStarts[row + 1]]
      #expect(zip(columns, columns.dropFirst()).allSatisfy { $0 < $1 })
    }
  }

  /// (A P) x = A (P x) for blocks that are not square, and (Pᵀ A P) symmetric.
  @Test func multipliesBlocksOfAnyShape() {
    let a = BlockRows(sample(24, seed: 3), blockSize: 3)
    var generator = SeededGenerator(seed: 4)
    let p = BlockRows(
      rowBlock: 3, columnBlock: 6, columnCount: 3, rowStarts: [0, 1, 2, 3, 5, 6, 7, 8, 9],
      columns: [0, 0, 1, 0, 1, 1, 2, 2, 2], values: generator.vector(count: 9 * 18).elements)
    let product = a.times(p), coarse = p.transposed().times(product)
    #expect(zip(p.transposed().timesSymmetrically(product).values, coarse.values).allSatisfy { abs($0 - $1) < 1e-13 })
    #expect(p.transposed().timesSymmetrically(product).columns == coarse.columns)
    let x = generator.vector(count: 18), y = generator.vector(count: 18)
    #expect((product.apply(x) - a.apply(p.apply(x))).largestMagnitude < 1e-13)
    #expect(abs(y.dot(coarse.apply(x)) - p.apply(y).dot(a.apply(p.apply(x)))) < 1e-12)
    #expect(abs(y.dot(coarse.apply(x)) - x.dot(coarse.apply(y))) < 1e-12)
  }
}
