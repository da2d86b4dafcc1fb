import _Differentiation

/// A differentiable map from one vector to another: filters, projections, interpolations, symmetries.
///
/// Conforming types write `apply` and `pullback`; Swift's differentiation reaches them through `callAsFunction`.
public protocol Transform: Sendable {
  /// The image of `x`.
  func apply(_ x: DenseVector) throws(SolveFailure) -> DenseVector
  /// The transposed derivative at `x`, applied to a seed on the image. The empty seed is zero.
  func pullback(_ seed: DenseVector, at x: DenseVector) throws(SolveFailure) -> DenseVector
  /// The image and the pullback there, sharing what both need.
  func linearize(at x: DenseVector) throws(SolveFailure)
    -> (image: DenseVector, pullback: (DenseVector) throws(SolveFailure) -> DenseVector)
}

extension Transform {
  public func linearize(at x: DenseVector) throws(SolveFailure)
    -> (image: DenseVector, pullback: (DenseVector) throws(SolveFailure) -> DenseVector)
  {
    (try apply(x), { seed throws(SolveFailure) in try pullback(seed, at: x) })
  }

  /// The image of `x`; a failure is recorded in the current `FailureTrap`.
  public func callAsFunction(_ x: DenseVector) -> DenseVector {
    Self.trapped { () throws(SolveFailure) in try apply(x) }
  }

  @derivative(of: callAsFunction, wrt: x)
  public func vjpCallAsFunction(_ x: DenseVector) -> (
    value: DenseVector, pullback: (DenseVector) -> DenseVector
  ) {
    (
      callAsFunction(x),
      { seed in Self.trapped { () throws(SolveFailure) in try pullback(seed, at: x) } }
    )
  }

  private static func trapped(_ body: () throws(SolveFailure) -> DenseVector) -> DenseVector {
    do throws(SolveFailure) {
      return try body()
    } catch {
      guard let trap = FailureTrap.current else {
        preconditionFailure("a transform failed outside any FailureTrap: \(error)")
      }
      trap.record(error)
      return .zero
    }
  }
}

/// Transforms one after the other.
public struct TransformChain: Transform {
  public var stages: [any Transform]
  public init(_ stages: [any Transform]) { self.stages = stages }

  public func apply(_ x: DenseVector) throws(SolveFailure) -> DenseVector {
    var image = x
    for stage in stages { image = try stage.apply(image) }
    return image
  }

  public func pullback(_ seed: DenseVector, at x: DenseVector) throws(SolveFailure) -> DenseVector {
    if seed.isEmpty { return seed }
    var points = [x]
    for stage in stages.dropLast() { points.append(try stage.apply(points[points.count - 1])) }
    var gradient = seed
    for (stage, point) in zip(stages, points).reversed() {
      gradient = try stage.pullback(gradient, at: point)
    }
    return gradient
  }
}
