/// The solution of A x = b for a small symmetric positive definite A (row-major, `count` by `count`), by Cholesky's
/// factorization; nil where A is not positive definite.
func solvePositiveDefinite(_ matrix: [Double], _ rightSide: [Double]) -> [Double]? {
  let n = rightSide.count
  var l = matrix
  for j in 0..<n {
    var pivot = l[j * n + j]
    for k in 0..<j { pivot -= l[j * n + k] * l[j * n + k] }
    guard pivot > 0, pivot.isFinite else { return nil }
    pivot = pivot.squareRoot()
    l[j * n + j] = pivot
    for i in (j + 1)..<max(n, j + 1) {
      var entry = l[i * n + j]
      for k in 0..<j { entry -= l[i * n + k] * l[j * n + k] }
      l[i * n + j] = entry / pivot
    }
  }
  var x = rightSide
  for i in 0..<n {
    for k in 0..<i { x[i] -= l[i * n + k] * x[k] }
    x[i] /= l[i * n + i]
  }
  for i in stride(from: n - 1, through: 0, by: -1) {
    for k in (i + 1)..<max(n, i + 1) { x[i] -= l[k * n + i] * x[k] }
    x[i] /= l[i * n + i]
  }
  return x
}
