/// x W + b over the last axis: `[…, inputs]` to `[…, outputs]`.
public struct Linear: Sendable {
  let weights: ParameterSlot
  let bias: ParameterSlot

  /// - Parameters:
  ///   - name: Begins the names of its slots.
  ///   - inputs: Numbers of a row that comes in.
  ///   - outputs: Numbers of a row that goes out.
  ///   - startsAtZero: For the last layer of a block that begins as the identity.
  ///   - layout: Where its slots are appended.
  public init(
    _ name: String, _ inputs: Int, to outputs: Int, startsAtZero: Bool = false, in layout: inout ParameterLayout
  ) {
    let start: InitialValues = startsAtZero ? .constant(0) : .uniform(inputs: inputs)
    weights = layout.slot(name + ".weights", [inputs, outputs], start)
    bias = layout.slot(name + ".bias", [outputs], start)
  }

  public func callAsFunction<S>(_ x: Variable<S>, _ p: BoundParameters<S>) -> Variable<S> {
    x.times(p[weights], bias: p[bias])
  }
}
