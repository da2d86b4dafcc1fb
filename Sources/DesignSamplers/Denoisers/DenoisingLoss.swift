/// What a network is trained by: the mean square of what its answer misses at a random level of noise (Ho et al. 2020,
/// eq. 14, for any prediction).
public struct DenoisingLoss: Sendable {
  public let schedule: NoiseSchedule
  public let prediction: Prediction
  /// How often a condition is left out, so that the network also learns to do without (Ho & Salimans 2022): its numbers
  /// are then zero.
  public var droppedConditions: Double

  public init(_ schedule: NoiseSchedule, _ prediction: Prediction, droppedConditions: Double = 0) {
    self.schedule = schedule
    self.prediction = prediction
    self.droppedConditions = droppedConditions
  }

  /// - Parameters:
  ///   - network: In training.
  ///   - designs: `[batch, size…]`, with mean zero and deviation one.
  ///   - conditions: `[batch, network.conditions]`; nil for none.
  ///   - noise: That belongs to each design, as `designs`: of reflow. Drawn anew where nil.
  ///   - p: Values of the parameters, on the tape.
  ///   - generator: Draws levels, noise and dropped conditions.
  public func callAsFunction(
    _ network: some DenoisingNetwork, _ designs: Tensor<Float>, conditions: Tensor<Float>? = nil,
    noise: Tensor<Float>? = nil, _ p: BoundParameters<Float>, using generator: inout SeededGenerator
  ) -> Variable<Float> {
    let draw = NoisyBatch(designs, noise: noise, schedule, prediction, using: &generator)
    let asked = conditions.map { given in
      let width = given.shape[1]
      var values = given.elements
      for row in 0..<given.shape[0] where generator.uniform() < droppedConditions {
        for i in row * width..<(row + 1) * width { values[i] = 0 }
      }
      return p.tape.constant(Tensor(values, shape: given.shape))
    }
    let answer = network.answer(p.tape.constant(draw.input), times: draw.levels.map(\.time), condition: asked, p)
    return (answer - p.tape.constant(draw.target)).meanSquare()
  }
}

/// Designs with noise of random levels, and what a network should answer.
struct NoisyBatch {
  let levels: [NoiseLevel]
  /// Divided by the magnitudes of the levels.
  let input: Tensor<Float>
  let target: Tensor<Float>

  init(
    _ designs: Tensor<Float>, noise given: Tensor<Float>? = nil, _ schedule: NoiseSchedule, _ prediction: Prediction,
    using generator: inout SeededGenerator
  ) {
    precondition(given.map { $0.shape == designs.shape } ?? true, "a noise for each design")
    let given = given?.elements
    let count = designs.shape[0], size = designs.count / max(1, count)
    let values = designs.elements
    var levels: [NoiseLevel] = []
    var input = [Float](repeating: 0, count: designs.count), target = input
    for row in 0..<count {
      let level = schedule.trainingLevel(using: &generator)
      let (p, q) = prediction.mixture(at: level)
      for i in row * size..<(row + 1) * size {
        let x = Double(values[i]), noise = given.map { Double($0[i]) } ?? generator.normal()
        input[i] = Float((level.signal * x + level.deviation * noise) / level.magnitude)
        target[i] = Float(p * noise + q * x)
      }
      levels.append(level)
    }
    self.levels = levels
    self.input = Tensor(input, shape: designs.shape)
    self.target = Tensor(target, shape: designs.shape)
  }
}
