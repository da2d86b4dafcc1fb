/// Adam (Kingma & Ba 2015, algorithm 1) with the decay of weights apart from the gradient (Loshchilov & Hutter 2019,
/// algorithm 2). Without decay it is Adam.
public struct AdamW: StochasticOptimizer {
  /// beta_1, of the running mean of the gradient.
  public var meanDecay = 0.9
  /// beta_2, of the running mean of its square.
  public var squareDecay = 0.999
  public var smallest = 1e-8
  /// lambda: a step takes rate times this part off each weight.
  public var weightDecay = 0.01

  public init() {}
  /// Adam.
  public static var adam: AdamW {
    var method = AdamW()
    method.weightDecay = 0
    return method
  }

  public var name: String { weightDecay == 0 ? "adam" : "adamw" }

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
        x[i] = kept * x[i] - moments.meanScale * m[i] / ((moments.squareScale * v[i]).squareRoot() + smallest)
      }
    }
  }
}
