/// A lower triangle L with L Lᵀ near S A S + α I, of the pattern that its entries choose. One caller at a time.
public final class ThresholdCholeskyFactor: Preconditioner {
  private let matrix: SymmetricSparseMatrix
  /// S. `[dimension]`
  private let scaling: [Double]
  private var columnStarts: [Int32] = [0]
  private var rows: [Int32] = []
  private var values: [Float] = []
  private var inverseDiagonal: [Double]
  /// The α that was needed.
  public private(set) var shift = 0.0
  /// Entries of the triangle, diagonal included.
  public var entryCount: Int { rows.count }

  public var work: PreconditionerWork {
    PreconditionerWork(
      preparation: eliminationWork, application: Double(2 * entryCount + scaling.count))
  }

  /// Multiply-adds of the elimination that succeeded.
  private var eliminationWork = 0.0

  /// A pivot below this part of the shifted unit diagonal counts as a breakdown.
  private static let smallestPivot = 1e-3

  init(_ matrix: SymmetricSparseMatrix) throws(SolveFailure) {
    self.matrix = matrix
    var scaling = matrix.diagonal().elements
    for i in scaling.indices {
      guard scaling[i] > 0, scaling[i].isFinite else {
        throw SolveFailure(.singular, "the diagonal entry of unknown \(i) is \(scaling[i]), not a positive number")
      }
      scaling[i] = 1 / scaling[i].squareRoot()
    }
    self.scaling = scaling
    inverseDiagonal = scaling
  }

  /// Column by column: what the columns before subtract is gathered by lists of the columns whose next row it is.
  func factor(shift: Double, threshold: Double, fill: Double) -> Bool {
    self.shift = shift
    let n = matrix.dimension, pattern = matrix.pattern
    columnStarts = [0]
    eliminationWork = 0
    rows.removeAll(keepingCapacity: true)
    values.removeAll(keepingCapacity: true)
    // The column being made: its values by row, and which rows it has.
    var work = [Double](repeating: 0, count: n)
    var isPresent = [Bool](repeating: false, count: n)
    var present: [Int32] = []
    // Columns whose next unused entry lies in a row, linked; and where that entry is.
    var heads = [Int32](repeating: -1, count: n)
    var links = heads
    var cursors = [Int](repeating: 0, count: n)
    var diagonal = [Double](repeating: 1 + shift, count: n)
    for j in 0..<n {
      present.removeAll(keepingCapacity: true)
      var square = 0.0
      let begin = Int(pattern.columnStarts[j]) + 1, end = Int(pattern.columnStarts[j + 1])
      for k in begin..<max(begin, end) {
        let i = Int(pattern.rows[k])
        let value = matrix.values[k] * scaling[j] * scaling[i]
        work[i] = value
        isPresent[i] = true
        present.append(Int32(i))
        square += value * value
      }
      var column = Int(heads[j])
      while column >= 0 {
        let next = Int(links[column])
        let place = cursors[column], last = Int(columnStarts[column + 1])
        let factor = Double(values[place])
        eliminationWork += Double(last - place)
        for k in place + 1..<max(place + 1, last) {
          let i = Int(rows[k])
          if !isPresent[i] {
            isPresent[i] = true
            present.append(Int32(i))
          }
          work[i] -= factor * Double(values[k])
        }
        advance(column, to: place + 1, last, &heads, &links, &cursors)
        column = next
      }
      let pivot = diagonal[j]
      // Also refuses what is not a number.
      guard pivot > Self.smallestPivot * (1 + shift) else { return false }
      let inverse = 1 / pivot.squareRoot()
      inverseDiagonal[j] = inverse
      keep(&present, work, limit: max(1, Int(fill * Double(end - begin))), above: threshold * square.squareRoot())
      rows.append(Int32(j))
      values.append(0)
      let first = rows.count
      for i in present {
        let value = work[Int(i)] * inverse
        rows.append(i)
        values.append(Float(value))
        diagonal[Int(i)] -= value * value
      }
      columnStarts.append(Int32(rows.count))
      for k in begin..<max(begin, end) { reset(Int(pattern.rows[k]), &work, &isPresent) }
      for i in touched { reset(Int(i), &work, &isPresent) }
      advance(j, to: first, rows.count, &heads, &links, &cursors)
    }
    return true
  }

  /// Rows of the column at hand before entries were dropped.
  private var touched: [Int32] = []

  private func reset(_ i: Int, _ work: inout [Double], _ isPresent: inout [Bool]) {
    work[i] = 0
    isPresent[i] = false
  }

  /// Puts a column on the list of the row of its entry at `place`.
  private func advance(
    _ column: Int, to place: Int, _ end: Int, _ heads: inout [Int32], _ links: inout [Int32], _ cursors: inout [Int]
  ) {
    guard place < end else { return }
    cursors[column] = place
    let row = Int(rows[place])
    links[column] = heads[row]
    heads[row] = Int32(column)
  }

  /// Drops small entries, then all but the `limit` largest; what is left is sorted by row.
  private func keep(_ present: inout [Int32], _ work: [Double], limit: Int, above smallest: Double) {
    touched = present
    present.removeAll { abs(work[Int($0)]) <= smallest }
    if present.count > limit {
      // Ties go to the lower row, so that the choice does not depend on the order.
      present.sort { (abs(work[Int($0)]), $1) > (abs(work[Int($1)]), $0) }
      present.removeLast(present.count - limit)
    }
    present.sort()
  }

  /// z = S (L Lᵀ)⁻¹ S r.
  public func apply(_ r: UnsafePointer<Double>, into z: UnsafeMutablePointer<Double>) {
    TriangularSolve.applyScaled(
      columnStarts: columnStarts, rows: rows, lower: values, inverseDiagonal: inverseDiagonal, scaling: scaling, r, z)
  }
}
