extension BlockRows {
  /// The product of two matrices whose inner blocks agree (Gustavson 1978), rows in parallel.
  public func times(_ other: BlockRows) -> BlockRows {
    precondition(
      columnCount == other.rowCount && columnBlock == other.rowBlock, "the inner blocks of a product do not agree")
    let pieceRows = max(256, (rowCount + 63) / 64)
    let pieceCount = (rowCount + pieceRows - 1) / pieceRows
    var pieces = [ProductPiece?](repeating: nil, count: pieceCount)
    pieces.withUnsafeMutableBufferPointer { pieces in
      let shared = UncheckedShared(pieces)
      concurrentlyForEach(piece: pieceCount) { piece in
        let rows = piece * pieceRows..<min((piece + 1) * pieceRows, rowCount)
        shared.value[piece] = ProductPiece(self, other, rows: rows)
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

  init(_ a: BlockRows, _ b: BlockRows, rows: Range<Int>) {
    let size = a.rowBlock * b.columnBlock
    var places = [Int32](repeating: -1, count: b.columnCount)
    var found: [Int32] = []
    var sums: [Double] = []
    for row in rows {
      found.removeAll(keepingCapacity: true)
      for k in a.rowStarts[row]..<a.rowStarts[row + 1] {
        let inner = Int(a.columns[k])
        for l in b.rowStarts[inner]..<b.rowStarts[inner + 1] where places[Int(b.columns[l])] < 0 {
          places[Int(b.columns[l])] = 0
          found.append(b.columns[l])
        }
      }
      found.sort()
      for (place, column) in found.enumerated() { places[Int(column)] = Int32(place) }
      sums.removeAll(keepingCapacity: true)
      sums.append(contentsOf: repeatElement(0, count: found.count * size))
      sums.withUnsafeMutableBufferPointer { sums in
        a.values.withUnsafeBufferPointer { left in
          b.values.withUnsafeBufferPointer { right in
            for k in a.rowStarts[row]..<a.rowStarts[row + 1] {
              let inner = Int(a.columns[k])
              let mine = left.baseAddress! + k &* a.blockSize
              for l in b.rowStarts[inner]..<b.rowStarts[inner + 1] {
                addProduct(
                  mine, right.baseAddress! + l &* b.blockSize,
                  to: sums.baseAddress! + Int(places[Int(b.columns[l])]) &* size, a.rowBlock, a.columnBlock,
                  b.columnBlock)
              }
            }
          }
        }
      }
      counts.append(found.count)
      columns += found
      values += sums
      for column in found { places[Int(column)] = -1 }
    }
  }
}

/// c += a b for row-major blocks of r x k and k x m.
@inline(__always)
private func addProduct(
  _ a: UnsafePointer<Double>, _ b: UnsafePointer<Double>, to c: UnsafeMutablePointer<Double>, _ r: Int, _ k: Int,
  _ m: Int
) {
  if r == 1 && k == 1 && m == 1 {
    c[0] += a[0] * b[0]
    return
  }
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
