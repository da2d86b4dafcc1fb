/// Upper bounds of the eigenvalues of symmetric operators: the largest Ritz value of a short Lanczos iteration plus the
/// norm of its remainder.
///
/// Source: Zhou and Li, Bounding the spectrum of large Hermitian matrices, Linear Algebra Appl. 435 (2011): in exact
/// arithmetic the sum bounds the spectrum for almost every start, and a dozen steps are within some percent.
public enum SpectralBound {
  /// Steps of Lanczos where nothing else is asked for.
  public static let steps = 12

  /// Of D^(-1/2) A D^(-1/2), D the diagonal of A.
  /// - Throws: where a diagonal entry is not a positive number.
  public static func jacobiScaled(_ a: some LinearOperator, steps: Int = steps, seed: UInt64 = 1) throws(SolveFailure)
    -> Double
  {
    var scale = a.diagonal()
    for i in scale.indices {
      guard scale[i] > 0, scale[i].isFinite else {
        throw SolveFailure(.singular, "the diagonal entry of unknown \(i) is \(scale[i]), not a positive number")
      }
      scale[i] = 1 / scale[i].squareRoot()
    }
    return try largest(dimension: a.dimension, steps: steps, seed: seed) { [scale] v in
      a.apply(v.multipliedEntrywise(by: scale)).multipliedEntrywise(by: scale)
    }
  }

  /// Of the symmetric operator that `apply` is.
  static func largest(dimension n: Int, steps: Int, seed: UInt64 = 1, _ apply: (DenseVector) -> DenseVector)
    throws(SolveFailure) -> Double
  {
    var generator = SeededGenerator(seed: seed)
    var v = generator.vector(count: n)
    v.scale(by: 1 / v.norm)
    var previous = DenseVector(zeros: n)
    var alphas: [Double] = []
    var betas: [Double] = []
    for _ in 0..<min(steps, n) {
      var w = apply(v)
      if let beta = betas.last { w.add(previous, scaledBy: -beta) }
      let alpha = w.dot(v)
      guard alpha.isFinite else { throw SolveFailure(.nonFinite, "the operator gives numbers that are not finite") }
      w.add(v, scaledBy: -alpha)
      alphas.append(alpha)
      let beta = w.norm
      betas.append(beta)
      if beta <= 1e-12 * abs(alpha) { break }
      previous = v
      v = w.scaled(by: 1 / beta)
    }
    return largestEigenvalue(alphas, betas) + (betas.last ?? 0)
  }

  /// Of the symmetric tridiagonal matrix, by bisection on Sturm counts.
  private static func largestEigenvalue(_ diagonal: [Double], _ off: [Double]) -> Double {
    var low = diagonal.max() ?? 0
    var high =
      diagonal.indices.map { i in
        diagonal[i] + (i > 0 ? off[i - 1] : 0) + (i + 1 < diagonal.count ? off[i] : 0)
      }.max() ?? 0
    for _ in 0..<60 where high - low > 1e-10 * high {
      let middle = (low + high) / 2
      var pivot = 1.0
      var isAbove = false
      for i in diagonal.indices {
        pivot = diagonal[i] - middle - (i > 0 ? off[i - 1] * off[i - 1] / pivot : 0)
        if pivot > 0 {
          isAbove = true
          break
        }
        if pivot == 0 { pivot = -1e-300 }
      }
      if isAbove { low = middle } else { high = middle }
    }
    return high
  }
}
