/// Solves with a lower triangle and its transpose, stored by columns in single precision.
enum TriangularSolve {
  /// z = S (L Lᵀ)⁻¹ S r.
  ///
  /// - Parameters:
  ///   - columnStarts: first entry of each column, and the number of entries at the end. `[n + 1]`
  ///   - lower: the entries; the first of a column stands for the diagonal and is not read.
  ///   - inverseDiagonal: `[n]`
  ///   - scaling: S. `[n]`
  static func applyScaled(
    columnStarts: [Int32], rows: [Int32], lower: [Float], inverseDiagonal: [Double], scaling: [Double],
    _ r: UnsafePointer<Double>, _ z: UnsafeMutablePointer<Double>
  ) {
    let n = scaling.count
    lower.withUnsafeBufferPointer { values in
      inverseDiagonal.withUnsafeBufferPointer { inverses in
        scaling.withUnsafeBufferPointer { scaling in
          columnStarts.withUnsafeBufferPointer { starts in
            rows.withUnsafeBufferPointer { rows in
              let l = values.baseAddress!, inverses = inverses.baseAddress!, s = scaling.baseAddress!
              let starts = starts.baseAddress!, rows = rows.baseAddress!
              var i = 0
              while i < n {
                z[i] = s[i] * r[i]
                i &+= 1
              }
              descend(n, starts, rows, l, inverses, z)
              ascend(n, starts, rows, l, inverses, z)
              i = 0
              while i < n {
                z[i] *= s[i]
                i &+= 1
              }
            }
          }
        }
      }
    }
  }

  /// L y = z in place, scattering columns.
  private static func descend(
    _ n: Int, _ starts: UnsafePointer<Int32>, _ rows: UnsafePointer<Int32>, _ l: UnsafePointer<Float>,
    _ inverses: UnsafePointer<Double>, _ z: UnsafeMutablePointer<Double>
  ) {
    var k = 0
    var j = 0
    while j < n {
      let end = Int(starts[j &+ 1])
      let y = z[j] * inverses[j]
      z[j] = y
      k &+= 1
      while k < end {
        z[Int(rows[k])] -= Double(l[k]) * y
        k &+= 1
      }
      j &+= 1
    }
  }

  /// Lᵀ x = z in place, gathering columns.
  private static func ascend(
    _ n: Int, _ starts: UnsafePointer<Int32>, _ rows: UnsafePointer<Int32>, _ l: UnsafePointer<Float>,
    _ inverses: UnsafePointer<Double>, _ z: UnsafeMutablePointer<Double>
  ) {
    var j = n &- 1
    while j >= 0 {
      let first = Int(starts[j]) &+ 1
      let end = Int(starts[j &+ 1])
      var sum = z[j]
      var other = 0.0
      var k = first
      while k &+ 1 < end {
        sum -= Double(l[k]) * z[Int(rows[k])]
        other -= Double(l[k &+ 1]) * z[Int(rows[k &+ 1])]
        k &+= 2
      }
      if k < end { sum -= Double(l[k]) * z[Int(rows[k])] }
      z[j] = (sum + other) * inverses[j]
      j &-= 1
    }
  }
}
