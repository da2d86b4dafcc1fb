/// A start for iterative solves of a family of systems: a perceptron from the numbers that tell a system from the others to the
/// unknowns.
///
/// It changes what a solve costs, never what it gives: the solver goes on from the start to its tolerance. A start that is not
/// finite, or no better than zero, is left out.
public struct LearnedGuess: Sendable {
  /// Layers from a description to the unknowns.
  public struct Network: Sendable {
    public let layout: ParameterLayout
    let perceptron: MultilayerPerceptron
    /// Numbers of a description, and unknowns.
    public let inputs: Int
    public let unknowns: Int

    /// - Parameters:
    ///   - inputs: Numbers that describe a system.
    ///   - hidden: Widths of the hidden layers.
    ///   - unknowns: Of every system.
    public init(inputs: Int, hidden: [Int], unknowns: Int) {
      var layout = ParameterLayout()
      perceptron = MultilayerPerceptron(
        "guess", widths: [inputs] + hidden + [unknowns], startsAtZero: true, in: &layout)
      self.layout = layout
      self.inputs = inputs
      self.unknowns = unknowns
    }
  }

  public let network: Network
  /// `[network.layout.count]`
  public let parameters: Tensor<Float>
  /// What the network's numbers are multiplied by: about the size of a solution's entries.
  public let scale: Double

  public init(_ parameters: Tensor<Float>, _ network: Network, scale: Double) {
    precondition(parameters.count == network.layout.count, "\(parameters.count) parameters of a learned guess")
    self.network = network
    self.parameters = parameters
    self.scale = scale
  }

  /// The start for a system; empty, which is zero, where the network's is no better.
  public func start(_ description: [Double], load: DenseVector, _ matrix: some LinearOperator) -> DenseVector {
    let x = answer(description)
    guard x.isFinite else { return .zero }
    // f(x) = xᵀ A x / 2 - bᵀ x is zero at zero.
    return 0.5 * x.dot(matrix.apply(x)) < load.dot(x) ? x : .zero
  }

  /// What the network says, whatever it is worth.
  ///
  /// - Parameter description: Numbers of a system of the family.
  public func answer(_ description: [Double]) -> DenseVector {
    precondition(
      description.count == network.inputs, "\(description.count) numbers describe a system of another family")
    let tape = Tape<Float>(recordsDerivatives: false)
    let p = BoundParameters(parameters, network.layout, on: tape, isTracked: false)
    let input = tape.constant(Tensor(description.map { Float($0) }, shape: [1, description.count]))
    return network.perceptron(input, p).value.vector.scaled(by: scale)
  }
}
