import _Differentiation

// The whole-vector operations that differentiated user code is written with. Each has a registered derivative, because
// a scalar loop over `[Double]` differentiated by the compiler costs far more than linearly.
extension DenseVector {
  @derivative(of: dot)
  public func vjpDot(_ other: DenseVector) -> (
    value: Double, pullback: (Double) -> (DenseVector, DenseVector)
  ) {
    (dot(other), { seed in (other.scaled(by: seed), self.scaled(by: seed)) })
  }

  @derivative(of: +)
  public static func vjpAdd(_ a: DenseVector, _ b: DenseVector) -> (
    value: DenseVector, pullback: (DenseVector) -> (DenseVector, DenseVector)
  ) {
    (a + b, { seed in (seed, seed) })
  }

  @derivative(of: -)
  public static func vjpSubtract(_ a: DenseVector, _ b: DenseVector) -> (
    value: DenseVector, pullback: (DenseVector) -> (DenseVector, DenseVector)
  ) {
    (a - b, { seed in (seed, seed.scaled(by: -1)) })
  }

  @derivative(of: scaled(by:))
  public func vjpScaled(by factor: Double) -> (
    value: DenseVector, pullback: (DenseVector) -> (DenseVector, Double)
  ) {
    (scaled(by: factor), { seed in (seed.scaled(by: factor), self.dot(seed)) })
  }

  @derivative(of: sum)
  public func vjpSum() -> (value: Double, pullback: (Double) -> DenseVector) {
    let n = count
    return (sum, { seed in DenseVector(repeating: seed, count: n) })
  }

  /// The vector multiplied by a number.
  public func scaled(by factor: Double) -> DenseVector {
    var result = self
    result.scale(by: factor)
    return result
  }
}
