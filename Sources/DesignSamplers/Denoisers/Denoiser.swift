/// Knows what design a noisy one most likely came from: the mean of x0 given x (Karras et al. 2022, eq. 2).
public protocol Denoiser: Sendable {
  /// The extents of one design.
  var shape: [Int] { get }
  /// - Parameters:
  ///   - x: `[count, shape…]`, x = α x0 + σ e.
  ///   - level: α and σ.
  /// - Returns: `[count, shape…]`.
  func denoise(_ x: Tensor<Float>, at level: NoiseLevel) throws -> Tensor<Float>
  /// The clean designs, and what pulls a seed of theirs back to x.
  func linearize(_ x: Tensor<Float>, at level: NoiseLevel) throws -> (
    clean: Tensor<Float>, pullback: (Tensor<Float>) -> Tensor<Float>
  )
}
