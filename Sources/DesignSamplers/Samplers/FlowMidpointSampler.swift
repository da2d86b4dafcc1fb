/// The midpoint rule along a straight flow: dx/dt = e - x0 over t from 1 to 0, with α = 1 - t and σ = t (Liu et al. 2022,
/// eq. 1; Lipman et al. 2023). Two answers of the network a step. Euler's method is `ImplicitSampler`.
public struct FlowMidpointSampler: DesignSampler {
  public let steps: Int
  public init(steps: Int) {
    precondition(steps > 0, "\(steps) steps")
    self.steps = steps
  }

  /// Straight levels, whatever schedule the denoiser was trained with: it is asked at levels, not at times.
  public func levels(of schedule: NoiseSchedule) -> [NoiseLevel] { NoiseSchedule.flow.levels(steps: steps) }

  public func step(
    _ x: Tensor<Float>, _ step: SamplingStep, memory: inout SamplerMemory,
    clean: (Tensor<Float>, NoiseLevel) throws -> Tensor<Float>
  ) throws -> Tensor<Float> {
    let t = step.from.deviation, end = step.to.deviation
    let middle = 0.5 * (t + end)
    func rate(_ x: Tensor<Float>, _ time: Double) throws -> Tensor<Float> {
      let design = try clean(x, NoiseLevel(signal: 1 - time, deviation: time))
      return .combined([(1 / time, x), (-1 / time, design)])
    }
    let half = Tensor.combined([(1, x), (middle - t, try rate(x, t))])
    return .combined([(1, x), (end - t, try rate(half, middle))])
  }
}
