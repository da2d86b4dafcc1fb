/// The ancestral sampler: algorithm 2 of Ho et al. (2020), for any levels.
public struct AncestralSampler: DesignSampler {
  public let steps: Int
  public init(steps: Int) {
    precondition(steps > 0, "\(steps) steps")
    self.steps = steps
  }

  public func levels(of schedule: NoiseSchedule) -> [NoiseLevel] { schedule.levels(steps: steps) }

  /// The mean and the deviation of q(x_t | x_s, x0), eq. 6 and 7.
  public func step(
    _ x: Tensor<Float>, _ step: SamplingStep, memory: inout SamplerMemory,
    clean: (Tensor<Float>, NoiseLevel) throws -> Tensor<Float>
  ) throws -> Tensor<Float> {
    let design = try clean(x, step.from)
    let (from, to) = (step.from, step.to)
    let decay = from.signal / to.signal
    let variance = from.deviation * from.deviation
    let added = max(0, variance - decay * decay * to.deviation * to.deviation)
    let ofDesign = to.signal * added / variance
    let ofState = decay * to.deviation * to.deviation / variance
    let fresh = to.deviation * (added / variance).squareRoot()
    let parts = [(ofDesign, design), (ofState, x)]
    return .combined(fresh > 0 ? parts + [(fresh, step.noise())] : parts)
  }
}
