extension BlockRows {
  /// The product of two matrices whose inner blocks agree (Gustavson 1978), rows in parallel.
  public func times(_ other: BlockRows) -> BlockRows { product(other, isUpperOnly: false) }

  /// The same where the product is known to be symmetric, such as Pᵀ (A P): half of it is computed.
  public func timesSymmetrically(_ other: BlockRows) -> BlockRows { product(other, isUpperOnly: true).mirrored() }

  /// Multiply-adds of `times(other)`.
  public func multiplyAdds(times other: BlockRows) -> Double {
    var blocks = 0
    for column in columns { blocks += other.rowStarts[Int(column) + 1] - other.rowStarts[Int(column)] }
    return Double(blocks) * Double(blockSize * other.columnBlock)
  }

  /// An upper triangle with its mirror image below.
  private func mirrored() -> BlockRows {
    var starts = [Int](repeating: 0, count: rowCount + 1)
    for row in 0..<rowCount {
      starts[row + 1] += rowStarts[row + 1] - rowStarts[row]
      for k in rowStarts[row]..<rowStarts[row + 1] where Int(columns[k]) != row { starts[Int(columns[k]) + 1] += 1 }
    }
    for row in 0..<rowCount { starts[row + 1] += starts[row] }
    var next = starts
    var full = [Int32](repeating: 0, count: starts[rowCount])
    var entries = [Double](repeating: 0, count: starts[rowCount] * blockSize)
    // Rows come in order, so what a row gets from above stands before its own blocks.
    for row in 0..<rowCount {
      for k in rowStarts[row]..<rowStarts[row + 1] {
        let column = Int(columns[k]), place = next[row]
        next[row] += 1
        full[place] = columns[k]
        for p in 0..<blockSize { entries[place * blockSize + p] = values[k * blockSize + p] }
        if column == row { continue }
        let mirror = next[column]
        next[column] += 1
        full[mirror] = Int32(row)
        for i in 0..<rowBlock {
          for j in 0..<columnBlock {
            entries[mirror * blockSize + j * rowBlock + i] = values[k * blockSize + i * columnBlock + j]
          }
        }
      }
    }
    return BlockRows(
      rowBlock: rowBlock, columnBlock: columnBlock, columnCount: columnCount, rowStarts: starts, columns: full,
      values: entries)
  }

  private func product(_ other: BlockRows, isUpperOnly: Bool) -> BlockRows {
    precondition(
      columnCount == other.rowCount && columnBlock == other.rowBlock, "the inner blocks of a product do not agree")
    let pieceRows = max(256, (rowCount + 63) / 64)
    let pieceCount = (rowCount + pieceRows - 1) / pieceRows
    var pieces = [ProductPiece?](repeating: nil, count: pieceCount)
    pieces.withUnsafeMutableBufferPointer { pieces in
      let shared = UncheckedShared(pieces)
      concurrentlyForEach(piece: pieceCount) { piece in
        let rows = piece * pieceRows..<min((piece + 1) * pieceRows, rowCount)
        shared.value[piece] = ProductPiece(self, other, rows: rows, isUpperOnly: isUpperOnly)
      }
    }
    var starts = [0]
    starts.reserveCapacity(rowCount + 1)
    var columns: [Int32] = []
    var values: [Double] = []
    columns.reserveCapacity(pieces.reduce(0) { $0 + ($1?.columns.count ?? 0) })
    values.reserveCapacity(columns.capacity * rowBlock * other.columnBlock)
    for index in pieces.indices {
      guard let piece = pieces[index] else { continue }
      for count in piece.counts { starts.append(starts[starts.count - 1] + count) }
      columns += piece.columns
      values += piece.values
      pieces[index] = nil
    }
    return BlockRows(
      rowBlock: rowBlock, columnBlock: other.columnBlock, columnCount: other.columnCount, rowStarts: starts,
      columns: columns, values: values)
  }
}

/// Some rows of a product.
private struct ProductPiece: Sendable {
  var counts: [Int] = []
  var columns: [Int32] = []
  var values: [Double] = []

