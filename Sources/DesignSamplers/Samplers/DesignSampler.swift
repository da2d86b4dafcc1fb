/// How noise becomes a design, step by step. A sampler keeps nothing: what it remembers between steps is in `memory`.
public protocol DesignSampler: Sendable {
  /// The levels that it goes through, most noise first, no noise last.
  func levels(of schedule: NoiseSchedule) -> [NoiseLevel]
  /// One step to less noise.
  ///
  /// - Parameters:
  ///   - x: `[count, size…]` at the level that the step begins at.
  ///   - step: The levels, and where noise comes from.
  ///   - memory: Of this sampler; empty at the first step.
  ///   - clean: The denoised designs at a level, steered if there is guidance.
  func step(
    _ x: Tensor<Float>, _ step: SamplingStep, memory: inout SamplerMemory,
    clean: (Tensor<Float>, NoiseLevel) throws -> Tensor<Float>
  ) throws -> Tensor<Float>
}

/// A step of a sampler.
public struct SamplingStep {
  public let from: NoiseLevel
  public let to: NoiseLevel
  /// Fresh noise of the shape of the designs.
  public let noise: () -> Tensor<Float>
}

/// What a sampler keeps between steps.
public struct SamplerMemory {
  /// The clean designs of the step before and its level.
  var last: (clean: Tensor<Float>, level: NoiseLevel)?
  public init() {}
}

extension Tensor<Float> {
  /// Σ factor tensor, summed in double.
  static func combined(_ parts: [(factor: Double, tensor: Tensor)]) -> Tensor {
    let shape = parts[0].tensor.shape
    var sum = [Double](repeating: 0, count: parts[0].tensor.count)
    for (factor, tensor) in parts where factor != 0 {
      precondition(tensor.shape == shape, "shapes \(tensor.shape) and \(shape)")
      tensor.withUnsafeBufferPointer { values in for i in sum.indices { sum[i] += factor * Double(values[i]) } }
    }
    return Tensor(sum.map { Float($0) }, shape: shape)
  }
}
