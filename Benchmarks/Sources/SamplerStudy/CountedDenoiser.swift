import DesignSamplers
import Synchronization

/// A denoiser that counts what it is asked, once for all designs of a call.
final class CountedDenoiser: Denoiser {
  let denoiser: any Denoiser
  private let calls = Mutex(0)

  init(_ denoiser: any Denoiser) { self.denoiser = denoiser }

  var shape: [Int] { denoiser.shape }
  var answers: Int { calls.withLock { $0 } }
  func reset() { calls.withLock { $0 = 0 } }

  func denoise(_ x: Tensor<Float>, at level: NoiseLevel) throws -> Tensor<Float> {
    calls.withLock { $0 += 1 }
    return try denoiser.denoise(x, at: level)
  }

  func linearize(_ x: Tensor<Float>, at level: NoiseLevel) throws -> (
    clean: Tensor<Float>, pullback: (Tensor<Float>) -> Tensor<Float>
  ) {
    calls.withLock { $0 += 1 }
    return try denoiser.linearize(x, at: level)
  }
}
