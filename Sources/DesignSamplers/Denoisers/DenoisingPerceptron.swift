/// A network for vectors of a few dozen numbers: blocks of two layers each, h + W2 silu(W1 h + embedding), between a layer
/// in and a layer out that begins as zero. `[batch, size]` to `[batch, size]`.
public struct DenoisingPerceptron: DenoisingNetwork {
  public let size: Int
  public let conditions: Int
  public let layout: ParameterLayout
  private let embedding: TimeEmbedding
  private let input: Linear
  private let blocks: [(normalization: LayerNormalization, first: Linear, steering: Linear, second: Linear)]
  private let output: Linear

  /// - Parameters:
  ///   - size: Numbers of a design.
  ///   - width: Of the layers between; even.
  ///   - blocks: Of two layers each.
  ///   - conditions: Numbers of the condition; 0 for none.
  public init(size: Int, width: Int = 256, blocks: Int = 3, conditions: Int = 0) {
    var layout = ParameterLayout()
    embedding = TimeEmbedding("embedding", width: width, conditions: conditions, in: &layout)
    input = Linear("input", size, to: width, in: &layout)
    self.blocks = (0..<blocks).map { i in
      (
        LayerNormalization("block.\(i).normalization", width: width, in: &layout),
        Linear("block.\(i).first", width, to: width, in: &layout),
        Linear("block.\(i).steering", width, to: width, in: &layout),
        Linear("block.\(i).second", width, to: width, startsAtZero: true, in: &layout)
      )
    }
    output = Linear("output", width, to: size, startsAtZero: true, in: &layout)
    self.size = size
    self.conditions = conditions
    self.layout = layout
  }

  public func answer<S: TensorScalar>(
    _ x: Variable<S>, times: [Double], condition: Variable<S>?, _ p: BoundParameters<S>
  ) -> Variable<S> {
    let steering = embedding(times, condition: condition, p).silu()
    var h = input(x, p)
    for block in blocks {
      let inner = block.first(block.normalization(h, p), p) + block.steering(steering, p)
      h = h + block.second(inner.silu(), p)
    }
    return output(h.silu(), p)
  }
}
