import COpenBLAS
import DifferentiableCore

/// A dense column-major matrix.
struct DenseMatrix: Sendable {
  let rows: Int
  let columns: Int
  var entries: [Double]

  init(rows: Int, columns: Int) {
    self.rows = rows
    self.columns = columns
    entries = [Double](repeating: 0, count: rows * columns)
  }

  subscript(row: Int, column: Int) -> Double {
    get { entries[row + rows * column] }
    _modify { yield &entries[row + rows * column] }
  }

  /// The product with a vector, or with the transposed matrix.
  func times(_ x: [Double], transposed: Bool = false) -> [Double] {
    BLASThreads.pinToOne()
    precondition(x.count == (transposed ? rows : columns), "a matrix of \(rows) x \(columns) and \(x.count) entries")
    var result = [Double](repeating: 0, count: transposed ? columns : rows)
    cblas_dgemv(
      CblasColMajor, transposed ? CblasTrans : CblasNoTrans, blasint(rows), blasint(columns), 1, entries,
      blasint(rows), x, 1, 0, &result, 1)
    return result
  }
}

/// The triangular factors of a dense matrix, with row exchanges.
struct DenseFactorization: Sendable {
  let dimension: Int
  private var factors: [Double]
  private var pivots: [Int32]

  /// - Throws: A singular matrix, or one with an entry that is not finite.
  init(_ matrix: consuming DenseMatrix, of subject: @autoclosure () -> String) throws(SolveFailure) {
    BLASThreads.pinToOne()
    let n = matrix.rows
    precondition(n == matrix.columns, "a matrix of \(n) x \(matrix.columns) cannot be factored")
    dimension = n
    factors = (consume matrix).entries
    pivots = [Int32](repeating: 0, count: n)
    var size = Int32(n), info: Int32 = 0
    dgetrf_(&size, &size, &factors, &size, &pivots, &info)
    if info > 0 { throw SolveFailure(.singular, "\(subject()) is singular (pivot \(info) of \(n) is zero)") }
    // A matrix with an infinite or undefined entry passes through elimination; its last pivot shows it.
    if !factors[n * n - 1].isFinite { throw SolveFailure(.nonFinite, "\(subject()) has an entry that is not finite") }
  }

  /// Solves for every column of `columns`, `[dimension, count]` column-major, in place.
  func solve(_ columns: inout [Double], transposed: Bool = false) {
    var size = Int32(dimension), count = Int32(columns.count / dimension), info: Int32 = 0
    var form: Int8 = transposed ? 84 : 78  // T or N
    dgetrs_(&form, &size, &count, factors, &size, pivots, &columns, &size, &info)
  }

  func solution(_ column: [Double], transposed: Bool = false) -> [Double] {
    var result = column
    solve(&result, transposed: transposed)
    return result
  }
}
