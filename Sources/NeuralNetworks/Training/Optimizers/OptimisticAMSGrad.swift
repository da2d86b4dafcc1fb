/// AMSGrad (Reddi et al. 2018, algorithm 2: the largest running mean of squares so far), with the optimistic step of
/// Daskalakis et al. 2018, algorithm 1: twice the new step less the last one, as if the next gradient were to be like
/// this one. Without optimism it is AMSGrad.
public struct OptimisticAMSGrad: StochasticOptimizer {
  public var meanDecay = 0.9
  public var squareDecay = 0.999
  public var smallest = 1e-8
  public var isOptimistic = true

  public init() {}

  public var name: String { isOptimistic ? "optimistic-amsgrad" : "amsgrad" }

  public func start(at parameters: Tensor<Float>, layout: ParameterLayout) -> OptimizerMemory {
    OptimizerMemory(zeros: 4, like: parameters)
  }

  public func update(
    _ memory: inout OptimizerMemory, _ parameters: inout Tensor<Float>, gradient: Tensor<Float>, rate: Double
  ) {
    memory.step += 1
    let moments = RunningMoments(meanDecay: meanDecay, squareDecay: squareDecay, step: memory.step, rate: rate)
    let (smallest, optimism) = (Float(smallest), isOptimistic ? Float(1) : 0)
    memory.update(&parameters, gradient: gradient) { range, p in
      let (x, g, m, v) = (p.parameters, p.gradient, p.vectors[0], p.vectors[1])
      let (largest, last) = (p.vectors[2], p.vectors[3])
      for i in range {
        moments.add(g[i], to: &m[i], &v[i])
        largest[i] = max(largest[i], moments.squareScale * v[i])
        let step = moments.meanScale * m[i] / (largest[i].squareRoot() + smallest)
        x[i] -= step + optimism * (step - last[i])
        last[i] = step
      }
    }
  }
}
