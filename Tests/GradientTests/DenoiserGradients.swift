import Backsolve
import DesignSamplers
import TestSupport
import Testing

extension GradientTable {
  /// A row for what pulls seeds of clean designs back through a denoiser. Denoisers are in single precision, so that steps
  /// are large, and differences are extrapolated (Richardson) in place of being small.
  private static func row(_ name: String, _ denoiser: any Denoiser, rows: Int) -> GradientCase {
    let level = NoiseLevel(signal: 0.6, deviation: 0.8)
    let shape = [rows] + denoiser.shape
    var generator = SeededGenerator(seed: 8)
    return GradientCase(
      name, at: generator.vector(count: shape.reduce(1, *)), firstStep: 0.2,
      image: { x in try denoiser.denoise(Tensor(x, shape: shape), at: level).vector },
      pullback: { seed, x in
        let pullback = try denoiser.linearize(Tensor(x, shape: shape), at: level).pullback
        guard !seed.isEmpty else { return DenseVector(zeros: x.count) }
        return pullback(Tensor(seed, shape: shape)).vector
      },
      pushforward: { direction, x in
        func image(_ step: Double) throws -> DenseVector {
          try denoiser.denoise(Tensor(x + direction.scaled(by: step), shape: shape), at: level).vector
        }
        func difference(_ step: Double) throws -> DenseVector {
          (try image(step) - image(-step)).scaled(by: 0.5 / step)
        }
        let wide = try difference(0.1), narrow = try difference(0.05)
        return narrow.scaled(by: 4.0 / 3) - wide.scaled(by: 1.0 / 3)
      })
  }

  private static let set = NearestDenoiser(Tensor<Float>([1, 0, -1, 0.5, 0.3, -1, 0.2, 0.8], shape: [4, 2]))

  static let denoisers: [GradientCase] = [
    row("exact denoiser of a set", set, rows: 3),
    row(
      "sum of denoisers",
      SummedDenoiser(count: 3, [.init(set, numbers: [0, 1]), .init(set, numbers: [2, 1], weight: 2)]), rows: 2),
  ]

  @Test(arguments: denoisers)
  func denoiser(_ row: GradientCase) throws { try row.check(relativeTolerance: 1e-3) }
}
