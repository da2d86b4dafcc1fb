import DesignSamplers

/// The exact denoiser of designs that are normal with mean zero and a deviation, for which the probability flow has a closed
/// form.
struct NormalDenoiser: Denoiser {
  let shape = [2]
  let deviation = 0.5

  func denoise(_ x: Tensor<Float>, at level: NoiseLevel) -> Tensor<Float> {
    let variance = deviation * deviation
    let factor = level.signal * variance / (level.signal * level.signal * variance + level.deviation * level.deviation)
    return Tensor(x.elements.map { Float(factor) * $0 }, shape: x.shape)
  }

  func linearize(
    _ x: Tensor<Float>, at level: NoiseLevel
  ) -> (clean: Tensor<Float>, pullback: (Tensor<Float>) -> Tensor<Float>) {
    (denoise(x, at: level), { denoise($0, at: level) })
  }

  /// Where the flow takes the noise that a run at a level begins with: x / α keeps its ratio to sqrt(s² + σ²/α²).
  func end(ofNoise noise: Float, from level: NoiseLevel) -> Double {
    let (a, s) = (level.signal, level.deviation)
    return Double(noise) * level.magnitude * deviation / (a * a * deviation * deviation + s * s).squareRoot()
  }
}
