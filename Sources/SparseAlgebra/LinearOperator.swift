@_exported import DifferentiableCore

/// A square linear map on vectors of `dimension` entries.
public protocol LinearOperator: Sendable {
  var dimension: Int { get }
  /// y = A x. The arrays hold `dimension` entries and do not overlap.
  func apply(_ x: UnsafePointer<Double>, into y: UnsafeMutablePointer<Double>)
  /// The diagonal of A.
  func diagonal() -> DenseVector
  /// Multiply-adds of one product: work as a count, in which no clock has a part.
  var multiplyAdds: Double { get }
}

extension LinearOperator {
  /// A x.
  public func apply(_ x: DenseVector) -> DenseVector {
    precondition(x.count == dimension, "an operator of dimension \(dimension) met a vector of \(x.count) entries")
    return DenseVector(count: dimension) { y in
      x.withUnsafeBufferPointer { apply($0.baseAddress!, into: y.baseAddress!) }
    }
  }
}
