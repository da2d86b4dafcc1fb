import _Differentiation

/// A differentiable map from one vector to another: filters, projections, interpolations, symmetries.
///
/// Conforming types write `apply` and `pullback`; Swift's differentiation reaches them through `callAsFunction`.
public protocol Transform: Sendable {
  /// The image of `x`.
  func apply(_ x: DenseVector) throws(SolveFailure) -> DenseVector
  /// The transposed derivative at `x`, applied to a seed on the image. The empty seed is zero.
  func pullback(_ seed: DenseVector, at x: DenseVector) throws(SolveFailure) -> DenseVector
  /// The image of `x` with the pullback there. Worth writing where a pullback would otherwise repeat the work of
  /// `apply`; the pullback may be called many times.
  func linearize(at x: DenseVector) throws(SolveFailure) -> TransformLinearization
}

/// A transform's image at a point, with the transposed derivative there.
public struct TransformLinearization {
  public let image: DenseVector
  /// A seed on the image to the gradient with respect to the point.
  public let pullback: (DenseVector) throws(SolveFailure) -> DenseVector

  public init(image: DenseVector, pullback: @escaping (DenseVector) throws(SolveFailure) -> DenseVector) {
    self.image = image
    self.pullback = pullback
  }
}

extension Transform {
  public func linearize(at x: DenseVector) throws(SolveFailure) -> TransformLinearization {
    TransformLinearization(image: try apply(x)) { seed throws(SolveFailure) in try pullback(seed, at: x) }
  }

  /// The image of `x`; a failure is recorded in the current `FailureTrap`.
  public func callAsFunction(_ x: DenseVector) -> DenseVector {
    Self.trapped { () throws(SolveFailure) in try apply(x) }
  }

  @derivative(of: callAsFunction, wrt: x)
  public func vjpCallAsFunction(_ x: DenseVector) -> (
    value: DenseVector, pullback: (DenseVector) -> DenseVector
  ) {
    var linearization: TransformLinearization?
    let image = Self.trapped { () throws(SolveFailure) in
      let result = try linearize(at: x)
      linearization = result
      return result.image
    }
    guard let pullback = linearization?.pullback else { return (image, { _ in .zero }) }
    return (image, { seed in Self.trapped { () throws(SolveFailure) in try pullback(seed) } })
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
    return try linearize(at: x).pullback(seed)
  }

  /// Every stage is evaluated once, however many seeds follow.
  public func linearize(at x: DenseVector) throws(SolveFailure) -> TransformLinearization {
    var image = x
    var pullbacks: [(DenseVector) throws(SolveFailure) -> DenseVector] = []
    for stage in stages {
      let linearization = try stage.linearize(at: image)
      image = linearization.image
      pullbacks.append(linearization.pullback)
    }
    return TransformLinearization(image: image) { seed throws(SolveFailure) in
      var gradient = seed
      for pullback in pullbacks.reversed() { gradient = try pullback(gradient) }
      return gradient
    }
  }
}
