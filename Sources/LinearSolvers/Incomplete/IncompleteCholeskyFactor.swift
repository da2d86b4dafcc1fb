/// A lower triangle L with L Lᵀ near S A S + α I. One caller at a time.
public final class IncompleteCholeskyFactor: Preconditioner {
  public let pattern: SparsePattern
  /// The α that was needed.
  public private(set) var shift = 0.0
  /// S. `[dimension]`
  public private(set) var scaling: [Double]
  /// Columns of L; the inverse of its diagonal stands beside it, and the place of the diagonal is not read.
  public private(set) var values: [Float]
  public private(set) var inverseDiagonal: [Double]

  /// A pivot below this part of the shifted unit diagonal counts as a breakdown: the factors would be dominated by it.
  private static let smallestPivot = 1e-3

  init(pattern: SparsePattern) {
    self.pattern = pattern
    scaling = [Double](repeating: 0, count: pattern.dimension)
    inverseDiagonal = scaling
    values = [Float](repeating: 0, count: pattern.entryCount)
  }

  public var work: PreconditionerWork {
    PreconditionerWork(
      preparation: eliminationWork, application: Double(2 * pattern.entryCount + pattern.dimension))
  }

  /// Steps of the merges of one elimination; shifts that broke down are not counted.
  private lazy var eliminationWork: Double = {
    var steps = 0
    for j in 0..<pattern.dimension {
      let end = Int(pattern.columnStarts[j + 1])
      for k in Int(pattern.columnStarts[j]) + 1..<max(Int(pattern.columnStarts[j]) + 1, end) {
        let row = Int(pattern.rows[k])
        steps += end - k + Int(pattern.columnStarts[row + 1] - pattern.columnStarts[row])
      }
    }
    return Double(steps)
  }()

  /// Sets S = diag(A)^(-1/2).
  func scale(_ matrix: SymmetricSparseMatrix) throws(SolveFailure) {
    for j in 0..<pattern.dimension {
      let diagonal = matrix.values[Int(pattern.columnStarts[j])]
      guard diagonal > 0, diagonal.isFinite else {
        throw SolveFailure(.singular, "the diagonal entry of unknown \(j) is \(diagonal), not a positive number")
      }
      scaling[j] = 1 / diagonal.squareRoot()
    }
  }

  /// Factors with a shift; false when a pivot is too small.
  /// - Parameter compensation: the part of what is dropped that is taken from the diagonal instead.
  func factor(_ matrix: SymmetricSparseMatrix, shift: Double, compensation: Double = 0) -> Bool {
    self.shift = shift
    let n = pattern.dimension
    var lower = [Double](unsafeUninitializedCapacity: pattern.entryCount) { $1 = pattern.entryCount }
    let succeeded = lower.withUnsafeMutableBufferPointer { lower in
      pattern.columnStarts.withUnsafeBufferPointer { starts in
        pattern.rows.withUnsafeBufferPointer { rows in
          let l = lower.baseAddress!, starts = starts.baseAddress!, rows = rows.baseAddress!
          for j in 0..<n {
            let s = scaling[j]
            for k in Int(starts[j])..<Int(starts[j + 1]) { l[k] = matrix.values[k] * s * scaling[Int(rows[k])] }
            l[Int(starts[j])] = 1 + shift
          }
          let smallest = Self.smallestPivot * (1 + shift)
          if compensation == 0 { return eliminate(l, starts, rows, smallestPivot: smallest) }
          var elimination = ModifiedElimination(compensation: compensation, weights: scaling, n)
          return elimination.eliminate(
            l, starts, rows, inverseDiagonal: &inverseDiagonal, smallestPivot: smallest)
        }
      }
    }
    if !succeeded { return false }
    for k in 0..<values.count { values[k] = Float(lower[k]) }
    return true
  }

  /// Column by column: divide by the root of the pivot, then subtract from the later columns what falls on the pattern.
  private func eliminate(
    _ l: UnsafeMutablePointer<Double>, _ starts: UnsafePointer<Int32>, _ rows: UnsafePointer<Int32>,
    smallestPivot: Double
  ) -> Bool {
    var j = 0
    while j < pattern.dimension {
      let first = Int(starts[j]), end = Int(starts[j &+ 1])
      let pivot = l[first]
      // Also refuses what is not a number.
      guard pivot > smallestPivot else { return false }
      let inverse = 1 / pivot.squareRoot()
      inverseDiagonal[j] = inverse
      var k = first &+ 1
      while k < end {
        l[k] *= inverse
        k &+= 1
      }
      k = first &+ 1
      while k < end {
        let i = Int(rows[k])
        let factor = l[k]
        var mine = k
        var theirs = Int(starts[i])
        let theirEnd = Int(starts[i &+ 1])
        while mine < end && theirs < theirEnd {
          let mineRow = rows[mine], theirRow = rows[theirs]
          if mineRow == theirRow { l[theirs] -= factor * l[mine] }
          mine &+= mineRow <= theirRow ? 1 : 0
          theirs &+= theirRow <= mineRow ? 1 : 0
        }
        k &+= 1
      }
      j &+= 1
    }
    return true
  }

  /// Gives the factor other entries on the same pattern and scaling.
  /// - Parameter body: gets the columns of L, the places of the diagonal of no use, and the inverse of the diagonal, which must
  ///   stay positive.
  public func change(_ body: (_ values: inout [Float], _ inverseDiagonal: inout [Double]) -> Void) {
    body(&values, &inverseDiagonal)
  }

  /// z = S (L Lᵀ)⁻¹ S r.
  public func apply(_ r: UnsafePointer<Double>, into z: UnsafeMutablePointer<Double>) {
    TriangularSolve.applyScaled(
      columnStarts: pattern.columnStarts, rows: pattern.rows, lower: values, inverseDiagonal: inverseDiagonal,
      scaling: scaling, r, z)
  }
}
