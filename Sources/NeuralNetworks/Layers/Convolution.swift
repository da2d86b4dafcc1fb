/// A convolution over one to three axes: `[batch, cells…, channels]` to `[batch, cells…, filters]`.
public struct Convolution: Sendable {
  let weights: ParameterSlot
  let bias: ParameterSlot
  let options: ConvolutionOptions

  public init(
    _ name: String, _ channels: Int, to filters: Int, window: [Int], _ options: ConvolutionOptions = .init(),
    startsAtZero: Bool = false, in layout: inout ParameterLayout
  ) {
    let start: InitialValues =
      startsAtZero ? .constant(0) : .uniform(inputs: window.reduce(channels, *))
    weights = layout.slot(name + ".weights", window + [channels, filters], start)
    bias = layout.slot(name + ".bias", [filters], start)
    self.options = options
  }

  public func callAsFunction<S>(_ x: Variable<S>, _ p: BoundParameters<S>) -> Variable<S> {
    x.convolved(with: p[weights], bias: p[bias], options)
  }
}