  init(_ a: BlockRows, _ b: BlockRows, rows: Range<Int>, isUpperOnly: Bool) {
    let size = a.rowBlock * b.columnBlock
    counts.reserveCapacity(rows.count)
    // The place of each column among those found in the row at hand, or -1.
    var places = [Int32](repeating: -1, count: b.columnCount)
    var capacity = 0
    for row in rows { capacity = max(capacity, Self.mostColumns(a, b, row: row)) }
    let found = UnsafeMutableBufferPointer<Int32>.allocate(capacity: capacity)
    let sums = UnsafeMutablePointer<Double>.allocate(capacity: max(1, capacity * size))
    defer {
      found.deallocate()
      sums.deallocate()
    }
    places.withUnsafeMutableBufferPointer { places in
      for row in rows {
        let count = Self.gather(a, b, row, isUpperOnly ? row : 0, places.baseAddress!, found, sums)
        var ascending = UnsafeMutableBufferPointer(rebasing: found[..<count])
        ascending.sort()
        counts.append(count)
        columns.append(contentsOf: ascending)
        for column in ascending {
          let block = sums + Int(places[Int(column)]) &* size
          values.append(contentsOf: UnsafeBufferPointer(start: block, count: size))
          places[Int(column)] = -1
        }
      }
    }
  }

  private static func mostColumns(_ a: BlockRows, _ b: BlockRows, row: Int) -> Int {
    var sum = 0
    for k in a.rowStarts[row]..<a.rowStarts[row + 1] {
      let inner = Int(a.columns[k])
      sum += b.rowStarts[inner + 1] - b.rowStarts[inner]
    }
    return min(sum, b.columnCount)
  }

  /// Sums a row, from some column on, in the order in which its columns are found; returns how many there are.
  private static func gather(
    _ a: BlockRows, _ b: BlockRows, _ row: Int, _ firstColumn: Int, _ places: UnsafeMutablePointer<Int32>,
    _ found: UnsafeMutableBufferPointer<Int32>, _ sums: UnsafeMutablePointer<Double>
  ) -> Int {
    let size = a.rowBlock * b.columnBlock
    let isScalar = size == 1 && a.columnBlock == 1
    var count = 0
    a.values.withUnsafeBufferPointer { left in
      b.values.withUnsafeBufferPointer { right in
        b.columns.withUnsafeBufferPointer { columns in
          for k in a.rowStarts[row]..<a.rowStarts[row + 1] {
            let inner = Int(a.columns[k])
            let mine = left.baseAddress! + k &* a.blockSize
            var l = b.rowStarts[inner]
            let end = b.rowStarts[inner + 1]
            while l < end {
              let column = Int(columns[l])
              if column < firstColumn {
                l &+= 1
                continue
              }
              var place = Int(places[column])
              if place < 0 {
                place = count
                places[column] = Int32(truncatingIfNeeded: count)
                found[count] = columns[l]
                (sums + count &* size).update(repeating: 0, count: size)
                count &+= 1
              }
              if isScalar {
                sums[place] += mine[0] * right[l]
              } else {
                addProduct(
                  mine, right.baseAddress! + l &* b.blockSize, to: sums + place &* size, a.rowBlock, a.columnBlock,
                  b.columnBlock)
              }
              l &+= 1
            }
          }
        }
      }
    }
    return count
  }
}

/// c += a b for row-major blocks of r x k and k x m.
@inline(__always)
private func addProduct(
  _ a: UnsafePointer<Double>, _ b: UnsafePointer<Double>, to c: UnsafeMutablePointer<Double>, _ r: Int, _ k: Int,
  _ m: Int
) {
  var i = 0
  while i < r {
    var inner = 0
    while inner < k {
      let factor = a[i &* k &+ inner]
      let source = b + inner &* m, target = c + i &* m
      if m == 6 {
        for j in 0..<6 { target[j] += factor * source[j] }
      } else {
        var j = 0
        while j < m {
          target[j] += factor * source[j]
          j &+= 1
        }
      }
      inner &+= 1
    }
    i &+= 1
  }
}
