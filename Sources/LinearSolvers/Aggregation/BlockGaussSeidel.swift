/// Gauss-Seidel sweeps by node blocks over a symmetric matrix in single precision.
///
/// A sweep down before and a sweep up after a coarse correction make a symmetric positive definite cycle for every
/// positive definite matrix, without a bound of its eigenvalues.
struct BlockGaussSeidel: Sendable {
  let blockSize: Int
  let rowCount: Int
  private let rowStarts: [Int]
  private let columns: [Int32]
  /// Where the diagonal block of each row is.
  private let diagonals: [Int]
  /// Column-major blocks, with room behind the last for loads that reach past it.
  private let values: [Float]
  /// The inverses of the diagonal blocks, likewise.
  private let inverses: [Float]

  /// - Throws: where a diagonal block is not positive definite.
  init(_ a: BlockRows) throws(SolveFailure) {
    let b = a.rowBlock
    blockSize = b
    rowCount = a.rowCount
    rowStarts = a.rowStarts
    columns = a.columns
    var diagonals = [Int](repeating: -1, count: a.rowCount)
    var values = [Float](repeating: 0, count: a.values.count + 8)
    for row in 0..<a.rowCount {
      for k in a.rowStarts[row]..<a.rowStarts[row + 1] {
        if Int(a.columns[k]) == row { diagonals[row] = k }
        for i in 0..<b {
          for j in 0..<b { values[k * b * b + j * b + i] = Float(a.values[k * b * b + i * b + j]) }
        }
      }
    }
    self.diagonals = diagonals
    self.values = values
    var inverses = [Float](repeating: 0, count: a.rowCount * b * b + 8)
    var factor = DenseCholesky(capacity: b)
    var column = [Double](repeating: 0, count: b)
    for row in 0..<a.rowCount {
      let isDefinite = a.values.withUnsafeBufferPointer {
        diagonals[row] >= 0 && factor.factor($0.baseAddress! + diagonals[row] * b * b, count: b)
      }
      guard isDefinite else {
        throw SolveFailure(.singular, "the diagonal block of node \(row) is not positive definite")
      }
      for j in 0..<b {
        for i in 0..<b { column[i] = i == j ? 1 : 0 }
        column.withUnsafeMutableBufferPointer { factor.solve($0.baseAddress!) }
        for i in 0..<b { inverses[row * b * b + j * b + i] = Float(column[i]) }
      }
    }
    self.inverses = inverses
  }

  /// Of a sweep down, a residual and a sweep up: every entry is used twice.
  var multiplyAdds: Double { Double(2 * values.count + 2 * inverses.count) }

  /// x = (D + L)⁻¹ r.
  func descendFromZero(_ r: UnsafePointer<Float>, _ x: UnsafeMutablePointer<Float>) { run(.descend, r, x) }
  /// y = r - A x after `descendFromZero`: minus the upper triangle times x.
  func residualAfterDescent(_ x: UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>) { run(.residual, x, y) }
  /// A sweep up from the present x.
  func ascend(_ r: UnsafePointer<Float>, _ x: UnsafeMutablePointer<Float>) { run(.ascend, r, x) }

  private enum Sweep { case descend, residual, ascend }

  private func run(_ sweep: Sweep, _ input: UnsafePointer<Float>, _ output: UnsafeMutablePointer<Float>) {
    values.withUnsafeBufferPointer { values in
      inverses.withUnsafeBufferPointer { inverses in
        columns.withUnsafeBufferPointer { columns in
          rowStarts.withUnsafeBufferPointer { starts in
            diagonals.withUnsafeBufferPointer { diagonals in
              let rows = Rows(
                count: rowCount, starts: starts.baseAddress!, columns: columns.baseAddress!,
                diagonals: diagonals.baseAddress!, values: values.baseAddress!, inverses: inverses.baseAddress!)
              switch blockSize {
              case 1: rows.runScalar(sweep, input, output)
              case 2: rows.run(SIMD2<Float>.self, 2, sweep, input, output)
              case 3: rows.run(SIMD4<Float>.self, 3, sweep, input, output)
              case 6: rows.run(SIMD8<Float>.self, 6, sweep, input, output)
              default: rows.runAny(blockSize, sweep, input, output)
              }
            }
          }
        }
      }
    }
  }

  /// The arrays as pointers.
  private struct Rows {
    let count: Int
    let starts: UnsafePointer<Int>
    let columns: UnsafePointer<Int32>
    let diagonals: UnsafePointer<Int>
    let values: UnsafePointer<Float>
    let inverses: UnsafePointer<Float>

