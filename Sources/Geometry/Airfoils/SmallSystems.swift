/// The solution of a small dense system (row-major) by elimination with partial pivoting; nil where it is singular.
func solvedByElimination(_ matrix: [Double], _ rightSide: [Double]) -> [Double]? {
  let n = rightSide.count
  var a = matrix
  var x = rightSide
  for column in 0..<n {
    var pivot = column
    for row in column..<n where abs(a[row * n + column]) > abs(a[pivot * n + column]) { pivot = row }
    guard a[pivot * n + column] != 0, a[pivot * n + column].isFinite else { return nil }
    if pivot != column {
      for k in 0..<n { a.swapAt(pivot * n + k, column * n + k) }
      x.swapAt(pivot, column)
    }
    for row in (column + 1)..<max(n, column + 1) {
      let factor = a[row * n + column] / a[column * n + column]
      if factor == 0 { continue }
      for k in column..<n { a[row * n + k] -= factor * a[column * n + k] }
      x[row] -= factor * x[column]
    }
  }
  for row in stride(from: n - 1, through: 0, by: -1) {
    for k in (row + 1)..<max(n, row + 1) { x[row] -= a[row * n + k] * x[k] }
    x[row] /= a[row * n + row]
  }
  return x.allSatisfy(\.isFinite) ? x : nil
}

/// The transpose of a small square matrix (row-major).
func transposed(_ matrix: [Double], _ n: Int) -> [Double] {
  var result = matrix
  for i in 0..<n {
    for j in 0..<n { result[j * n + i] = matrix[i * n + j] }
  }
  return result
}

/// A symmetric tridiagonal positive definite matrix, factored once and solved many times.
struct SymmetricTridiagonal {
  private var pivots: [Double]
  private var factors: [Double]

  /// - Parameters:
  ///   - diagonal: n entries.
  ///   - beside: n - 1 entries, between rows i and i + 1.
  init(diagonal: [Double], beside: [Double]) {
    pivots = diagonal
    factors = beside
    for i in beside.indices {
      factors[i] = beside[i] / pivots[i]
      pivots[i + 1] -= factors[i] * beside[i]
    }
  }

  func solve(_ rightSide: [Double]) -> [Double] {
    var x = rightSide
    for i in factors.indices { x[i + 1] -= factors[i] * x[i] }
    for i in pivots.indices { x[i] /= pivots[i] }
    for i in factors.indices.reversed() { x[i] -= factors[i] * x[i + 1] }
    return x
  }
}
