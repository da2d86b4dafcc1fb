import Foundation

/// The exact denoiser of a finite set of designs: the mean of the set, each weighted by how likely x came from it (Karras
/// et al. 2022, eq. 57). It samples the set itself: what a sampler or a measure of quality is checked with, and what a
/// network is to be better than at being new.
public struct NearestDenoiser: Denoiser {
  public let shape: [Int]
  private let designs: [Double]
  private let size: Int

  /// - Parameter designs: `[count, shape…]`.
  public init(_ designs: Tensor<Float>) {
    precondition(designs.shape.first ?? 0 > 0, "no designs")
    shape = Array(designs.shape.dropFirst())
    size = shape.reduce(1, *)
    self.designs = designs.elements.map(Double.init)
  }

  public func denoise(_ x: Tensor<Float>, at level: NoiseLevel) -> Tensor<Float> { linearize(x, at: level).clean }

  public func linearize(
    _ x: Tensor<Float>, at level: NoiseLevel
  ) -> (clean: Tensor<Float>, pullback: (Tensor<Float>) -> Tensor<Float>) {
    let rows = x.shape[0]
    let values = x.elements.map(Double.init)
    var weights: [[Double]] = []
    var clean = [Double](repeating: 0, count: rows * size)
    for row in 0..<rows {
      let likelihoods = self.likelihoods(of: values[row * size..<(row + 1) * size], at: level)
      for (k, weight) in likelihoods.enumerated() where weight > 0 {
        for i in 0..<size { clean[row * size + i] += weight * designs[k * size + i] }
      }
      weights.append(likelihoods)
    }
    let means = clean
    return (
      Tensor(clean.map { Float($0) }, shape: x.shape),
      { seed in
        // dD/dx = α/σ² times the covariance of the designs under the weights.
        let factor = level.isClean ? 0 : level.signal / (level.deviation * level.deviation)
        var result = [Float](repeating: 0, count: rows * size)
        for row in 0..<rows {
          let range = row * size..<(row + 1) * size
          var sum = [Double](repeating: 0, count: size)
          for (k, weight) in weights[row].enumerated() where weight > 0 {
            let deviation = (0..<size).map { designs[k * size + $0] - means[range.lowerBound + $0] }
            let along = (0..<size).reduce(0.0) { $0 + deviation[$1] * Double(seed[range.lowerBound + $1]) }
            for i in 0..<size { sum[i] += weight * along * deviation[i] }
          }
          for i in 0..<size { result[range.lowerBound + i] = Float(factor * sum[i]) }
        }
        return Tensor(result, shape: x.shape)
      }
    )
  }

  private func likelihoods(of x: ArraySlice<Double>, at level: NoiseLevel) -> [Double] {
    let count = designs.count / max(1, size)
    let distances = (0..<count).map { k in
      (0..<size).reduce(0.0) { sum, i in
        let d = x[x.startIndex + i] - level.signal * designs[k * size + i]
        return sum + d * d
      }
    }
    let least = distances.min() ?? 0
    let scale = level.isClean ? Double.infinity : 0.5 / (level.deviation * level.deviation)
    let weights = distances.map { $0 == least ? 1 : exp(-($0 - least) * scale) }
    let sum = weights.reduce(0, +)
    return weights.map { $0 / sum }
  }
}
