/// Holds a constraint exactly: every clean estimate is replaced by the nearest design that keeps it.
public struct ProjectionGuidance: Guidance {
  private let scaling: DesignScaling
  private let project: @Sendable (DenseVector) -> DenseVector
  public var readsDenoiser: Bool { false }

  /// - Parameters:
  ///   - scaling: From the sampler's scale to the design's own.
  ///   - project: A design in its own scale to the nearest one allowed.
  public init(_ scaling: DesignScaling, _ project: @escaping @Sendable (DenseVector) -> DenseVector) {
    self.scaling = scaling
    self.project = project
  }

  public func steered(
    _ clean: Tensor<Float>, at level: NoiseLevel, pullback: ((Tensor<Float>) -> Tensor<Float>)?
  ) -> Tensor<Float> {
    scaling.scaled(scaling.designs(clean).map(project), shape: Array(clean.shape.dropFirst()))
  }

  /// The densities in 0...1 nearest to given ones whose mean is `fraction`: a shift of all, found by bisection.
  public static func densities(_ x: DenseVector, ofMean fraction: Double) -> DenseVector {
    precondition((0...1).contains(fraction), "a fraction of \(fraction)")
    func shifted(_ shift: Double) -> DenseVector { DenseVector(x.elements.map { min(1, max(0, $0 + shift)) }) }
    var low = -1 - (x.elements.max() ?? 0), high = 1 - (x.elements.min() ?? 0)
    for _ in 0..<60 {
      let middle = 0.5 * (low + high)
      if shifted(middle).elements.reduce(0, +) < fraction * Double(x.count) { low = middle } else { high = middle }
    }
    return shifted(0.5 * (low + high))
  }
}
