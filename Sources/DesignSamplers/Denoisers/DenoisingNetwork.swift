/// A network that can learn to denoise: it sees noisy designs, how noisy they are and what is asked of them.
public protocol DenoisingNetwork: Sendable {
  var layout: ParameterLayout { get }
  /// Numbers of the condition; 0 for none.
  var conditions: Int { get }
  /// - Parameters:
  ///   - x: `[batch, size…]`.
  ///   - times: `NoiseLevel.time` of each entry of the batch.
  ///   - condition: `[batch, conditions]`.
  ///   - p: Values of the parameters, on the tape.
  /// - Returns: As x.
  func answer<S: TensorScalar>(
    _ x: Variable<S>, times: [Double], condition: Variable<S>?, _ p: BoundParameters<S>
  ) -> Variable<S>
}

extension UNet: DenoisingNetwork {
  public var conditions: Int { options.conditions }
  public func answer<S: TensorScalar>(
    _ x: Variable<S>, times: [Double], condition: Variable<S>?, _ p: BoundParameters<S>
  ) -> Variable<S> { self(x, times: times, condition: condition, p) }
}

extension Transformer: DenoisingNetwork {
  public var conditions: Int { options.conditions }
  public func answer<S: TensorScalar>(
    _ x: Variable<S>, times: [Double], condition: Variable<S>?, _ p: BoundParameters<S>
  ) -> Variable<S> { self(x, times: times, condition: condition, p) }
}
