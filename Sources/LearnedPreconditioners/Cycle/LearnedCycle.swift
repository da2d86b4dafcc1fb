@_exported import FiniteElements
@_exported import NeuralNetworks

/// A multigrid cycle whose coarse coefficients, and smoothing intervals where asked, a small network sets.
///
/// A perceptron reads, of each coarse cell, what its children and neighbours look like (`CellFeatures`) and answers the
/// logarithm of a factor of the mean coefficient; four more numbers are the logarithms of factors of the smoothing
/// intervals' widths by level. Both are bounded, and zero parameters in the last layer are the plain cycle. The iteration
/// costs what it did; the network is asked once for each matrix.
public struct LearnedCycle: CycleRule {
  /// The layers of the network.
  public struct Network: Sendable {
    public let layout: ParameterLayout
    let perceptron: MultilayerPerceptron
    let widths: ParameterSlot

    public init() {
      var layout = ParameterLayout()
      perceptron = MultilayerPerceptron(
        "coefficients", widths: [CellFeatures.count, 16, 1], startsAtZero: true, in: &layout)
      widths = layout.slot("widths", [Self.levelsWithWidths], .constant(0))
      self.layout = layout
    }

    static let levelsWithWidths = 4
  }

  public let network: Network
  /// `[network.layout.count]`
  public let parameters: Tensor<Float>

  /// The largest magnitude of the logarithms.
  static let range: Float = 1.5

  public init(_ parameters: Tensor<Float>, network: Network = Network()) {
    precondition(parameters.count == network.layout.count, "\(parameters.count) parameters of a learned cycle")
    self.network = network
    self.parameters = parameters
  }

  /// The plain cycle, from which training starts.
  public static func plain(seed: UInt64 = 0) -> LearnedCycle {
    let network = Network()
    return LearnedCycle(network.layout.initialParameters(seed: seed), network: network)
  }

  public func factors(level: Int, fine: GridCells, coarse: GridCells) -> [Float] {
    let tape = Tape<Float>(recordsDerivatives: false)
    let bound = BoundParameters(parameters, network.layout, on: tape, isTracked: false)
    let features = CellFeatures.tensor(level: level, fine: fine, coarse: coarse)
    let logarithms = network.perceptron(tape.constant(features), bound).tanh().scaled(by: Self.range)
    return logarithms.exp().value.elements
  }

  public func widthFactor(level: Int) -> Double {
    let slot = network.widths
    let value = parameters[slot.range.lowerBound + min(level, slot.range.count - 1)]
    return exponential(Double(Self.range) * hyperbolicTangent(Double(value)))
  }
}
