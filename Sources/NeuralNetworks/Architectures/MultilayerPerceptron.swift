/// Linear layers with an activation between them: `[…, widths.first]` to `[…, widths.last]`.
public struct MultilayerPerceptron: Sendable {
  let layers: [Linear]
  let activation: ActivationKind

  /// - Parameters:
  ///   - name: Begins the names of its slots.
  ///   - widths: Inputs, hidden layers, outputs: at least two numbers.
  ///   - activation: After every layer but the last.
  ///   - startsAtZero: Whether the last layer does, so that the network begins as zero.
  ///   - layout: Where its slots are appended.
  public init(
    _ name: String, widths: [Int], _ activation: ActivationKind = .silu, startsAtZero: Bool = false,
    in layout: inout ParameterLayout
  ) {
    precondition(widths.count >= 2, "widths \(widths)")
    layers = (1..<widths.count).map { i in
      Linear(
        "\(name).\(i - 1)", widths[i - 1], to: widths[i], startsAtZero: startsAtZero && i == widths.count - 1,
        in: &layout)
    }
    self.activation = activation
  }

  public func callAsFunction<S>(_ x: Variable<S>, _ p: BoundParameters<S>) -> Variable<S> {
    layers.dropFirst().reduce(layers[0](x, p)) { x, layer in layer(activation(x), p) }
  }
}
