/// The Fourier neural operator (Li et al. 2021): from one field to another over a periodic grid of any number of cells,
/// `[batch, cells…, inputs]` to `[batch, cells…, outputs]`.
///
/// Each block adds a convolution with a kernel of low frequencies to a linear map of each cell, and activates the sum.
public struct FourierNeuralOperator: Sendable {
  public struct Options: Sendable, Hashable {
    public var inputs = 1
    public var outputs = 1
    public var width = 16
    public var blocks = 4
    /// Frequencies kept of each axis; their number is the number of axes.
    public var modes = [8, 8]
    public init() {}
  }

  public let options: Options
  public let layout: ParameterLayout
  let lifting: Linear
  let blocks: [(spectral: SpectralConvolution, linear: Linear)]
  let projection: MultilayerPerceptron

  public init(_ options: Options = Options()) {
    var layout = ParameterLayout()
    let width = options.width
    lifting = Linear("lifting", options.inputs, to: width, in: &layout)
    blocks = (0..<options.blocks).map { i in
      (
        SpectralConvolution("block.\(i).spectral", width, to: width, SpectralModes(options.modes), in: &layout),
        Linear("block.\(i).linear", width, to: width, in: &layout)
      )
    }
    projection = MultilayerPerceptron(
      "projection", widths: [width, 2 * width, options.outputs], .gelu, in: &layout)
    self.options = options
    self.layout = layout
  }

  public func callAsFunction<S>(_ x: Variable<S>, _ p: BoundParameters<S>) -> Variable<S> {
    var h = lifting(x, p)
    for (i, block) in blocks.enumerated() {
      let sum = block.spectral(h, p) + block.linear(h, p)
      h = i + 1 < blocks.count ? sum.gelu() : sum
    }
    return projection(h, p)
  }
}
