/// A transformer for vectors whose numbers follow each other, such as the joints of a tool: each number is a place of the
/// sequence. `[batch, size]` to `[batch, size]`.
public struct DenoisingTransformer: DenoisingNetwork {
  public let size: Int
  private let transformer: Transformer
  public var layout: ParameterLayout { transformer.layout }
  public var conditions: Int { transformer.options.conditions }

  /// - Parameters:
  ///   - size: Numbers of a design.
  ///   - width: Numbers of a place; even, and divisible by `heads`.
  ///   - heads: Of attention.
  ///   - blocks: Of attention and two layers each.
  ///   - conditions: Numbers of the condition; 0 for none.
  public init(size: Int, width: Int = 32, heads: Int = 4, blocks: Int = 2, conditions: Int = 0) {
    self.size = size
    var options = Transformer.Options()
    (options.length, options.width, options.heads, options.blocks) = (size, width, heads, blocks)
    (options.takesTime, options.conditions) = (true, conditions)
    transformer = Transformer(options)
  }

  public func answer<S: TensorScalar>(
    _ x: Variable<S>, times: [Double], condition: Variable<S>?, _ p: BoundParameters<S>
  ) -> Variable<S> {
    let places = x.reshaped(to: [x.shape[0], size, 1])
    return transformer(places, times: times, condition: condition, p).reshaped(to: [x.shape[0], size])
  }
}
