/// A factorized sparse approximate inverse: Gᵀ G near A⁻¹ with G lower triangular on the pattern of A.
///
/// Every row of G is the solution of a small dense system of its own, so that preparation and application are parallel,
/// and Gᵀ G is positive definite for every positive definite A. Source: Kolotilina and Yeremin, Factorized sparse
/// approximate inverse preconditionings I, SIAM J. Matrix Anal. Appl. 14 (1993).
public struct SparseInversePreconditioner<Operator: AssemblableOperator>: PreconditionerFactory {
  public let name = "sparse-inverse"
  /// Entries of A below this part of the geometric mean of their diagonal entries are left out of the pattern of G.
  public let threshold: Double

  public init(threshold: Double = 0) {
    precondition(threshold >= 0 && threshold < 1, "a threshold lies between 0 and 1")
    self.threshold = threshold
  }

  public func prepare(_ a: Operator, reusing previous: consuming SparseInverse?) throws(SolveFailure) -> SparseInverse {
    try SparseInverse(a.assembled(), threshold: threshold)
  }
}

/// G and its transpose by rows, in single precision. One caller at a time.
public final class SparseInverse: Preconditioner {
  private let factor: SingleRows
  private let transpose: SingleRows
  private let image: UnsafeMutableBufferPointer<Double>
  /// Entries of G.
  public var entryCount: Int { factor.values.count }

  public var work: PreconditionerWork {
    let local = (0..<factor.starts.count - 1).reduce(0.0) { sum, row in
      let m = Double(factor.starts[row + 1] - factor.starts[row])
      return sum + m * m * m / 6 + m * m
    }
    return PreconditionerWork(preparation: local, application: Double(2 * entryCount))
  }

  init(_ matrix: SymmetricSparseMatrix, threshold: Double) throws(SolveFailure) {
    let full = BlockRows(matrix)
    let pattern = LowerPattern(full, threshold: threshold)
    let n = full.rowCount
    var values = [Float](repeating: 0, count: pattern.columns.count)
    var broken = [Int](repeating: -1, count: n / 1024 + 1)
    values.withUnsafeMutableBufferPointer { values in
      broken.withUnsafeMutableBufferPointer { broken in
        let shared = UncheckedShared((values: values, broken: broken))
        concurrentlyForEach(count: n, block: 1024) { rows in
          var system = LocalSystem(capacity: pattern.longestRow)
          for row in rows {
            let entries = pattern.starts[row]..<pattern.starts[row + 1]
            let isDefinite = system.solve(full, pattern.columns[entries]) { position, value in
              shared.value.values[entries.lowerBound + position] = Float(value)
            }
            if !isDefinite { shared.value.broken[row / 1024] = row }
          }
        }
      }
    }
    if let row = broken.first(where: { $0 >= 0 }) {
      throw SolveFailure(.singular, "the matrix is not positive definite about unknown \(row)")
    }
    factor = SingleRows(starts: pattern.starts, columns: pattern.columns, values: values)
    transpose = factor.transposed()
    image = .allocate(capacity: n)
  }

  deinit { image.deallocate() }

  public func apply(_ r: UnsafePointer<Double>, into z: UnsafeMutablePointer<Double>) {
    let y = image.baseAddress!
    factor.multiply(r, into: y)
    transpose.multiply(UnsafePointer(y), into: z)
  }
}

/// The lower part of a matrix's pattern by rows, the diagonal last in each.
private struct LowerPattern {
  var starts: [Int] = [0]
  var columns: [Int32] = []
  var longestRow = 1

  init(_ a: BlockRows, threshold: Double) {
    var diagonal = [Double](repeating: 0, count: a.rowCount)
    if threshold > 0 {
      for row in 0..<a.rowCount {
        for k in a.rowStarts[row]..<a.rowStarts[row + 1] where Int(a.columns[k]) == row { diagonal[row] = a.values[k] }
      }
    }
    for row in 0..<a.rowCount {
      for k in a.rowStarts[row]..<a.rowStarts[row + 1] {
        let column = Int(a.columns[k])
        if column > row { break }
        let weight = threshold * threshold * diagonal[row] * diagonal[column]
        if column == row || a.values[k] * a.values[k] > weight { columns.append(a.columns[k]) }
      }
      longestRow = max(longestRow, columns.count - starts[row])
      starts.append(columns.count)
    }
  }
}

/// The dense system of one row of G.
private struct LocalSystem {
  private var matrix: [Double]
  private var right: [Double]
  private var factor: DenseCholesky

  init(capacity: Int) {
    matrix = [Double](repeating: 0, count: capacity * capacity)
    right = [Double](repeating: 0, count: capacity)
    factor = DenseCholesky(capacity: capacity)
  }

  /// Solves A[J, J] y = e_last and gives y / sqrt(y_last); false where A[J, J] is not positive definite.
  mutating func solve(_ a: BlockRows, _ unknowns: ArraySlice<Int32>, _ write: (Int, Double) -> Void) -> Bool {
    let n = unknowns.count, base = unknowns.startIndex
    for i in 0..<n {
      let row = Int(unknowns[base + i])
      var k = a.rowStarts[row]
      let end = a.rowStarts[row + 1]
      for j in 0...i {
        let column = unknowns[base + j]
        while k < end && a.columns[k] < column { k += 1 }
        matrix[i * n + j] = k < end && a.columns[k] == column ? a.values[k] : 0
      }
      right[i] = 0
    }
    right[n - 1] = 1
    guard matrix.withUnsafeBufferPointer({ factor.factor($0.baseAddress!, count: n) }) else { return false }
    right.withUnsafeMutableBufferPointer { factor.solve($0.baseAddress!) }
    let scale = 1 / right[n - 1].squareRoot()
    for i in 0..<n { write(i, right[i] * scale) }
    return scale.isFinite
  }
}

/// A square sparse matrix by rows in single precision.
private struct SingleRows: Sendable {
  let starts: [Int]
  let columns: [Int32]
  let values: [Float]

  func transposed() -> SingleRows {
    let n = starts.count - 1
    var turned = [Int](repeating: 0, count: n + 1)
    for column in columns { turned[Int(column) + 1] += 1 }
    for i in 0..<n { turned[i + 1] += turned[i] }
    var next = turned
    var rows = columns
    var moved = values
    for row in 0..<n {
      for k in starts[row]..<starts[row + 1] {
        let place = next[Int(columns[k])]
        next[Int(columns[k])] += 1
        rows[place] = Int32(row)
        moved[place] = values[k]
      }
    }
    return SingleRows(starts: turned, columns: rows, values: moved)
  }

  func multiply(_ x: UnsafePointer<Double>, into y: UnsafeMutablePointer<Double>) {
    let shared = UncheckedShared((x: x, y: y))
    starts.withUnsafeBufferPointer { starts in
      columns.withUnsafeBufferPointer { columns in
        values.withUnsafeBufferPointer { values in
          let own = UncheckedShared((starts.baseAddress!, columns.baseAddress!, values.baseAddress!))
          concurrentlyForEach(count: self.starts.count - 1, block: 4096) { rows in
            let (starts, columns, values) = own.value
            let (x, y) = shared.value
            for row in rows {
              var sum = 0.0
              var k = starts[row]
              let end = starts[row &+ 1]
              while k < end {
                sum += Double(values[k]) * x[Int(columns[k])]
                k &+= 1
              }
              y[row] = sum
            }
          }
        }
      }
    }
  }
}
