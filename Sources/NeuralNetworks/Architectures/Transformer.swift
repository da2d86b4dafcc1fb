/// A transformer over sequences of numbers (Vaswani et al. 2017, encoder) with normalization before each part (Xiong et
/// al. 2020): `[batch, length, inputs]` to `[batch, length, outputs]`.
///
/// Places are told apart by a learned row each, unless the sequence is a set. A row for each entry of the batch, such as
/// the embedding of a time, may be added to every place.
public struct Transformer: Sendable {
  public struct Options: Sendable, Hashable {
    public var inputs = 1
    public var outputs = 1
    /// The longest sequence; 0 for sets, whose members have no order.
    public var length = 32
    /// Must be divisible by `heads`, and even.
    public var width = 64
    public var heads = 4
    public var blocks = 2
    /// Whether a time steers the network, and by how many numbers a condition does.
    public var takesTime = false
    public var conditions = 0
    public init() {}
  }

  public let options: Options
  public let layout: ParameterLayout
  let input: Linear
  let places: Embedding?
  let embedding: TimeEmbedding?
  let blocks: [TransformerBlock]
  let normalization: LayerNormalization
  let output: Linear

  public init(_ options: Options = Options()) {
    let width = options.width
    precondition(width % options.heads == 0, "a width of \(width) for \(options.heads) heads")
    precondition(options.takesTime || options.conditions == 0, "a condition goes with a time")
    var layout = ParameterLayout()
    input = Linear("input", options.inputs, to: width, in: &layout)
    places = options.length > 0 ? Embedding("places", count: options.length, width: width, in: &layout) : nil
    embedding =
      options.takesTime
      ? TimeEmbedding("embedding", width: width, conditions: options.conditions, in: &layout) : nil
    blocks = (0..<options.blocks).map {
      TransformerBlock("block.\($0)", width: width, heads: options.heads, in: &layout)
    }
    normalization = LayerNormalization("output.normalization", width: width, in: &layout)
    output = Linear("output", width, to: options.outputs, in: &layout)
    self.options = options
    self.layout = layout
  }

  /// - Parameters:
  ///   - x: `[batch, length, inputs]`.
  ///   - times: One for each entry of the batch, where the network takes a time.
  ///   - condition: `[batch, conditions]`.
  ///   - p: Values of the parameters, on the tape.
  public func callAsFunction<S>(
    _ x: Variable<S>, times: [Double]? = nil, condition: Variable<S>? = nil, _ p: BoundParameters<S>
  ) -> Variable<S> {
    precondition((times == nil) == (embedding == nil), "a time is given where none is known, or the other way")
    let (batch, length) = (x.shape[0], x.shape[1])
    var h = input(x, p)
    if let places {
      precondition(length <= options.length, "a sequence of \(length) for \(options.length) places")
      let rows = (0..<batch).flatMap { _ in (0..<Int32(length)) }
      h = h + places(rows, p).reshaped(to: h.shape)
    }
    if let embedding, let times { h = h.addingRowOfBatch(embedding(times, condition: condition, p)) }
    for block in blocks { h = block(h, p) }
    return output(normalization(h, p), p)
  }
}

/// Attention over the places and two layers at each place, both residual and normalized before.
public struct TransformerBlock: Sendable {
  let attentionNormalization: LayerNormalization
  let queriesKeysValues: Linear
  let heads: Int
  let projection: Linear
  let normalization: LayerNormalization
  let layers: MultilayerPerceptron

  public init(_ name: String, width: Int, heads: Int, in layout: inout ParameterLayout) {
    attentionNormalization = LayerNormalization(name + ".attention.normalization", width: width, in: &layout)
    queriesKeysValues = Linear(name + ".attention.input", width, to: 3 * width, in: &layout)
    projection = Linear(name + ".attention.output", width, to: width, in: &layout)
    normalization = LayerNormalization(name + ".normalization", width: width, in: &layout)
    layers = MultilayerPerceptron(name + ".layers", widths: [width, 4 * width, width], .gelu, in: &layout)
    self.heads = heads
  }

  public func callAsFunction<S>(_ x: Variable<S>, _ p: BoundParameters<S>) -> Variable<S> {
    let (batch, length, width) = (x.shape[0], x.shape[1], x.shape[2])
    let each = width / heads
    let all = queriesKeysValues(attentionNormalization(x, p), p)
    /// Heads become entries of the batch: `[batch, length, width]` to `[batch heads, length, each]`.
    func split(_ part: Int) -> Variable<S> {
      all.columns(part * width..<(part + 1) * width).reshaped(to: [batch, length, heads, each])
        .permuted([0, 2, 1, 3]).reshaped(to: [batch * heads, length, each])
    }
    let heard = split(0).attention(keys: split(1), values: split(2))
      .reshaped(to: [batch, heads, length, each]).permuted([0, 2, 1, 3]).reshaped(to: x.shape)
    let h = x + projection(heard, p)
    return h + layers(normalization(h, p), p)
  }
}
