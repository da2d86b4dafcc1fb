/// A level of a hierarchy: its smoother, and the prolongation from the next coarser level, in single precision.
final class AggregationLevel {
  let smoother: BlockGaussSeidel
  private let fineBlock: Int
  private let coarseBlock: Int
  private let rowStarts: [Int]
  private let columns: [Int32]
  /// Row-major blocks of the prolongation.
  private let values: [Float]
  private let coarseCount: Int
  /// Right side, iterate and residual of this level.
  let right: UnsafeMutableBufferPointer<Float>
  let iterate: UnsafeMutableBufferPointer<Float>
  let residual: UnsafeMutableBufferPointer<Float>

  init(_ matrix: BlockRows, prolongation: BlockRows) throws(SolveFailure) {
    smoother = try BlockGaussSeidel(matrix)
    fineBlock = prolongation.rowBlock
    coarseBlock = prolongation.columnBlock
    rowStarts = prolongation.rowStarts
    columns = prolongation.columns
    values = prolongation.values.map { Float($0) }
    coarseCount = prolongation.columnCount * prolongation.columnBlock
    let count = matrix.rowCount * matrix.rowBlock
    right = .allocate(capacity: count)
    iterate = .allocate(capacity: count)
    residual = .allocate(capacity: count)
  }

  /// Of the sweeps, the residual and the transfers of one cycle.
  var multiplyAdds: Double { smoother.multiplyAdds + 2 * Double(values.count) }

  deinit {
    right.deallocate()
    iterate.deallocate()
    residual.deallocate()
  }

  /// coarse = Pᵀ residual.
  func restrict(into coarse: UnsafeMutablePointer<Float>) {
    coarse.update(repeating: 0, count: coarseCount)
    let b = fineBlock, m = coarseBlock, fine = residual.baseAddress!
    withPointers { starts, columns, values in
      for row in 0..<rowStarts.count - 1 {
        var k = starts[row]
        let end = starts[row &+ 1]
        while k < end {
          let target = coarse + Int(columns[k]) &* m
          for i in 0..<b {
            let value = fine[row &* b &+ i]
            let source = values + (k &* b &+ i) &* m
            for j in 0..<m { target[j] += source[j] * value }
          }
          k &+= 1
        }
      }
    }
  }

  /// iterate += P coarse.
  func prolong(_ coarse: UnsafePointer<Float>) {
    let b = fineBlock, m = coarseBlock, fine = iterate.baseAddress!
    withPointers { starts, columns, values in
      for row in 0..<rowStarts.count - 1 {
        var k = starts[row]
        let end = starts[row &+ 1]
        while k < end {
          let source = coarse + Int(columns[k]) &* m
          for i in 0..<b {
            var sum: Float = 0
            let weights = values + (k &* b &+ i) &* m
            for j in 0..<m { sum += weights[j] * source[j] }
            fine[row &* b &+ i] += sum
          }
          k &+= 1
        }
      }
    }
  }

  private func withPointers(
    _ body: (UnsafePointer<Int>, UnsafePointer<Int32>, UnsafePointer<Float>) -> Void
  ) {
    rowStarts.withUnsafeBufferPointer { starts in
      columns.withUnsafeBufferPointer { columns in
        values.withUnsafeBufferPointer { values in
          guard let columns = columns.baseAddress, let values = values.baseAddress else { return }
          body(starts.baseAddress!, columns, values)
        }
      }
    }
  }
}
