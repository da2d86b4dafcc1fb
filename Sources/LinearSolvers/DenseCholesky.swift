/// A Cholesky factor of a small dense symmetric matrix.
struct DenseCholesky: Sendable {
  private(set) var count: Int
  /// The lower triangle L in rows. `[count, count]`
  private var rows: [Double]
  private var inversePivots: [Double]

  /// A pivot below this part of its diagonal entry has vanished to round-off.
  private static let smallestPivot = 1e-13

  /// - Parameter capacity: rows of the largest matrix to come.
  init(capacity: Int) {
    count = capacity
    rows = [Double](repeating: 0, count: capacity * capacity)
    inversePivots = [Double](repeating: 0, count: capacity)
  }

  /// Factors a row-major matrix, of which the lower triangle is read; false where it is not positive definite.
  ///
  /// A pivot that vanishes to round-off is left out, which leaves a semidefinite inverse; the result is then false too.
  mutating func factor(_ matrix: UnsafePointer<Double>, count n: Int) -> Bool {
    count = n
    return rows.withUnsafeMutableBufferPointer { rows in
      inversePivots.withUnsafeMutableBufferPointer { pivots in
        guard let l = rows.baseAddress, let pivots = pivots.baseAddress else { return true }
        var isDefinite = true
        for i in 0..<n {
          for j in 0...i {
            var sum = matrix[i &* n &+ j]
            for k in 0..<j { sum -= l[i &* n &+ k] * l[j &* n &+ k] }
            if j < i {
              l[i &* n &+ j] = sum * pivots[j]
            } else if sum > Self.smallestPivot * matrix[i &* n &+ i] {
              pivots[i] = 1 / sum.squareRoot()
            } else {
              pivots[i] = 0
              isDefinite = false
            }
          }
        }
        return isDefinite
      }
    }
  }

  /// x = A⁻¹ x in place.
  func solve(_ x: UnsafeMutablePointer<Double>) {
    let n = count
    rows.withUnsafeBufferPointer { rows in
      inversePivots.withUnsafeBufferPointer { pivots in
        guard let l = rows.baseAddress, let pivots = pivots.baseAddress else { return }
        for i in 0..<n {
          var sum = x[i]
          for k in 0..<i { sum -= l[i &* n &+ k] * x[k] }
          x[i] = sum * pivots[i]
        }
        for i in stride(from: n - 1, through: 0, by: -1) {
          let value = x[i] * pivots[i]
          x[i] = value
          for k in 0..<i { x[k] -= l[i &* n &+ k] * value }
        }
      }
    }
  }
}
