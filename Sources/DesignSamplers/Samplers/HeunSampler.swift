/// Heun's method for the probability flow: algorithm 1 of Karras et al. (2022), and with noise stirred in algorithm 2. Two
/// answers of the network a step, one in the last.
public struct HeunSampler: DesignSampler {
  public let steps: Int
  /// S_churn of the paper over the number of steps: how much noise is stirred in before each step, as a part of what is
  /// there; at most sqrt(2) - 1.
  public let stirring: Double

  public init(steps: Int, stirring: Double = 0) {
    precondition(steps > 0 && (0...0.4142136).contains(stirring), "\(steps) steps, stirring \(stirring)")
    self.steps = steps
    self.stirring = stirring
  }

  public func levels(of schedule: NoiseSchedule) -> [NoiseLevel] { schedule.levels(steps: steps, largestRatio: 160) }

  public func step(
    _ x: Tensor<Float>, _ step: SamplingStep, memory: inout SamplerMemory,
    clean: (Tensor<Float>, NoiseLevel) throws -> Tensor<Float>
  ) throws -> Tensor<Float> {
    var (x, from) = (x, step.from)
    let to = step.to
    if stirring > 0 {
      let stirred = NoiseLevel(signal: from.signal, deviation: from.deviation * (1 + stirring))
      let added = (stirred.deviation * stirred.deviation - from.deviation * from.deviation).squareRoot()
      x = .combined([(1, x), (added, step.noise())])
      from = stirred
    }
    // x / α goes by σ / α at the rate e = (x - α x0) / σ.
    func noise(_ x: Tensor<Float>, _ design: Tensor<Float>, _ level: NoiseLevel) -> Tensor<Float> {
      .combined([(1 / level.deviation, x), (-level.signal / level.deviation, design)])
    }
    let scale = to.signal / from.signal
    let length = to.deviation - scale * from.deviation
    let rate = noise(x, try clean(x, from), from)
    let next = Tensor.combined([(scale, x), (length, rate)])
    guard !to.isClean else { return next }
    let nextRate = noise(next, try clean(next, to), to)
    return .combined([(scale, x), (0.5 * length, rate), (0.5 * length, nextRate)])
  }
}
