/// A Chebyshev polynomial of the scaled matrix: products with A alone, so that it is as parallel as they are.
///
/// It damps the upper part of the spectrum of D⁻¹ A and is positive on all of it, because its interval ends at a bound of
/// the eigenvalues. Source: Saad, Iterative Methods for Sparse Linear Systems, 2nd ed. (2003), section 12.3.
public struct ChebyshevPreconditioner<Operator: LinearOperator>: PreconditionerFactory {
  /// The polynomial of one operator.
  public final class Prepared: Preconditioner {
    private let matrix: Operator
    private let inverseDiagonal: DenseVector
    let polynomial: ChebyshevPolynomial
    private let previous: UnsafeMutableBufferPointer<Double>
    private let image: UnsafeMutableBufferPointer<Double>

    init(_ matrix: Operator, inverseDiagonal: DenseVector, polynomial: ChebyshevPolynomial) {
      self.matrix = matrix
      self.inverseDiagonal = inverseDiagonal
      self.polynomial = polynomial
      previous = .allocate(capacity: matrix.dimension)
      image = .allocate(capacity: matrix.dimension)
    }

    deinit {
      previous.deallocate()
      image.deallocate()
    }

    public var work: PreconditionerWork {
      let n = Double(matrix.dimension), degree = Double(polynomial.degree)
      return PreconditionerWork(
        preparation: Double(SpectralBound.steps) * (matrix.multiplyAdds + 5 * n),
        application: (degree - 1) * matrix.multiplyAdds + 3 * degree * n)
    }

    public func apply(_ r: UnsafePointer<Double>, into z: UnsafeMutablePointer<Double>) {
      let shared = UncheckedShared((r: r, z: z, previous: previous.baseAddress!, image: image.baseAddress!))
      inverseDiagonal.withUnsafeBufferPointer { d in
        let d = UncheckedShared(d.baseAddress!)
        for k in 0..<polynomial.degree {
          let momentum = polynomial.momenta[k], step = polynomial.steps[k]
          if k > 0 { matrix.apply(z, into: shared.value.image) }
          concurrentlyForEach(count: matrix.dimension) { range in
            let (r, z, previous, image) = shared.value
            let d = d.value
            for i in range {
              let x = k > 0 ? z[i] : 0
              let residual = k > 0 ? r[i] - image[i] : r[i]
              let next = x + (k > 0 ? momentum * (x - previous[i]) : 0) + step * d[i] * residual
              previous[i] = x
              z[i] = next
            }
          }
        }
      }
    }
  }

  public let name = "chebyshev"
  /// Applications of D⁻¹; one less products with A.
  public let degree: Int
  /// Largest over smallest eigenvalue that is damped.
  public let ratio: Double

  public init(degree: Int = 4, ratio: Double = 30) {
    precondition(degree > 0 && ratio > 1, "a degree is positive, and a ratio above one")
    self.degree = degree
    self.ratio = ratio
  }

  public var stronger: Self? { degree < 16 ? Self(degree: 4 * degree, ratio: 8 * ratio) : nil }

  public func prepare(_ a: Operator, reusing previous: consuming Prepared?) throws(SolveFailure) -> Prepared {
    let largest = try SpectralBound.jacobiScaled(a)
    return Prepared(
      a, inverseDiagonal: DenseVector(a.diagonal().elements.map { 1 / $0 }),
      polynomial: ChebyshevPolynomial(degree: degree, largest: largest, ratio: ratio))
  }
}
