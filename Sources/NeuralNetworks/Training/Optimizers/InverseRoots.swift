import COpenBLAS

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// The power of a symmetric positive semidefinite matrix, by its eigenvalues.
///
/// - Parameters:
///   - matrix: Row-major, n by n.
///   - smallest: Added to the eigenvalues, which are taken as at least zero.
/// - Returns: (matrix + smallest)^power; nil where the eigenvalues are not found.
func symmetricPower(_ matrix: [Double], n: Int, power: Double, smallest: Double) -> [Double]? {
  guard n > 0, matrix.allSatisfy(\.isFinite) else { return nil }
  BLASThreads.pinToOne()
  var vectors = matrix
  var values = [Double](repeating: 0, count: n)
  var work = [Double](repeating: 0, count: max(1, 34 * n))
  var (size, room, info) = (Int32(n), Int32(work.count), Int32(0))
  dsyev_("V", "U", &size, &vectors, &size, &values, &work, &room, &info)
  guard info == 0 else { return nil }
  // Column j of the column-major result is the eigenvector j: row j here.
  var scaled = vectors
  for j in 0..<n {
    let factor = pow(max(0, values[j]) + smallest, power)
    for i in 0..<n { scaled[j * n + i] *= factor }
  }
  var result = [Double](repeating: 0, count: n * n)
  cblas_dgemm(
    CblasRowMajor, CblasTrans, CblasNoTrans, size, size, size, 1, vectors, size, scaled, size, 0, &result, size)
  return result
}

/// A row-major matrix in double, for the preconditioners of Shampoo.
struct SmallMatrix {
  let entries: [Double]
  let (rows, columns): (Int, Int)

  init(_ entries: [Double], _ rows: Int, _ columns: Int) {
    self.entries = entries
    self.rows = rows
    self.columns = columns
  }

  /// A A^T or A^T A.
  func gram(ofRows: Bool) -> [Double] {
    BLASThreads.pinToOne()
    let (n, k) = ofRows ? (rows, columns) : (columns, rows)
    var result = [Double](repeating: 0, count: n * n)
    cblas_dgemm(
      CblasRowMajor, ofRows ? CblasNoTrans : CblasTrans, ofRows ? CblasTrans : CblasNoTrans, Int32(n), Int32(n),
      Int32(k), 1, entries, Int32(columns), entries, Int32(columns), 0, &result, Int32(n))
    return result
  }

  /// A B, with B `[columns, others]`.
  func times(_ other: [Double], columns others: Int) -> [Double] {
    BLASThreads.pinToOne()
    var result = [Double](repeating: 0, count: rows * others)
    cblas_dgemm(
      CblasRowMajor, CblasNoTrans, CblasNoTrans, Int32(rows), Int32(others), Int32(columns), 1, entries,
      Int32(columns), other, Int32(others), 0, &result, Int32(others))
    return result
  }
}
