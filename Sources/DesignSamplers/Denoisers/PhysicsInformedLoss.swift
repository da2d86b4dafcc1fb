import Foundation

/// Trains a network to denoise designs that obey an equation: beside what its answer misses, the equation's residual at the
/// clean design that it implies (Bastek, Sun & Kochmann, "Physics-informed diffusion models", ICLR 2025, eq. 13):
///
///     mean |y - y*|² + c / (2 Σ(t)) mean |R(x0*)|².
///
/// Σ(t) is what is not known of a design of deviation one at a level: σ² / (α² + σ²). So the equation is asked strictly
/// where little noise is left and hardly where all is noise, where x0* is a mean of designs that need not obey it. (The
/// paper has the variance of a reverse step there, which depends on the number of steps; this has its limits.)
public struct PhysicsInformedLoss: Sendable {
  /// Which design is asked for its residual.
  public enum Estimation: Sendable, Hashable {
    /// The network's own clean estimate. As a mean of designs it obeys a nonlinear equation less well than each of them.
    case mean
    /// What some deterministic steps of sampling (Song et al. 2021, eq. 12) make of the noisy design: nearer to a design,
    /// at as many passes of the network.
    case sample(steps: Int)
  }

  /// The residuals of designs in the sampler's scale: `[batch, size…]` to `[batch, …]`, on the tape.
  public typealias Residual = @Sendable (Variable<Float>) -> Variable<Float>

  public let denoising: DenoisingLoss
  public let estimation: Estimation
  /// c.
  public let strength: Double
  /// Σ is at least this, so that the last bit of noise does not outweigh all else.
  public let leastVariance: Double
  private let residual: Residual

  public init(
    _ denoising: DenoisingLoss, _ estimation: Estimation = .mean, strength: Double, leastVariance: Double = 1e-3,
    residual: @escaping Residual
  ) {
    precondition(strength >= 0 && leastVariance > 0, "strength \(strength), least variance \(leastVariance)")
    if case .sample(let steps) = estimation { precondition(steps > 0, "\(steps) steps") }
    self.denoising = denoising
    self.estimation = estimation
    self.strength = strength
    self.leastVariance = leastVariance
    self.residual = residual
  }

  /// - Parameters:
  ///   - network: In training.
  ///   - designs: `[batch, size…]`, with mean zero and deviation one.
  ///   - p: Values of the parameters, on the tape.
  ///   - generator: Draws levels and noise, the same ones as `denoising` does.
  public func callAsFunction(
    _ network: some DenoisingNetwork, _ designs: Tensor<Float>, _ p: BoundParameters<Float>,
    using generator: inout SeededGenerator
  ) -> Variable<Float> {
    let draw = NoisyBatch(designs, denoising.schedule, denoising.prediction, using: &generator)
    let input = p.tape.constant(draw.input)
    // Networks see x / sqrt(α² + σ²): a way on the circle, at the angle from signal to noise.
    let angles = draw.levels.map { atan2($0.deviation, $0.signal) }
    let answer = network.answer(input, times: draw.levels.map(\.time), condition: nil, p)
    let missed = (answer - p.tape.constant(draw.target)).meanSquare()
    guard strength > 0 else { return missed }
    let design = design(network, input, answer, angles, p)
    let residuals = residual(design)
    let weights = angles.map { angle in
      let variance = max(leastVariance, sin(angle) * sin(angle))
      return (0.5 * strength / variance).squareRoot()
    }
    return missed + (residuals * Self.rows(weights, like: residuals)).meanSquare()
  }

  /// x0*.
  private func design(
    _ network: some DenoisingNetwork, _ input: Variable<Float>, _ answer: Variable<Float>, _ angles: [Double],
    _ p: BoundParameters<Float>
  ) -> Variable<Float> {
    var clean = clean(input, answer, angles)
    guard case .sample(let steps) = estimation else { return clean }
    var (x, angles) = (input, angles)
    let firstAngles = angles
    for step in 1..<steps {
      let next = firstAngles.map { $0 * (1 - Double(step) / Double(steps)) }
      // e = (x - cos x0) / sin, which goes on to x' = cos' x0 + sin' e.
      let kept = zip(angles, next).map { sin($1) / max(1e-6, sin($0)) }
      let ofDesign = zip(zip(angles, next), kept).map { cos($0.1) - $1 * cos($0.0) }
      x = x * Self.rows(kept, like: x) + clean * Self.rows(ofDesign, like: x)
      angles = next
      let answer = network.answer(x, times: angles.map { 200 / Double.pi * $0 }, condition: nil, p)
      clean = self.clean(x, answer, angles)
    }
    return clean
  }

  private func clean(_ x: Variable<Float>, _ answer: Variable<Float>, _ angles: [Double]) -> Variable<Float> {
    let factors = angles.map {
      denoising.prediction.cleaning(at: NoiseLevel(signal: max(0, cos($0)), deviation: sin($0)))
    }
    return x * Self.rows(factors.map(\.state), like: x) + answer * Self.rows(factors.map(\.answer), like: answer)
  }

  /// One number a row, of the shape of something.
  private static func rows(_ numbers: [Double], like x: Variable<Float>) -> Variable<Float> {
    let size = x.count / max(1, numbers.count)
    return x.tape.constant(
      Tensor(numbers.flatMap { [Float](repeating: Float($0), count: size) }, shape: x.shape))
  }
}