    /// Blocks of `b` rows in one vector of at least as many lanes; further lanes hold what nobody reads.
    @inline(__always)
    func run<V: SIMD & BitwiseCopyable>(
      _: V.Type, _ b: Int, _ sweep: Sweep, _ input: UnsafePointer<Float>, _ output: UnsafeMutablePointer<Float>
    ) where V.Scalar == Float {
      var row = sweep == .ascend ? count &- 1 : 0
      for _ in 0..<count {
        let diagonal = diagonals[row]
        var sum = V.zero
        let x = sweep == .residual ? input : UnsafePointer(output)
        if sweep != .residual { add(V.self, b, starts[row]..<diagonal, x, &sum) }
        if sweep != .descend { add(V.self, b, (diagonal &+ 1)..<starts[row &+ 1], x, &sum) }
        let target = output + row &* b
        if sweep == .residual {
          for i in 0..<b { target[i] = -sum[i] }
        } else {
          let right = input + row &* b
          var solved = V.zero
          for j in 0..<b { solved += load(V.self, inverses + (row &* b &+ j) &* b) * (right[j] - sum[j]) }
          for i in 0..<b { target[i] = solved[i] }
        }
        row &+= sweep == .ascend ? -1 : 1
      }
    }

    @inline(__always)
    private func add<V: SIMD & BitwiseCopyable>(
      _: V.Type, _ b: Int, _ range: Range<Int>, _ x: UnsafePointer<Float>, _ sum: inout V
    ) where V.Scalar == Float {
      var k = range.lowerBound
      while k < range.upperBound {
        let block = values + k &* b &* b
        let source = x + Int(columns[k]) &* b
        for j in 0..<b { sum += load(V.self, block + j &* b) * source[j] }
        k &+= 1
      }
    }

    @inline(__always)
    private func load<V: SIMD & BitwiseCopyable>(_: V.Type, _ p: UnsafePointer<Float>) -> V where V.Scalar == Float {
      UnsafeRawPointer(p).loadUnaligned(as: V.self)
    }

    func runScalar(_ sweep: Sweep, _ input: UnsafePointer<Float>, _ output: UnsafeMutablePointer<Float>) {
      var row = sweep == .ascend ? count &- 1 : 0
      let x = sweep == .residual ? input : UnsafePointer(output)
      for _ in 0..<count {
        let diagonal = diagonals[row]
        var k = sweep == .residual ? diagonal &+ 1 : starts[row]
        let end = sweep == .descend ? diagonal : starts[row &+ 1]
        var first: Float = 0, second: Float = 0
        if sweep == .ascend { first = -values[diagonal] * x[row] }
        while k &+ 1 < end {
          first += values[k] * x[Int(columns[k])]
          second += values[k &+ 1] * x[Int(columns[k &+ 1])]
          k &+= 2
        }
        if k < end { first += values[k] * x[Int(columns[k])] }
        let sum = first + second
        output[row] = sweep == .residual ? -sum : inverses[row] * (input[row] - sum)
        row &+= sweep == .ascend ? -1 : 1
      }
    }

    /// Blocks of any size.
    func runAny(_ b: Int, _ sweep: Sweep, _ input: UnsafePointer<Float>, _ output: UnsafeMutablePointer<Float>) {
      var sum = [Float](repeating: 0, count: b)
      let x = sweep == .residual ? input : UnsafePointer(output)
      for step in 0..<count {
        let row = sweep == .ascend ? count - 1 - step : step
        let first = sweep == .residual ? diagonals[row] + 1 : starts[row]
        let end = sweep == .descend ? diagonals[row] : starts[row + 1]
        for i in 0..<b { sum[i] = 0 }
        for k in first..<max(first, end) where k != diagonals[row] {
          for j in 0..<b {
            for i in 0..<b { sum[i] += values[(k * b + j) * b + i] * x[Int(columns[k]) * b + j] }
          }
        }
        if sweep == .residual {
          for i in 0..<b { output[row * b + i] = -sum[i] }
          continue
        }
        for i in 0..<b { sum[i] = input[row * b + i] - sum[i] }
        for i in 0..<b {
          var value: Float = 0
          for j in 0..<b { value += inverses[(row * b + j) * b + i] * sum[j] }
          output[row * b + i] = value
        }
      }
    }
  }
}
