/// A convolution over a periodic grid with a kernel that is given by its lowest frequencies.
public struct SpectralConvolution: Sendable {
  let weights: ParameterSlot
  let modes: SpectralModes

  public init(
    _ name: String, _ channels: Int, to filters: Int, _ modes: SpectralModes, in layout: inout ParameterLayout
  ) {
    weights = layout.slot(
      name + ".weights", [modes.count, channels, filters, 2], .normal(deviation: 0.5 / Double(channels).squareRoot()))
    self.modes = modes
  }

  public func callAsFunction<S>(_ x: Variable<S>, _ p: BoundParameters<S>) -> Variable<S> {
    x.spectrallyConvolved(with: p[weights], modes)
  }
}
