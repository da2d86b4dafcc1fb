/// The distinct cell matrices of an assembly: one for all cells of a grid, one a cell on a mesh.
///
/// Kept as dense blocks of `components` x `components`, column by column, block (p, q) of a matrix at p * nodes + q: a
/// gather reads whole blocks.
public struct CellMatrices: Sendable {
  public let components: Int
  /// First block of each matrix, and the number of blocks at the end. `[count + 1]`
  public let blockStarts: [Int]
  /// `[blockCount, components, components]`, column-major within a block.
  public let blocks: [Double]

  public var count: Int { blockStarts.count - 1 }

  /// - Parameters:
  ///   - components: unknowns per node.
  ///   - matrices: symmetric, of (nodes * components) squared entries; unknown `component` of local node p is
  ///     p * components + component.
  public init(components: Int, rowMajor matrices: [[Double]]) {
    let nodeCounts = matrices.map { Int(Double($0.count).squareRoot().rounded()) / components }
    for (matrix, nodes) in zip(matrices, nodeCounts) {
      let n = nodes * components
      precondition(matrix.count == n * n, "a cell matrix of \(matrix.count) entries has no \(components)-blocks")
    }
    self.init(components: components, nodeCounts: nodeCounts) { index, matrix in
      for (k, value) in matrices[index].enumerated() { matrix[k] = value }
    }
  }

  /// Matrices computed in parallel: `compute` gets the index of a matrix and writes its row-major entries.
  public init(
    components d: Int, nodeCounts: [Int], computedBy compute: @Sendable (Int, UnsafeMutablePointer<Double>) -> Void
  ) {
    var starts = [0]
    starts.reserveCapacity(nodeCounts.count + 1)
    for nodes in nodeCounts { starts.append(starts[starts.count - 1] + nodes * nodes) }
    let blockCount = starts[starts.count - 1]
    precondition(blockCount < Int(Int32.max), "\(blockCount) blocks of cell matrices are too many")
    let largest = (nodeCounts.max() ?? 0) * d
    components = d
    blockStarts = starts
    let firsts = starts
    blocks = [Double](unsafeUninitializedCapacity: blockCount * d * d) { buffer, initialized in
      if blockCount == 0 { return }
      let shared = UncheckedShared(buffer.baseAddress!)
      concurrentlyForEach(count: nodeCounts.count, block: 256) { range in
        withUnsafeTemporaryAllocation(of: Double.self, capacity: largest * largest) { scratch in
          let matrix = scratch.baseAddress!
          for index in range {
            let nodes = nodeCounts[index]
            let n = nodes * d
            matrix.update(repeating: 0, count: n * n)
            compute(index, matrix)
            var block = shared.value + firsts[index] * d * d
            for p in 0..<nodes {
              for q in 0..<nodes {
                for c in 0..<d {
                  for r in 0..<d { block[c * d + r] = matrix[(p * d + r) * n + q * d + c] }
                }
                block += d * d
              }
            }
          }
        }
      }
      initialized = blockCount * d * d
    }
  }
}
