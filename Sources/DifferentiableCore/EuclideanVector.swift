import _Differentiation

/// A finite-dimensional real vector with the Euclidean inner product; it is its own tangent vector.
///
/// An empty vector is the zero of every dimension: every operation and every pullback accepts it as such.
public protocol EuclideanVector: AdditiveArithmetic, Differentiable, Sendable
where TangentVector == Self {
  /// The number of scalar entries.
  var count: Int { get }
  /// `self += scale * other`, in place.
  mutating func add(_ other: Self, scaledBy scale: Double)
  /// `self *= factor`, in place.
  mutating func scale(by factor: Double)
  /// The inner product.
  func dot(_ other: Self) -> Double
}

extension EuclideanVector {
  /// The Euclidean norm.
  public var norm: Double { dot(self).squareRoot() }

  /// The vector multiplied by a number.
  public func scaled(by factor: Double) -> Self {
    var result = self
    result.scale(by: factor)
    return result
  }
}
