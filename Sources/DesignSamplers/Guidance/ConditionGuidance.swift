/// More of a condition than the designs of the data had: the answer with the condition goes beyond the one without by the
/// factor w (Ho & Salimans, "Classifier-free diffusion guidance", 2022, eq. 6).
public struct ConditionGuidance: Denoiser {
  public let conditioned: NetworkDenoiser
  private let free: NetworkDenoiser
  /// w: 0 for the condition as it is.
  public let weight: Double

  public init(_ conditioned: NetworkDenoiser, weight: Double) {
    precondition(conditioned.condition != nil, "nothing is asked")
    self.conditioned = conditioned
    self.weight = weight
    var free = conditioned
    free.condition = conditioned.condition.map { [Float](repeating: 0, count: $0.count) }
    self.free = free
  }

  public var shape: [Int] { conditioned.shape }

  public func denoise(_ x: Tensor<Float>, at level: NoiseLevel) throws -> Tensor<Float> {
    let asked = try conditioned.denoise(x, at: level)
    guard weight != 0 else { return asked }
    return .combined([(1 + weight, asked), (-weight, try free.denoise(x, at: level))])
  }

  public func linearize(
    _ x: Tensor<Float>, at level: NoiseLevel
  ) throws -> (clean: Tensor<Float>, pullback: (Tensor<Float>) -> Tensor<Float>) {
    let (asked, pullAsked) = try conditioned.linearize(x, at: level)
    guard weight != 0 else { return (asked, pullAsked) }
    let (without, pullWithout) = try free.linearize(x, at: level)
    let w = weight
    return (
      .combined([(1 + w, asked), (-w, without)]),
      { seed in .combined([(1 + w, pullAsked(seed)), (-w, pullWithout(seed))]) }
    )
  }
}
