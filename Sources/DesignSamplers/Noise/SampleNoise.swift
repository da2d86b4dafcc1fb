/// The noise of a run of sampling. Every design has its own numbers at every step, so that a design is the same whatever
/// is sampled beside it.
public struct SampleNoise: Sendable {
  public let seed: UInt64
  public init(seed: UInt64) { self.seed = seed }

  /// - Parameters:
  ///   - shape: `[count, size…]`.
  ///   - draw: Counts what is drawn in a run, from 0, which is what a run begins with.
  public func callAsFunction(_ shape: [Int], draw: Int) -> Tensor<Float> {
    let count = shape[0]
    var values: [Float] = []
    values.reserveCapacity(shape.reduce(1, *))
    for design in 0..<count {
      var stream = SeededGenerator(seed: seed, generation: design)
      var generator = SeededGenerator(seed: stream.next(), generation: draw)
      for _ in 0..<shape.dropFirst().reduce(1, *) { values.append(Float(generator.normal())) }
    }
    return Tensor(values, shape: shape)
  }
}
