#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

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
    let (b1, b2) = (Float(meanDecay), Float(squareDecay))
    // The corrections of the two means' start at zero.
    let meanScale = Float(rate / (1 - pow(meanDecay, Double(memory.step))))
    let squareScale = Float(1 / (1 - pow(squareDecay, Double(memory.step))))
    let (smallest, kept) = (Float(smallest), Float(1 - rate * weightDecay))
    memory.update(&parameters, gradient: gradient) { range, p in
      let (x, g, m, v) = (p.parameters, p.gradient, p.vectors[0], p.vectors[1])
      for i in range {
        m[i] = b1 * m[i] + (1 - b1) * g[i]
        v[i] = b2 * v[i] + (1 - b2) * g[i] * g[i]
        x[i] = kept * x[i] - meanScale * m[i] / ((squareScale * v[i]).squareRoot() + smallest)
      }
    }
  }
}
