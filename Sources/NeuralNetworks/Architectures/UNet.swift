/// A U-Net (Ronneberger et al. 2015) with residual blocks and an embedding of time and condition (Ho et al. 2020), over
/// images or volumes: `[batch, cells…, inputs]` to `[batch, cells…, outputs]`.
///
/// Each level has one residual block on the way down and one on the way up, which takes the level's own result from the
/// way down as well; levels are joined by the mean of two cells and by repeating a cell. Cells must be divisible by
/// two as often as there are levels less one.
public struct UNet: Sendable {
  public struct Options: Sendable, Hashable {
    /// Axes of cells: 2 for images, 3 for volumes; 1 for signals.
    public var axes = 2
    public var inputs = 1
    public var outputs = 1
    /// Channels of each level, finest first.
    public var channels = [16, 32, 64]
    /// Width of the embedding of time and condition; even.
    public var embedding = 64
    /// Numbers of the condition; 0 for none.
    public var conditions = 0
    /// Groups of the normalizations; divides every number of channels.
    public var groups = 8
    /// Periodic where the domain is.
    public var border = ConvolutionOptions.Border.zeros
    public init() {}
  }

  public let options: Options
  public let layout: ParameterLayout
  let embedding: TimeEmbedding
  let input: Convolution
  let down: [ResidualBlock]
  let middle: ResidualBlock
  let up: [ResidualBlock]
  let normalization: GroupNormalization
  let output: Convolution

  public init(_ options: Options = Options()) {
    precondition(!options.channels.isEmpty, "a U-Net without levels")
    let (channels, axes, border) = (options.channels, options.axes, options.border)
    let window = [Int](repeating: 3, count: axes)
    let levels = channels.count
    var layout = ParameterLayout()
    func block(_ name: String, _ from: Int, _ to: Int) -> ResidualBlock {
      ResidualBlock(
        name, from, to: to, axes: axes, embedding: options.embedding, groups: options.groups, border: border,
        in: &layout)
    }
    embedding = TimeEmbedding("embedding", width: options.embedding, conditions: options.conditions, in: &layout)
    input = Convolution(
      "input", options.inputs, to: channels[0], window: window, ConvolutionOptions(border: border), in: &layout)
    down = (0..<levels).map { block("down.\($0)", channels[max(0, $0 - 1)], channels[$0]) }
    middle = block("middle", channels[levels - 1], channels[levels - 1])
    up = (0..<levels).map { level in
      block("up.\(level)", channels[level] + channels[min(levels - 1, level + 1)], channels[level])
    }
    normalization = GroupNormalization(
      "output.normalization", channels: channels[0], groups: options.groups, in: &layout)
    output = Convolution(
      "output", channels[0], to: options.outputs, window: window, ConvolutionOptions(border: border), in: &layout)
    self.options = options
    self.layout = layout
  }

  /// - Parameters:
  ///   - x: `[batch, cells…, channels]`.
  ///   - times: One for each entry of the batch: a time, or the logarithm of a noise level.
  ///   - condition: `[batch, conditions]`.
  ///   - p: Values of the parameters, on the tape.
  public func callAsFunction<S>(
    _ x: Variable<S>, times: [Double], condition: Variable<S>? = nil, _ p: BoundParameters<S>
  ) -> Variable<S> {
    let steering = embedding(times, condition: condition, p).silu()
    var h = input(x, p)
    var kept: [Variable<S>] = []
    for (level, block) in down.enumerated() {
      if level > 0 { h = h.averagePooled() }
      h = block(h, embedding: steering, p)
      kept.append(h)
    }
    h = middle(h, embedding: steering, p)
    for (level, block) in up.enumerated().reversed() {
      h = block(.joined([h, kept[level]]), embedding: steering, p)
      if level > 0 { h = h.upsampled() }
    }
    return output(normalization(h, p).silu(), p)
  }
}
