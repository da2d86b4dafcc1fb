/// Moves the clean estimate of a denoiser towards what is asked.
public protocol Guidance: Sendable {
  /// Whether `steered` needs the denoiser's pullback, which costs a second pass through the network.
  var readsDenoiser: Bool { get }
  /// - Parameters:
  ///   - clean: `[count, size…]`, the clean estimate so far.
  ///   - level: Of the noisy designs that it was made from.
  ///   - pullback: From seeds of the clean designs to the noisy ones, where `readsDenoiser`.
  func steered(
    _ clean: Tensor<Float>, at level: NoiseLevel, pullback: ((Tensor<Float>) -> Tensor<Float>)?
  ) throws -> Tensor<Float>
}
