import _Differentiation

/// A parameter type that is its own tangent vector and knows products with numbers: what carries directions of a design
/// forward through models of any kind. Vectors conform; structures of vectors conform by saying how.
public protocol ScalableTangent: Differentiable, AdditiveArithmetic where TangentVector == Self {
  func multiplied(by factor: Double) -> Self
  func dot(_ other: Self) -> Double
}

extension ScalableTangent {
  /// `(self - other) * factor`; nil for another type.
  public func difference(from other: any ScalableTangent, scaledBy factor: Double) -> Self? {
    guard let other = other as? Self else { return nil }
    return (self - other).multiplied(by: factor)
  }

  /// The inner product with a vector of the same type; zero for another.
  public func innerProduct(with other: Any) -> Double { (other as? Self).map { dot($0) } ?? 0 }
}

extension DenseVector: ScalableTangent {
  public func multiplied(by factor: Double) -> DenseVector { scaled(by: factor) }
}
