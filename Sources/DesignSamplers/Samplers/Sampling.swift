/// A run of sampling: a denoiser, how noise is taken away, and what steers it.
public struct Sampling: Sendable {
  public var denoiser: any Denoiser
  public var schedule: NoiseSchedule
  public var sampler: any DesignSampler
  /// Applied in order to every clean estimate.
  public var guidance: [any Guidance] = []
  /// How often each step is undone by fresh noise and done again, which lets guidance correct itself (Lugmayr et al. 2022,
  /// algorithm 1; Yu et al. 2023, algorithm 2).
  public var recurrences = 0
  /// Chooses which designs go on; nil where all do.
  public var selection: (any DesignSelection)?

  public init(_ denoiser: any Denoiser, _ schedule: NoiseSchedule, _ sampler: any DesignSampler) {
    self.denoiser = denoiser
    self.schedule = schedule
    self.sampler = sampler
  }

  /// - Parameters:
  ///   - count: Designs.
  ///   - seed: Of all noise.
  ///   - afterStep: Called with the steps done and those to do; what it throws ends the run.
  /// - Returns: `[count, shape…]`, in the denoiser's own scale.
  public func designs(
    count: Int, seed: UInt64, afterStep: (_ done: Int, _ of: Int) throws -> Void = { _, _ in }
  ) throws -> Tensor<Float> {
    let shape = [count] + denoiser.shape
    let noise = SampleNoise(seed: seed)
    let levels = sampler.levels(of: schedule)
    // The noise is what a run begins with; of the design only its deviation, one, is known there.
    let start = levels[0].magnitude
    var draws = 0
    func draw() -> Tensor<Float> {
      defer { draws += 1 }
      return noise(shape, draw: draws)
    }
    var x = Tensor.combined([(start, draw())])
    var memory = SamplerMemory()
    var weights = SelectionMemory()
    for step in 0..<levels.count - 1 {
      let (from, to) = (levels[step], levels[step + 1])
      let repeats = to.isClean ? 0 : recurrences
      for pass in 0...repeats {
        // What is repeated remembers what the first pass did.
        var here = memory
        let next = try sampler.step(x, SamplingStep(from: from, to: to, noise: draw), memory: &here, clean: steered)
        if pass < repeats {
          x = renoised(next, from: to, to: from, draw())
        } else {
          (x, memory) = (next, here)
        }
      }
      if let selection, !to.isClean {
        let kept = try selection.kept(x, at: to, step: step, memory: &weights, clean: steered)
        x = x.rows(kept)
        if let last = memory.last { memory.last = (last.clean.rows(kept), last.level) }
      }
      try afterStep(step + 1, levels.count - 1)
    }
    guard x.isFinite else { throw SolveFailure(.nonFinite, "sampling ended with designs that are not numbers") }
    return x
  }

  private func steered(_ x: Tensor<Float>, at level: NoiseLevel) throws -> Tensor<Float> {
    guard guidance.contains(where: \.readsDenoiser) else {
      return try guidance.reduce(denoiser.denoise(x, at: level)) { try $1.steered($0, at: level, pullback: nil) }
    }
    let (clean, pullback) = try denoiser.linearize(x, at: level)
    return try guidance.reduce(clean) { try $1.steered($0, at: level, pullback: pullback) }
  }

  /// q(x_s | x_t): more noise, so that the level is as before the step.
  private func renoised(_ x: Tensor<Float>, from: NoiseLevel, to: NoiseLevel, _ noise: Tensor<Float>) -> Tensor<Float> {
    let decay = to.signal / from.signal
    let variance = to.deviation * to.deviation - decay * decay * from.deviation * from.deviation
    return .combined([(decay, x), (max(0, variance).squareRoot(), noise)])
  }
}

extension Tensor<Float> {
  /// Some of the rows, in the order given.
  public func rows(_ indices: [Int]) -> Tensor {
    let size = count / Swift.max(1, shape[0])
    let values = elements
    return Tensor(indices.flatMap { values[$0 * size..<($0 + 1) * size] }, shape: [indices.count] + shape.dropFirst())
  }
}
