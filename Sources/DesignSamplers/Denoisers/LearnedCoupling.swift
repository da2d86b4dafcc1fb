/// A flow whose noise is chosen for each design (Lee, Kim & Ye, "Minimizing trajectory curvature of ODE-based generative
/// models", 2023, eq. 10): an encoder tells from which normal noise a design should come, so that ways from noise to
/// design cross less and become straighter, and few steps suffice. What the encoder's noise differs from the standard
/// normal is held small, since sampling starts from the latter.
///
/// Designs are vectors. The network is then asked as any of `Prediction.flow`; the encoder serves in training alone.
public struct LearnedCoupling: Sendable {
  public let network: any DenoisingNetwork
  /// Of the network, then of the encoder.
  public let layout: ParameterLayout
  /// β: the weight of the divergence of the encoder's noise from the standard normal, for each number of a design.
  public let divergenceWeight: Double
  private let encoder: MultilayerPerceptron
  private let size: Int

  /// - Parameters:
  ///   - network: Of designs of `size` numbers, without conditions.
  ///   - size: Numbers of a design.
  ///   - width: Of the encoder's two inner layers.
  ///   - divergenceWeight: β.
  public init(_ network: any DenoisingNetwork, size: Int, width: Int = 64, divergenceWeight: Double = 1) {
    precondition(network.conditions == 0, "a coupling is learned without conditions")
    var layout = network.layout
    // From zero: the coupling begins as the independent one.
    encoder = MultilayerPerceptron("encoder", widths: [size, width, width, 2 * size], startsAtZero: true, in: &layout)
    self.network = network
    self.layout = layout
    self.size = size
    self.divergenceWeight = divergenceWeight
  }

  /// The loss of a batch at random times, whose noise is drawn from `generator`.
  public func callAsFunction(
    _ designs: Tensor<Float>, _ p: BoundParameters<Float>, using generator: inout SeededGenerator
  ) -> Variable<Float> {
    let times = (0..<designs.shape[0]).map { _ in 0.001 + 0.999 * generator.uniform() }
    let noise = Tensor<Float>((0..<designs.count).map { _ in Float(generator.normal()) }, shape: designs.shape)
    return loss(designs, noise: noise, times: times, p)
  }

  /// - Parameters:
  ///   - designs: `[batch, size]`.
  ///   - noise: As designs, standard normal; the encoder shifts and scales it.
  ///   - times: Of each design, 0 to 1.
  ///   - p: Of `layout`.
  public func loss<S: TensorScalar>(
    _ designs: Tensor<S>, noise: Tensor<S>, times: [Double], _ p: BoundParameters<S>
  ) -> Variable<S> {
    let tape = p.tape
    let x = tape.constant(designs)
    let encoded = encoder(x, p)
    let mean = encoded.columns(0..<size), logDeviation = encoded.columns(size..<2 * size)
    let z = mean + logDeviation.exp() * tape.constant(noise)
    let levels = times.map { NoiseLevel(signal: 1 - $0, deviation: $0) }
    func factors(_ of: (NoiseLevel) -> Double) -> Variable<S> {
      tape.constant(Tensor(levels.flatMap { [S](repeating: S(of($0)), count: size) }, shape: designs.shape))
    }
    let seen = x * factors { $0.signal / $0.magnitude } + z * factors { $0.deviation / $0.magnitude }
    let answer = network.answer(seen, times: levels.map(\.time), condition: nil, p)
    let variance = logDeviation.scaled(by: 2).exp()
    let divergence = (mean * mean + variance - logDeviation.scaled(by: 2)).mean().shifted(by: -1)
    return (answer - (z - x)).meanSquare() + divergence.scaled(by: S(0.5 * divergenceWeight))
  }
}
