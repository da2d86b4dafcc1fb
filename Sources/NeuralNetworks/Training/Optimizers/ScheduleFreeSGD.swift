/// Gradient steps without a schedule (Defazio et al. 2024, "The Road Less Scheduled", eqs. 6 to 8): gradients are taken
/// between the iterate z and the mean x of all iterates, and x is the answer.
public struct ScheduleFreeSGD: StochasticOptimizer {
  /// beta: the part of the mean in the point where gradients are taken.
  public var mix = 0.9
  public var weightDecay = 0.0

  public init() {}

  public var name: String { "schedule-free-sgd" }

  public func start(at parameters: Tensor<Float>, layout: ParameterLayout) -> OptimizerMemory {
    OptimizerMemory(vectors: [parameters, parameters], numbers: [0])
  }

  public func update(
    _ memory: inout OptimizerMemory, _ parameters: inout Tensor<Float>, gradient: Tensor<Float>, rate: Double
  ) {
    memory.step += 1
    // Iterates count by the square of their rate, so that a warm-up weighs little.
    memory.numbers[0] += rate * rate
    let share = memory.numbers[0] > 0 ? Float(rate * rate / memory.numbers[0]) : 0
    let (beta, step, decay) = (Float(mix), Float(rate), Float(weightDecay))
    memory.update(&parameters, gradient: gradient) { range, p in
      let (y, g, z, x) = (p.parameters, p.gradient, p.vectors[0], p.vectors[1])
      for i in range {
        z[i] -= step * (g[i] + decay * y[i])
        x[i] += share * (z[i] - x[i])
        y[i] = (1 - beta) * z[i] + beta * x[i]
      }
    }
  }

  public func answer(_ memory: OptimizerMemory, _ parameters: Tensor<Float>) -> Tensor<Float> { memory.vectors[1] }
}
