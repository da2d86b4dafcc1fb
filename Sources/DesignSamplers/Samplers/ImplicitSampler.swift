/// The implicit sampler of Song et al. (2021, DDIM), eq. 12, with a part `noise` of the noise of the ancestral one.
///
/// Without noise this is Euler's method for the probability flow in the variable x / α over σ / α, whatever the schedule:
/// algorithm 1 of Karras et al. (2022) without its second half, and for `NoiseSchedule.flow` Euler's method along
/// the straight flow of Liu et al. (2022), eq. 3.
public struct ImplicitSampler: DesignSampler {
  public let steps: Int
  /// η: 0 for the deterministic sampler, 1 for the ancestral one.
  public let noise: Double

  public init(steps: Int, noise: Double = 0) {
    precondition(steps > 0 && (0...1).contains(noise), "\(steps) steps with \(noise) of noise")
    self.steps = steps
    self.noise = noise
  }

  public func levels(of schedule: NoiseSchedule) -> [NoiseLevel] { schedule.levels(steps: steps) }

  public func step(
    _ x: Tensor<Float>, _ step: SamplingStep, memory: inout SamplerMemory,
    clean: (Tensor<Float>, NoiseLevel) throws -> Tensor<Float>
  ) throws -> Tensor<Float> {
    let design = try clean(x, step.from)
    let (from, to) = (step.from, step.to)
    // eq. 16 of the paper, in the terms of levels.
    let kept = from.signal * to.deviation / (from.deviation * max(to.signal, .leastNormalMagnitude))
    let fresh = noise * to.deviation * (max(0, 1 - kept * kept)).squareRoot()
    let old = (max(0, to.deviation * to.deviation - fresh * fresh)).squareRoot() / from.deviation
    let parts = [(to.signal - old * from.signal, design), (old, x)]
    return .combined(fresh > 0 ? parts + [(fresh, step.noise())] : parts)
  }
}
