/// The symmetric polynomial preconditioners of Doikov and Rodomanov (Polynomial Preconditioning for Gradient Methods,
/// 2023), of the matrix scaled to a unit diagonal.
///
/// With B = D^(-1/2) A D^(-1/2) of eigenvalues λ, P_τ(B) = Σ_i (-1)^i σ_(τ-i)(λ) B^i, σ_k being the elementary symmetric
/// polynomials. Its eigenvalue beside λ_j is σ_τ of all the others: positive for every positive definite B, without a
/// bound to be known. It takes away the influence of the τ largest eigenvalues where they stand far apart from the rest. The
/// spectrum of a discretized differential operator has no such gap, and there it does next to nothing.
public struct SymmetricPolynomialPreconditioner<Operator: AssemblableOperator>: PreconditionerFactory {
  /// The polynomial of one operator.
  public final class Prepared: Preconditioner {
    private let matrix: SymmetricSparseMatrix
    /// D^(-1/2)
    private let scaling: DenseVector
    /// Of B^i, divided by the largest of them. `[degree + 1]`
    let coefficients: [Double]

    init(_ matrix: SymmetricSparseMatrix, scaling: DenseVector, coefficients: [Double]) {
      self.matrix = matrix
      self.scaling = scaling
      self.coefficients = coefficients
    }

    public var work: PreconditionerWork {
      let degree = Double(coefficients.count - 1)
      // B² costs a row of B for every entry.
      let square = matrix.multiplyAdds * matrix.multiplyAdds / Double(matrix.dimension)
      return PreconditionerWork(
        preparation: matrix.multiplyAdds + (degree > 2 ? square : 0),
        application: degree * (matrix.multiplyAdds + 3 * Double(matrix.dimension)))
    }

    /// z = D^(-1/2) P(B) D^(-1/2) r, by Horner's rule.
    public func apply(_ r: UnsafePointer<Double>, into z: UnsafeMutablePointer<Double>) {
      let n = matrix.dimension
      let start = DenseVector(UnsafeBufferPointer(start: r, count: n)).multipliedEntrywise(by: scaling)
      var sum = start.scaled(by: coefficients[coefficients.count - 1])
      for c in coefficients.dropLast().reversed() {
        sum = matrix.apply(sum.multipliedEntrywise(by: scaling)).multipliedEntrywise(by: scaling)
        sum.add(start, scaledBy: c)
      }
      sum = sum.multipliedEntrywise(by: scaling)
      sum.withUnsafeBufferPointer { z.update(from: $0.baseAddress!, count: n) }
    }
  }

  public let name = "symmetric-polynomial"
  /// τ, the number of large eigenvalues whose influence is taken away.
  public let degree: Int

  /// - Parameter degree: 1 to 4, for which the traces of the powers of B are exact at the cost of B².
  public init(degree: Int = 2) {
    precondition((1...4).contains(degree), "symmetric polynomials have a degree from 1 to 4")
    self.degree = degree
  }

  public func prepare(_ a: Operator, reusing previous: consuming Prepared?) throws(SolveFailure) -> Prepared {
    var matrix = a.assembled()
    var scaling = matrix.diagonal()
    for i in scaling.indices {
      guard scaling[i] > 0, scaling[i].isFinite else {
        throw SolveFailure(.singular, "the diagonal entry of unknown \(i) is \(scaling[i]), not a positive number")
      }
      scaling[i] = 1 / scaling[i].squareRoot()
    }
    let original = matrix
    let pattern = matrix.pattern
    for j in 0..<matrix.dimension {
      for k in Int(pattern.columnStarts[j])..<Int(pattern.columnStarts[j + 1]) {
        matrix.values[k] *= scaling[j] * scaling[Int(pattern.rows[k])]
      }
    }
    let sigma = Self.elementarySymmetric(ofTraces: Self.traces(of: matrix, upTo: degree))
    var coefficients = (0...degree).map { ($0 % 2 == 0 ? 1 : -1) * sigma[degree - $0] }
    let largest = coefficients.reduce(0) { max($0, abs($1)) }
    coefficients = coefficients.map { $0 / largest }
    return Prepared(original, scaling: scaling, coefficients: coefficients)
  }

  /// tr B, tr B², tr B³ = <B², B>, tr B⁴ = |B²|².
  private static func traces(of matrix: SymmetricSparseMatrix, upTo degree: Int) -> [Double] {
    let b = BlockRows(matrix)
    var traces = [Double](repeating: 0, count: 4)
    traces[0] = matrix.diagonal().sum
    for value in b.values { traces[1] += value * value }
    guard degree > 2 else { return Array(traces.prefix(degree)) }
    let square = b.times(b)
    var row = [Double](repeating: 0, count: b.rowCount)
    for i in 0..<b.rowCount {
      for k in b.rowStarts[i]..<b.rowStarts[i + 1] { row[Int(b.columns[k])] = b.values[k] }
      for k in square.rowStarts[i]..<square.rowStarts[i + 1] {
        traces[2] += square.values[k] * row[Int(square.columns[k])]
        traces[3] += square.values[k] * square.values[k]
      }
      for k in b.rowStarts[i]..<b.rowStarts[i + 1] { row[Int(b.columns[k])] = 0 }
    }
    return Array(traces.prefix(degree))
  }

  /// σ_0 ... σ_degree from the power sums, by Newton's identities.
  static func elementarySymmetric(ofTraces traces: [Double]) -> [Double] {
    var sigma = [1.0]
    for k in 1...traces.count {
      var sum = 0.0
      for i in 1...k { sum += (i % 2 == 1 ? 1 : -1) * sigma[k - i] * traces[i - 1] }
      sigma.append(sum / Double(k))
    }
    return sigma
  }
}
