/// A residual block of convolutions (He et al. 2016, pre-activation form) that a row of numbers steers, as in the U-Net of
/// Ho et al. 2020: x + f(x) with f = convolve, normalize, activate twice, the embedding added in between.
public struct ResidualBlock: Sendable {
  let firstNormalization: GroupNormalization
  let first: Convolution
  let steering: Linear?
  let secondNormalization: GroupNormalization
  let second: Convolution
  let shortcut: Linear?

  /// - Parameters:
  ///   - name: Begins the names of its slots.
  ///   - channels: Those of the input.
  ///   - filters: The channels of the result.
  ///   - axes: 1 to 3.
  ///   - embedding: The width of the embedding; 0 for a block without one.
  ///   - groups: Of each normalization; must divide both numbers of channels.
  ///   - border: What lies beyond the cells.
  ///   - layout: Where its slots are appended.
  public init(
    _ name: String, _ channels: Int, to filters: Int, axes: Int, embedding: Int, groups: Int = 8,
    border: ConvolutionOptions.Border = .zeros, in layout: inout ParameterLayout
  ) {
    let window = [Int](repeating: 3, count: axes)
    let options = ConvolutionOptions(border: border)
    firstNormalization = GroupNormalization(
      name + ".normalization-1", channels: channels, groups: groups, in: &layout)
    first = Convolution(name + ".convolution-1", channels, to: filters, window: window, options, in: &layout)
    steering = embedding > 0 ? Linear(name + ".embedding", embedding, to: filters, in: &layout) : nil
    secondNormalization = GroupNormalization(name + ".normalization-2", channels: filters, groups: groups, in: &layout)
    second = Convolution(name + ".convolution-2", filters, to: filters, window: window, options, in: &layout)
    shortcut = channels == filters ? nil : Linear(name + ".shortcut", channels, to: filters, in: &layout)
  }

  /// - Parameters:
  ///   - x: `[batch, cells…, channels]`.
  ///   - embedding: `[batch, embedding]`, already activated.
  ///   - p: Values of the parameters, on the tape.
  public func callAsFunction<S>(
    _ x: Variable<S>, embedding: Variable<S>?, _ p: BoundParameters<S>
  ) -> Variable<S> {
    var h = first(firstNormalization(x, p).silu(), p)
    if let steering, let embedding { h = h.addingRowOfBatch(steering(embedding, p)) }
    h = second(secondNormalization(h, p).silu(), p)
    return (shortcut?(x, p) ?? x) + h
  }
}
