/// Every clean estimate takes a step of an optimizer: a step has a length of its own, so that no strength need be chosen, and
/// the estimate of a problem unlike those learned goes where its own gradient says.
public struct StepGuidance: Guidance {
  private let scaling: DesignScaling
  /// The largest ratio of deviation to signal at which a step is taken: the estimate says little where there is more noise.
  public let largestRatio: Double
  private let step: @Sendable (DenseVector) -> DenseVector?
  public var readsDenoiser: Bool { false }

  /// - Parameters:
  ///   - scaling: From the sampler's scale to the design's own.
  ///   - largestRatio: The largest ratio of deviation to signal at which a step is taken.
  ///   - step: From a design in its own scale to a better one; nil where there is none, and the design stays.
  public init(
    _ scaling: DesignScaling, largestRatio: Double, _ step: @escaping @Sendable (DenseVector) -> DenseVector?
  ) {
    self.scaling = scaling
    self.largestRatio = largestRatio
    self.step = step
  }

  public func steered(
    _ clean: Tensor<Float>, at level: NoiseLevel, pullback: ((Tensor<Float>) -> Tensor<Float>)?
  ) -> Tensor<Float> {
    guard level.deviation <= largestRatio * level.signal else { return clean }
    let designs = scaling.designs(clean)
    let stepped = concurrentMap(designs.count) { step(designs[$0]) ?? designs[$0] }
    return scaling.scaled(stepped, shape: Array(clean.shape.dropFirst()))
  }
}
