/// The inverse of a small square matrix (row-major), by Gauss-Jordan elimination with partial pivoting; nil where it
/// is singular.
func invertedSmall(_ matrix: [Double], _ n: Int) -> [Double]? {
  var a = matrix
  var inverse = [Double](repeating: 0, count: n * n)
  for i in 0..<n { inverse[i * n + i] = 1 }
  for column in 0..<n {
    var pivot = column
    for row in column..<n where abs(a[row * n + column]) > abs(a[pivot * n + column]) { pivot = row }
    guard a[pivot * n + column] != 0, a[pivot * n + column].isFinite else { return nil }
    if pivot != column {
      for k in 0..<n {
        a.swapAt(pivot * n + k, column * n + k)
        inverse.swapAt(pivot * n + k, column * n + k)
      }
    }
    let scale = 1 / a[column * n + column]
    for k in 0..<n {
      a[column * n + k] *= scale
      inverse[column * n + k] *= scale
    }
    for row in 0..<n where row != column {
      let factor = a[row * n + column]
      if factor == 0 { continue }
      for k in 0..<n {
        a[row * n + k] -= factor * a[column * n + k]
        inverse[row * n + k] -= factor * inverse[column * n + k]
      }
    }
  }
  return inverse.allSatisfy(\.isFinite) ? inverse : nil
}

/// A v for a small square matrix (row-major).
func multipliedSmall(_ matrix: [Double], _ vector: [Double]) -> [Double] {
  var result = vector
  multiplySmall(matrix, vector, into: &result)
  return result
}

/// result = A v for a small square matrix (row-major).
func multiplySmall(_ matrix: [Double], _ vector: [Double], into result: inout [Double]) {
  let n = vector.count
  for row in 0..<n {
    var total = 0.0
    for k in 0..<n { total += matrix[row * n + k] * vector[k] }
    result[row] = total
  }
}
