/// Lion (Chen et al. 2023, algorithm 2): the sign of a mix of gradient and momentum. Its rate is a third to a tenth of
/// Adam's, its decay of weights as much larger.
public struct Lion: StochasticOptimizer {
  /// beta_1, of the mix whose sign is the step.
  public var mix = 0.9
  /// beta_2, of the momentum.
  public var meanDecay = 0.99
  public var weightDecay = 0.0

  public init() {}

  public var name: String { "lion" }

  public func start(at parameters: Tensor<Float>, layout: ParameterLayout) -> OptimizerMemory {
    OptimizerMemory(zeros: 1, like: parameters)
  }

  public func update(
    _ memory: inout OptimizerMemory, _ parameters: inout Tensor<Float>, gradient: Tensor<Float>, rate: Double
  ) {
    memory.step += 1
    let (b1, b2, step) = (Float(mix), Float(meanDecay), Float(rate))
    let kept = Float(1 - rate * weightDecay)
    memory.update(&parameters, gradient: gradient) { range, p in
      let (x, g, m) = (p.parameters, p.gradient, p.vectors[0])
      for i in range {
        let mixed = b1 * m[i] + (1 - b1) * g[i]
        let sign: Float = mixed > 0 ? 1 : mixed < 0 ? -1 : 0
        x[i] = kept * x[i] - step * sign
        m[i] = b2 * m[i] + (1 - b2) * g[i]
      }
    }
  }
}
