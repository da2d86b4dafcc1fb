/// A trained network as a denoiser.
///
/// Networks see x / sqrt(α² + σ²), whose entries are of size one at every level.
public struct NetworkDenoiser: Denoiser {
  public let network: any DenoisingNetwork
  /// `[network.layout.count]`.
  public let parameters: Tensor<Float>
  public let prediction: Prediction
  public let shape: [Int]
  /// What is asked of every design, `[network.conditions]`; nil for none.
  public var condition: [Float]?

  public init(
    _ network: any DenoisingNetwork, parameters: Tensor<Float>, prediction: Prediction, shape: [Int],
    condition: [Float]? = nil
  ) {
    precondition(parameters.count == network.layout.count, "\(parameters.count) parameters")
    precondition((condition?.count ?? 0) == network.conditions, "a condition of \(condition?.count ?? 0) numbers")
    self.network = network
    self.parameters = parameters
    self.prediction = prediction
    self.shape = shape
    self.condition = condition
  }

  public func denoise(_ x: Tensor<Float>, at level: NoiseLevel) throws -> Tensor<Float> {
    guard !level.isClean else { return x }
    return try inPieces(of: x) { piece in
      let tape = Tape<Float>(recordsDerivatives: false)
      return try clean(tape.constant(piece), at: level).value
    }
  }

  public func linearize(
    _ x: Tensor<Float>, at level: NoiseLevel
  ) throws -> (clean: Tensor<Float>, pullback: (Tensor<Float>) -> Tensor<Float>) {
    guard !level.isClean else { return (x, { $0 }) }
    let tape = Tape<Float>()
    let input = tape.input(x)
    let clean = try clean(input, at: level)
    return (clean.value, { seed in tape.pullback(seed, from: clean)[input] })
  }

  private func clean(_ x: Variable<Float>, at level: NoiseLevel) throws -> Variable<Float> {
    let count = x.shape[0]
    let p = BoundParameters(parameters, network.layout, on: x.tape, isTracked: false)
    let asked = condition.map { row in
      x.tape.constant(Tensor((0..<count).flatMap { _ in row }, shape: [count, row.count]))
    }
    let answer = network.answer(
      x.scaled(by: Float(1 / level.magnitude)), times: [Double](repeating: level.time, count: count), condition: asked,
      p)
    let (a, b) = prediction.cleaning(at: level)
    let clean = x.scaled(by: Float(a)) + answer.scaled(by: Float(b))
    guard clean.value.isFinite else {
      throw SolveFailure(.nonFinite, "the network answers a noise of \(level.deviation) with what is not a number")
    }
    return clean
  }

  /// Batches of one size, so that a design does not depend on what is sampled beside it by more than its row.
  private func inPieces(of x: Tensor<Float>, _ body: (Tensor<Float>) throws -> Tensor<Float>) rethrows -> Tensor<Float>
  {
    let size = shape.reduce(1, *), batch = 256
    let values = x.elements
    var result: [Float] = []
    result.reserveCapacity(values.count)
    for start in stride(from: 0, to: x.shape[0], by: batch) {
      let rows = min(batch, x.shape[0] - start)
      let piece = Tensor(values[start * size..<(start + rows) * size], shape: [rows] + shape)
      result += try body(piece).elements
    }
    return Tensor(result, shape: x.shape)
  }
}
