/// What designs cost, with the gradient: a simulator and its adjoint.
public protocol DesignCost: Sendable {
  /// - Parameter designs: `[count, size…]`, in the sampler's scale.
  /// - Returns: One cost for each, infinite where the simulation failed, and the gradients, `[count, size…]`, zero there.
  func linearize(_ designs: Tensor<Float>) -> (costs: [Double], gradients: Tensor<Float>)
  func costs(_ designs: Tensor<Float>) -> [Double]
}

extension DesignCost {
  public func costs(_ designs: Tensor<Float>) -> [Double] { linearize(designs).costs }
}

/// A cost of single designs, asked side by side on all threads.
public struct SeparateCost: DesignCost {
  public let scaling: DesignScaling
  private let evaluate: @Sendable (DenseVector) throws -> (value: Double, gradient: DenseVector)

  /// - Parameters:
  ///   - scaling: From the sampler's scale to the design's own.
  ///   - evaluate: The cost of a design in its own scale and the gradient. What it throws makes the cost infinite.
  public init(
    _ scaling: DesignScaling,
    _ evaluate: @escaping @Sendable (DenseVector) throws -> (value: Double, gradient: DenseVector)
  ) {
    self.scaling = scaling
    self.evaluate = evaluate
  }

  public func linearize(_ designs: Tensor<Float>) -> (costs: [Double], gradients: Tensor<Float>) {
    let rows = scaling.designs(designs)
    let answers = concurrentMap(rows.count) { try? evaluate(rows[$0]) }
    var gradients = [Float](repeating: 0, count: designs.count)
    let size = scaling.mean.count
    for (row, answer) in answers.enumerated() {
      guard let answer, answer.value.isFinite, answer.gradient.count == size else { continue }
      for i in 0..<size { gradients[row * size + i] = Float(answer.gradient[i] * scaling.deviation[i]) }
    }
    let costs = answers.map { $0.map { $0.value.isFinite ? $0.value : .infinity } ?? .infinity }
    return (costs, Tensor(gradients, shape: designs.shape))
  }
}
