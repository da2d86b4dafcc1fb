import Synchronization

/// Where a symmetric sparse matrix may be non-zero: the lower triangle, column by column.
///
/// Column j holds row indices j, j + 1 … ascending, its diagonal first: compressed sparse columns with 32-bit indices,
/// the layout CHOLMOD takes as a lower triangle. Patterns are shared by reference; two matrices with the same pattern
/// object share ordering and symbolic factorization.
public final class SparsePattern: Sendable {
  /// Rows and columns.
  public let dimension: Int
  /// First entry of each column, and the number of entries at the end. `[dimension + 1]`
  public let columnStarts: [Int32]
  /// Row of each entry. `[entryCount]`
  public let rows: [Int32]
  /// Entries of the lower triangle, diagonal included.
  public var entryCount: Int { rows.count }
  /// How a product is cut into pieces: fixed by the pattern.
  let pieces: ProductPieces
  let scratch = ScratchPool()

  /// - Precondition: each column begins with its diagonal and its rows ascend strictly below `dimension`.
  public init(columnStarts: [Int32], rows: [Int32]) {
    precondition(columnStarts.first == 0 && Int(columnStarts.last!) == rows.count, "column starts do not span the rows")
    dimension = columnStarts.count - 1
    self.columnStarts = columnStarts
    self.rows = rows
    let n = dimension
    var valid = true
    rows.withUnsafeBufferPointer { rows in
      columnStarts.withUnsafeBufferPointer { starts in
        for j in 0..<n {
          let first = Int(starts[j]), end = Int(starts[j + 1])
          guard first < end, rows[first] == Int32(j), rows[end - 1] < Int32(n) else {
            valid = false
            return
          }
          var k = first + 1
          while k < end {
            if rows[k] <= rows[k - 1] { valid = false }
            k += 1
          }
        }
      }
    }
    precondition(valid, "a column must begin with its diagonal and ascend")
    pieces = ProductPieces(columnStarts: columnStarts, rows: rows)
  }

  /// True for the same object, and for another one with the same entries.
  public func hasSameEntries(as other: SparsePattern) -> Bool {
    self === other || (columnStarts == other.columnStarts && rows == other.rows)
  }

  /// The matrix with every entry zero.
  public func zeroMatrix() -> SymmetricSparseMatrix {
    SymmetricSparseMatrix(pattern: self, values: [Double](repeating: 0, count: entryCount))
  }
}

/// The columns of a matrix cut into runs of about equal work, each with the rows it writes.
struct ProductPieces: Sendable {
  /// Columns of each piece.
  var columns: [Range<Int>] = []
  /// One past the last row that each piece writes; the first is its first column.
  var rowEnds: [Int] = []
  /// Where each piece's private rows begin in the scratch memory.
  var offsets: [Int] = [0]

  init(columnStarts: [Int32], rows: [Int32]) {
    let n = columnStarts.count - 1
    let count = max(1, min(4, rows.count / 60_000))
    var first = 0
    for piece in 0..<count {
      let target = Int32(rows.count * (piece + 1) / count)
      var end = first
      while end < n && (piece == count - 1 || columnStarts[end] < target) { end += 1 }
      var last = first
      for j in first..<end { last = max(last, Int(rows[Int(columnStarts[j + 1]) - 1]) + 1) }
      columns.append(first..<end)
      rowEnds.append(last)
      offsets.append(offsets[piece] + last - first)
      first = end
    }
  }
}

/// Buffers kept between products, so that each product does not ask the system for fresh pages.
final class ScratchPool: Sendable {
  private let free = Mutex<[Buffer]>([])

  final class Buffer: @unchecked Sendable {
    let memory: UnsafeMutablePointer<Double>
    init(count: Int) { memory = .allocate(capacity: max(1, count)) }
    deinit { memory.deallocate() }
  }

  /// A buffer of `count` entries; always the same `count` for one pool.
  func take(count: Int) -> Buffer { free.withLock { $0.popLast() } ?? Buffer(count: count) }
  func give(back buffer: Buffer) { free.withLock { $0.append(buffer) } }
}
