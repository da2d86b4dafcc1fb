/// Couples of noise and the design that a model makes of it: what a straighter model is trained on (Liu, Gong & Liu, "Flow
/// straight and fast", 2022, algorithm 1). The marginals stay as they are and the cost of transport does not grow
/// (theorems 3.3 and 3.5), so that few steps, at last one, reach from noise to design.
///
/// `DenoisingLoss` with `NoiseSchedule.flow`, `Prediction.flow` and the noise of the couples trains the next model.
public struct Reflow: Sendable {
  /// `[count, size…]`, of deviation one.
  public let noise: Tensor<Float>
  /// What each became, in the sampler's scale.
  public let designs: Tensor<Float>

  /// - Parameters:
  ///   - sampling: A method without fresh noise; guidance would be learned as well.
  ///   - count: Couples.
  ///   - seed: Of the noise.
  public init(_ sampling: Sampling, count: Int, seed: UInt64) throws {
    noise = SampleNoise(seed: seed)([count] + sampling.denoiser.shape, draw: 0)
    designs = try sampling.designs(count: count, seed: seed)
  }

  /// How far a model is from straight: the mean square of what its rate along the way misses of noise less design, over
  /// equal steps in time (Liu et al. 2022, eq. 6); zero where one step of Euler's method is exact.
  ///
  /// - Parameters:
  ///   - denoiser: Asked along the straight line of the levels of `NoiseSchedule.flow`.
  ///   - count: Ways that are followed.
  ///   - steps: Of Euler's method.
  ///   - seed: Of the noise that the ways start from.
  public static func curvature(_ denoiser: some Denoiser, count: Int, steps: Int, seed: UInt64) throws -> Double {
    let start = SampleNoise(seed: seed)([count] + denoiser.shape, draw: 0)
    var x = start
    var rates: [Tensor<Float>] = []
    for step in 0..<steps {
      let time = 1 - Double(step) / Double(steps)
      let clean = try denoiser.denoise(x, at: NoiseLevel(signal: 1 - time, deviation: time))
      let rate = Tensor.combined([(1 / time, x), (-1 / time, clean)])
      rates.append(rate)
      x = .combined([(1, x), (-1 / Double(steps), rate)])
    }
    let whole = Tensor.combined([(1, start), (-1, x)])
    let sum = rates.reduce(0.0) { sum, rate in
      Tensor.combined([(1, whole), (-1, rate)]).elements.reduce(sum) { $0 + Double($1) * Double($1) }
    }
    return sum / Double(steps * max(1, start.count))
  }
}
