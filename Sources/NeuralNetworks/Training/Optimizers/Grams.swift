/// Grams (Cao et al. 2024, "Grams: Gradient Descent with Adaptive Momentum Scaling", algorithm 1): the length of Adam's
/// step in the direction of the gradient's own sign, entry by entry.
public struct Grams: StochasticOptimizer {
  public var meanDecay = 0.9
  public var squareDecay = 0.999
  public var smallest = 1e-8
  public var weightDecay = 0.0

  public init() {}

  public var name: String { "grams" }

  public func start(at parameters: Tensor<Float>, layout: ParameterLayout) -> OptimizerMemory {
    OptimizerMemory(zeros: 2, like: parameters)
  }

  public func update(
    _ memory: inout OptimizerMemory, _ parameters: inout Tensor<Float>, gradient: Tensor<Float>, rate: Double
  ) {
    memory.step += 1
    let moments = RunningMoments(meanDecay: meanDecay, squareDecay: squareDecay, step: memory.step, rate: rate)
    let (smallest, kept) = (Float(smallest), Float(1 - rate * weightDecay))
    memory.update(&parameters, gradient: gradient) { range, p in
      let (x, g, m, v) = (p.parameters, p.gradient, p.vectors[0], p.vectors[1])
      for i in range {
        moments.add(g[i], to: &m[i], &v[i])
        let length = abs(moments.meanScale * m[i]) / ((moments.squareScale * v[i]).squareRoot() + smallest)
        let sign: Float = g[i] > 0 ? 1 : g[i] < 0 ? -1 : 0
        x[i] = kept * x[i] - length * sign
      }
    }
  }
}
