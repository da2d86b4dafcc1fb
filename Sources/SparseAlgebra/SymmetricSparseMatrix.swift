/// A symmetric matrix stored as the lower triangle of a shared pattern.
///
/// Half the entries of a full matrix are read per product, and each is used twice. The triangle scatters into rows
/// below the diagonal, so a product is cut into at most four fixed runs of columns with rows of their own, summed in
/// order: the same bits for any number of threads.
public struct SymmetricSparseMatrix: LinearOperator {
  public let pattern: SparsePattern
  /// Entries in the order of the pattern. `[pattern.entryCount]`
  public var values: [Double]

  public init(pattern: SparsePattern, values: [Double]) {
    precondition(values.count == pattern.entryCount, "\(values.count) values for \(pattern.entryCount) entries")
    self.pattern = pattern
    self.values = values
  }

  public var dimension: Int { pattern.dimension }
  /// Every entry below the diagonal is used twice.
  public var multiplyAdds: Double { Double(2 * pattern.entryCount - dimension) }

  public func diagonal() -> DenseVector {
    DenseVector((0..<dimension).map { values[Int(pattern.columnStarts[$0])] })
  }

  public func apply(_ x: UnsafePointer<Double>, into y: UnsafeMutablePointer<Double>) {
    let pieces = pattern.pieces
    let scratch = pattern.scratch.take(count: pieces.offsets[pieces.columns.count])
    defer { pattern.scratch.give(back: scratch) }
    values.withUnsafeBufferPointer { values in
      pattern.rows.withUnsafeBufferPointer { rows in
        pattern.columnStarts.withUnsafeBufferPointer { starts in
          let shared = UncheckedShared(
            (
              values: values.baseAddress!, rows: rows.baseAddress!, starts: starts.baseAddress!, x: x,
              own: scratch.memory
            ))
          concurrentlyForEach(piece: pieces.columns.count) { piece in
            let a = shared.value
            let columns = pieces.columns[piece]
            if columns.isEmpty { return }
            let own = a.own + pieces.offsets[piece]
            own.update(repeating: 0, count: pieces.rowEnds[piece] - columns.lowerBound)
            multiplyLowerColumns(columns, a.starts, a.rows, a.values, a.x, own - columns.lowerBound)
          }
        }
      }
    }
    let shared = UncheckedShared((y: y, own: scratch.memory))
    concurrentlyForEach(count: dimension) { range in
      let y = shared.value.y
      (y + range.lowerBound).update(repeating: 0, count: range.count)
      for piece in pieces.columns.indices {
        let first = max(range.lowerBound, pieces.columns[piece].lowerBound)
        let end = min(range.upperBound, pieces.rowEnds[piece])
        if first >= end { continue }
        let own = shared.value.own + pieces.offsets[piece] - pieces.columns[piece].lowerBound
        for i in first..<end { y[i] += own[i] }
      }
    }
  }
}

/// y += A x over some columns of a lower triangle and their mirror images.
private func multiplyLowerColumns(
  _ columns: Range<Int>, _ starts: UnsafePointer<Int32>, _ rows: UnsafePointer<Int32>,
  _ values: UnsafePointer<Double>, _ x: UnsafePointer<Double>, _ y: UnsafeMutablePointer<Double>
) {
  var k = Int(starts[columns.lowerBound])
  var j = columns.lowerBound
  while j < columns.upperBound {
    let end = Int(starts[j &+ 1])
    let xj = x[j]
    var first = values[k] * xj
    var second = 0.0
    k &+= 1
    while k &+ 1 < end {
      let i0 = Int(rows[k]), i1 = Int(rows[k &+ 1])
      let a0 = values[k], a1 = values[k &+ 1]
      y[i0] += a0 * xj
      y[i1] += a1 * xj
      first += a0 * x[i0]
      second += a1 * x[i1]
      k &+= 2
    }
    if k < end {
      let i = Int(rows[k])
      y[i] += values[k] * xj
      first += values[k] * x[i]
      k &+= 1
    }
    y[j] += first + second
    j &+= 1
  }
}
