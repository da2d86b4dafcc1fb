/// A sparse matrix of small dense blocks stored by block rows; neither square nor symmetric in general.
///
/// The full matrix of a symmetric one, prolongations, and their products. Block (I, J) couples the unknowns
/// I * rowBlock ... and J * columnBlock ...; its entries are row-major, and the blocks of a row ascend by column.
public struct BlockRows: Sendable {
  /// Rows and columns of a block.
  public let rowBlock: Int
  public let columnBlock: Int
  /// Blocks down and across.
  public let rowCount: Int
  public let columnCount: Int
  /// First block of each row, and the number of blocks at the end. `[rowCount + 1]`
  public let rowStarts: [Int]
  /// Block column of each block. `[blockCount]`
  public let columns: [Int32]
  /// `[blockCount, rowBlock, columnBlock]`
  public var values: [Double]

  public var blockCount: Int { columns.count }
  public var blockSize: Int { rowBlock * columnBlock }

  public init(
    rowBlock: Int, columnBlock: Int, columnCount: Int, rowStarts: [Int], columns: [Int32], values: [Double]
  ) {
    precondition(
      values.count == columns.count * rowBlock * columnBlock, "a block has \(rowBlock * columnBlock) entries")
    self.rowBlock = rowBlock
    self.columnBlock = columnBlock
    self.rowCount = rowStarts.count - 1
    self.columnCount = columnCount
    self.rowStarts = rowStarts
    self.columns = columns
    self.values = values
  }

  /// Both triangles of a symmetric matrix, in square blocks.
  ///
  /// - Precondition: the unknowns fall into blocks of `blockSize`.
  public init(_ matrix: SymmetricSparseMatrix, blockSize b: Int = 1) {
    precondition(matrix.dimension % b == 0, "\(matrix.dimension) unknowns do not fall into blocks of \(b)")
    let pattern = matrix.pattern
    let count = matrix.dimension / b
    var lower = LowerBlocks(pattern, blockSize: b)
    var starts = [Int](repeating: 0, count: count + 1)
    for column in 0..<count {
      for row in lower.rows(ofColumn: column) {
        starts[column + 1] += 1
        if row != column { starts[row + 1] += 1 }
      }
    }
    for i in 0..<count { starts[i + 1] += starts[i] }
    var next = starts
    var columns = [Int32](repeating: 0, count: starts[count])
    var values = [Double](repeating: 0, count: starts[count] * b * b)
    // Where the blocks of the column at hand and their mirror images lie, by row.
    var places = [Int](repeating: 0, count: count)
    var mirrors = places
    for column in 0..<count {
      for row in lower.rows(ofColumn: column) {
        mirrors[row] = next[column]
        columns[next[column]] = Int32(row)
        next[column] += 1
        if row == column {
          places[row] = mirrors[row]
        } else {
          places[row] = next[row]
          columns[next[row]] = Int32(column)
          next[row] += 1
        }
      }
      for j in column * b..<(column + 1) * b {
        for k in Int(pattern.columnStarts[j])..<Int(pattern.columnStarts[j + 1]) {
          let i = Int(pattern.rows[k])
          values[places[i / b] * b * b + i % b * b + j % b] = matrix.values[k]
          values[mirrors[i / b] * b * b + j % b * b + i % b] = matrix.values[k]
        }
      }
    }
    self.init(rowBlock: b, columnBlock: b, columnCount: count, rowStarts: starts, columns: columns, values: values)
  }

  /// The transpose.
  public func transposed() -> BlockRows {
    var starts = [Int](repeating: 0, count: columnCount + 1)
    for column in columns { starts[Int(column) + 1] += 1 }
    for i in 0..<columnCount { starts[i + 1] += starts[i] }
    var next = starts
    var rows = [Int32](repeating: 0, count: blockCount)
    var turned = [Double](repeating: 0, count: values.count)
    for row in 0..<rowCount {
      for k in rowStarts[row]..<rowStarts[row + 1] {
        let place = next[Int(columns[k])]
        next[Int(columns[k])] += 1
        rows[place] = Int32(row)
        for i in 0..<rowBlock {
          for j in 0..<columnBlock {
            turned[place * blockSize + j * rowBlock + i] = values[k * blockSize + i * columnBlock + j]
          }
        }
      }
    }
    return BlockRows(
      rowBlock: columnBlock, columnBlock: rowBlock, columnCount: rowCount, rowStarts: starts, columns: rows,
      values: turned)
  }

  /// y = A x.
  public func apply(_ x: DenseVector) -> DenseVector {
    precondition(x.count == columnCount * columnBlock, "a product with a vector of \(x.count) entries")
    let r = rowBlock, c = columnBlock
    return DenseVector(count: rowCount * r) { y in
      let shared = UncheckedShared(y)
      x.withUnsafeBufferPointer { x in
        values.withUnsafeBufferPointer { values in
          let own = UncheckedShared((x: x, values: values))
          concurrentlyForEach(count: rowCount, block: 4096) { rows in
            let (x, values) = own.value
            for row in rows {
              if r == 1 && c == 1 {
                shared.value[row] = scalarRow(row, x.baseAddress!, values.baseAddress!)
                continue
              }
              let target = shared.value.baseAddress! + row &* r
              target.update(repeating: 0, count: r)
              for k in rowStarts[row]..<rowStarts[row + 1] {
                let block = values.baseAddress! + k &* r &* c, source = x.baseAddress! + Int(columns[k]) &* c
                for i in 0..<r {
                  var sum = 0.0
                  for j in 0..<c { sum += block[i &* c &+ j] * source[j] }
                  target[i] += sum
                }
              }
            }
          }
        }
      }
    }
  }
}

extension BlockRows {
  /// A row of a product where blocks are numbers.
  private func scalarRow(_ row: Int, _ x: UnsafePointer<Double>, _ values: UnsafePointer<Double>) -> Double {
    columns.withUnsafeBufferPointer { columns in
      var k = rowStarts[row]
      let end = rowStarts[row + 1]
      var first = 0.0, second = 0.0
      while k &+ 1 < end {
        first += values[k] * x[Int(columns[k])]
        second += values[k &+ 1] * x[Int(columns[k &+ 1])]
        k &+= 2
      }
      if k < end { first += values[k] * x[Int(columns[k])] }
      return first + second
    }
  }
}

/// The block rows that each block column of a lower triangle touches, ascending.
private struct LowerBlocks {
  let pattern: SparsePattern
  let blockSize: Int
  private var marks: [Int]
  private var found: [Int] = []

  init(_ pattern: SparsePattern, blockSize: Int) {
    self.pattern = pattern
    self.blockSize = blockSize
    marks = [Int](repeating: -1, count: pattern.dimension / blockSize)
  }

  mutating func rows(ofColumn column: Int) -> [Int] {
    found.removeAll(keepingCapacity: true)
    for j in column * blockSize..<(column + 1) * blockSize {
      for k in Int(pattern.columnStarts[j])..<Int(pattern.columnStarts[j + 1]) {
        let row = Int(pattern.rows[k]) / blockSize
        if marks[row] != column {
          marks[row] = column
          found.append(row)
        }
      }
    }
    for row in found { marks[row] = -1 }
    if blockSize > 1 { found.sort() }
    return found
  }
}
