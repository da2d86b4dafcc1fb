/// DoG (Ivgi, Hinder & Carmon 2023, "DoG is SGD's Best Friend", eq. 1): a gradient step whose length needs no tuning, the
/// largest distance from the start so far over the root of the sum of squared gradient norms.
///
/// The answer is the mean of the iterates that weighs late ones more (their sec. 4.1, polynomial decay with power 8).
public struct DistanceOverGradients: StochasticOptimizer {
  /// r_epsilon, relative to 1 + the norm of the start: how far the first step goes.
  public var firstDistance = 1e-4

  public init() {}

  public var name: String { "dog" }

  public func start(at parameters: Tensor<Float>, layout: ParameterLayout) -> OptimizerMemory {
    // The start and the mean; the distance and the sum of squares.
    OptimizerMemory(vectors: [parameters, parameters], numbers: [firstDistance * (1 + norm(of: parameters)), 0])
  }

  public func update(
    _ memory: inout OptimizerMemory, _ parameters: inout Tensor<Float>, gradient: Tensor<Float>, rate: Double
  ) {
    memory.step += 1
    memory.numbers[0] = max(memory.numbers[0], distance(parameters, memory.vectors[0]))
    let size = norm(of: gradient)
    memory.numbers[1] += size * size
    let step = Float(rate * memory.numbers[0] / (memory.numbers[1] + 1e-16).squareRoot())
    let power = 8.0
    let share = Float((power + 1) / (power + Double(memory.step)))
    memory.update(&parameters, gradient: gradient) { range, p in
      let (x, g, mean) = (p.parameters, p.gradient, p.vectors[1])
      for i in range {
        x[i] -= step * g[i]
        mean[i] += min(1, share) * (x[i] - mean[i])
      }
    }
  }

  public func answer(_ memory: OptimizerMemory, _ parameters: Tensor<Float>) -> Tensor<Float> { memory.vectors[1] }
}
