/// Symmetric successive over-relaxation: a sweep down and a sweep up through the triangles of the matrix itself.
///
/// M = ω / (2 - ω) (D/ω + L) D⁻¹ (D/ω + Lᵀ) for A = L + D + Lᵀ, positive definite for 0 < ω < 2. It needs no memory and no
/// preparation beyond the matrix. Source: Saad, Iterative Methods for Sparse Linear Systems, 2nd ed. (2003), section 10.2.
public struct SSORPreconditioner<Operator: AssemblableOperator>: PreconditionerFactory {
  /// A matrix with its diagonal.
  public final class Prepared: Preconditioner {
    private let matrix: SymmetricSparseMatrix
    private let relaxation: Double
    /// ω / d. `[dimension]`
    private let inverses: [Double]

    init(_ matrix: SymmetricSparseMatrix, relaxation: Double) throws(SolveFailure) {
      self.matrix = matrix
      self.relaxation = relaxation
      var inverses = matrix.diagonal().elements
      for i in inverses.indices {
        guard inverses[i] > 0, inverses[i].isFinite else {
          throw SolveFailure(.singular, "the diagonal entry of unknown \(i) is \(inverses[i]), not a positive number")
        }
        inverses[i] = relaxation / inverses[i]
      }
      self.inverses = inverses
    }

    public var work: PreconditionerWork { PreconditionerWork(preparation: 0, application: matrix.multiplyAdds) }

    /// z = (2 - ω) / ω (D/ω + Lᵀ)⁻¹ D (D/ω + L)⁻¹ r.
    public func apply(_ r: UnsafePointer<Double>, into z: UnsafeMutablePointer<Double>) {
      let n = matrix.dimension, pattern = matrix.pattern
      let scale = 2 - relaxation
      matrix.values.withUnsafeBufferPointer { values in
        inverses.withUnsafeBufferPointer { inverses in
          pattern.columnStarts.withUnsafeBufferPointer { starts in
            pattern.rows.withUnsafeBufferPointer { rows in
              let a = values.baseAddress!, inverses = inverses.baseAddress!
              let starts = starts.baseAddress!, rows = rows.baseAddress!
              z.update(from: r, count: n)
              var j = 0
              while j < n {
                let y = z[j] * inverses[j]
                var k = Int(starts[j]) &+ 1
                let end = Int(starts[j &+ 1])
                while k < end {
                  z[Int(rows[k])] -= a[k] * y
                  k &+= 1
                }
                // (2 - ω) y is what the sweep up starts from: its right side (2 - ω) / ω D y, divided by D / ω.
                z[j] = scale * y
                j &+= 1
              }
              j = n &- 1
              while j >= 0 {
                var sum = 0.0
                var k = Int(starts[j]) &+ 1
                let end = Int(starts[j &+ 1])
                while k < end {
                  sum += a[k] * z[Int(rows[k])]
                  k &+= 1
                }
                z[j] -= sum * inverses[j]
                j &-= 1
              }
            }
          }
        }
      }
    }
  }

  public let name = "ssor"
  /// ω; 1 is symmetric Gauss-Seidel.
  public let relaxation: Double

  public init(relaxation: Double = 1.2) {
    precondition(relaxation > 0 && relaxation < 2, "over-relaxation converges between 0 and 2")
    self.relaxation = relaxation
  }

  public func prepare(_ a: Operator, reusing previous: consuming Prepared?) throws(SolveFailure) -> Prepared {
    try Prepared(a.assembled(), relaxation: relaxation)
  }
}
