#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

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
    let (b1, b2) = (Float(meanDecay), Float(squareDecay))
    let meanScale = Float(rate / (1 - pow(meanDecay, Double(memory.step))))
    let squareScale = Float(1 / (1 - pow(squareDecay, Double(memory.step))))
    let (smallest, kept) = (Float(smallest), Float(1 - rate * weightDecay))
    memory.update(&parameters, gradient: gradient) { range, p in
      let (x, g, m, v) = (p.parameters, p.gradient, p.vectors[0], p.vectors[1])
      for i in range {
        m[i] = b1 * m[i] + (1 - b1) * g[i]
        v[i] = b2 * v[i] + (1 - b2) * g[i] * g[i]
        let length = abs(meanScale * m[i]) / ((squareScale * v[i]).squareRoot() + smallest)
        let sign: Float = g[i] > 0 ? 1 : g[i] < 0 ? -1 : 0
        x[i] = kept * x[i] - length * sign
      }
    }
  }
}
