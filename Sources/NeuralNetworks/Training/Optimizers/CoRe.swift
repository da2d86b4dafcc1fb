#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// CoRe (Eckhoff & Reiher 2023, "Lifelong Machine Learning Potentials", and 2024, "CoRe Optimizer: An All-in-One
/// Solution for Machine Learning"): Adam's direction, with a step of its own for each weight that grows while the mean
/// gradient keeps its sign and shrinks where it turns, as in RPROP; what a step takes off a weight depends on its length.
///
/// The plasticity factors, which freeze the weights that earlier data needed, are left out: every weight may move.
/// The rate given to `update` multiplies every step.
public struct CoRe: StochasticOptimizer {
  /// s_0, s_min and s_max.
  public var firstStep = 1e-3
  public var smallestStep = 1e-6
  public var largestStep = 1e-2
  /// eta_- and eta_+.
  public var shrinkage = 0.7375
  public var growth = 1.2
  /// beta_1 goes from its first value to its last over about this many steps.
  public var firstMeanDecay = 0.7375
  public var lastMeanDecay = 0.8125
  public var meanDecaySteps = 250.0
  public var squareDecay = 0.99
  public var smallest = 1e-8
  /// d.
  public var weightDecay = 0.1

  public init() {}

  public var name: String { "core" }

  public func start(at parameters: Tensor<Float>, layout: ParameterLayout) -> OptimizerMemory {
    var memory = OptimizerMemory(zeros: 3, like: parameters)
    memory.vectors[2] = Tensor(repeating: Float(firstStep), shape: [parameters.count])
    return memory
  }

  public func update(
    _ memory: inout OptimizerMemory, _ parameters: inout Tensor<Float>, gradient: Tensor<Float>, rate: Double
  ) {
    memory.step += 1
    let elapsed = Double(memory.step - 1) / meanDecaySteps
    let decay = lastMeanDecay + (firstMeanDecay - lastMeanDecay) * exp(-elapsed * elapsed)
    let moments = RunningMoments(meanDecay: decay, squareDecay: squareDecay, step: memory.step)
    let (smallest, weightDecay, rate) = (Float(smallest), Float(weightDecay), Float(rate))
    let (least, most) = (Float(smallestStep), Float(largestStep))
    let (shrinkage, growth) = (Float(shrinkage), Float(growth))
    memory.update(&parameters, gradient: gradient) { range, p in
      let (x, gradient, g, h, s) = (p.parameters, p.gradient, p.vectors[0], p.vectors[1], p.vectors[2])
      for i in range {
        let last = g[i]
        moments.add(gradient[i], to: &g[i], &h[i])
        let turn = last * g[i]
        if turn > 0 { s[i] = min(growth * s[i], most) } else if turn < 0 { s[i] = max(shrinkage * s[i], least) }
        let u = moments.meanScale * g[i] / ((moments.squareScale * h[i]).squareRoot() + smallest)
        let step = rate * s[i]
        x[i] = (1 - weightDecay * abs(u) * step) * x[i] - u * step
      }
    }
  }
}
