#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// A time or a noise level, and a condition, as one row of numbers for each entry of the batch: sines and cosines of many
/// frequencies through a network of two layers, to which a linear map of the condition is added.
public struct TimeEmbedding: Sendable {
  public let width: Int
  let first: Linear
  let second: Linear
  let condition: Linear?

  /// - Parameters:
  ///   - name: Begins the names of its slots.
  ///   - width: Even.
  ///   - conditions: Numbers of the condition; 0 for none.
  ///   - layout: Where its slots are appended.
  public init(_ name: String, width: Int, conditions: Int = 0, in layout: inout ParameterLayout) {
    precondition(width > 0 && width % 2 == 0, "an embedding of width \(width)")
    self.width = width
    first = Linear(name + ".first", width, to: width, in: &layout)
    second = Linear(name + ".second", width, to: width, in: &layout)
    condition = conditions > 0 ? Linear(name + ".condition", conditions, to: width, in: &layout) : nil
  }

  /// - Parameters:
  ///   - times: One for each entry of the batch.
  ///   - given: The condition, `[batch, conditions]`.
  ///   - p: Values of the parameters, on the tape.
  /// - Returns: `[batch, width]`.
  public func callAsFunction<S>(
    _ times: [Double], condition given: Variable<S>? = nil, _ p: BoundParameters<S>
  ) -> Variable<S> {
    precondition((given == nil) == (condition == nil), "a condition is given where none is known, or the other way")
    let waves: Variable<S> = p.tape.constant(Self.waves(times, width: width))
    let embedded = second(first(waves, p).silu(), p)
    guard let given, let condition else { return embedded }
    return embedded + condition(given, p)
  }

  /// cos and sin of t w_i with w_i = 10000^(-i / half), i < half = width / 2 (Vaswani et al. 2017, sec. 3.5).
  public static func waves<S: TensorScalar>(_ times: [Double], width: Int) -> Tensor<S> {
    let half = width / 2
    return Tensor(
      times.flatMap { t in
        let angles = (0..<half).map { t * pow(10000, -Double($0) / Double(half)) }
        return angles.map { S(cos($0)) } + angles.map { S(sin($0)) }
      }, shape: [times.count, width])
  }
}
