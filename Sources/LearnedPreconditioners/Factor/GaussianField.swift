import FiniteElements

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// A periodic Gaussian random field on the unit square or cube with the spectral amplitude exp(-(π ℓ |k|)²), ℓ = 0.05, of
/// zero mean and unit deviation, tabulated on a grid and interpolated linearly.
public struct GaussianField: Sendable {
  private let dimension: Int
  private let resolution: Int
  private var values: [Double]

  private static let length = 0.05
  /// The largest wave number along an axis; the amplitude there is below 1e-6.
  private static let cutoff = 24

  /// - Parameters:
  ///   - dimension: 2 or 3.
  ///   - resolution: Points along an axis.
  ///   - seed: Of the amplitudes.
  public init(dimension: Int, resolution: Int, seed: UInt64) {
    self.dimension = dimension
    self.resolution = resolution
    var generator = SeededGenerator(seed: seed)
    func normal() -> Double {
      (-2 * log(1 - generator.uniform())).squareRoot() * cos(2 * .pi * generator.uniform())
    }
    // The grid must resolve the waves.
    let cutoff = min(Self.cutoff, resolution / 2 - 1)
    let waves = 2 * cutoff + 1
    let count = (0..<dimension).reduce(1) { product, _ in product * waves }
    var real = [Double](repeating: 0, count: count), imaginary = real
    for index in 0..<count {
      var rest = index, square = 0.0
      for _ in 0..<dimension {
        let k = Double(rest % waves - cutoff)
        square += k * k
        rest /= waves
      }
      let amplitude = exp(-Double.pi * Double.pi * Self.length * Self.length * square)
      (real[index], imaginary[index]) = (amplitude * normal(), amplitude * normal())
    }
    // One axis after the other from waves to points.
    for axis in 0..<dimension {
      (real, imaginary) = Self.toPoints(real, imaginary, axis, waves: waves, points: resolution, dimension)
    }
    let mean = real.reduce(0, +) / Double(real.count)
    values = real.map { $0 - mean }
    let deviation = (values.reduce(0) { $0 + $1 * $1 } / Double(values.count)).squareRoot()
    values = values.map { $0 / deviation }
  }

  /// Sums the waves along an axis; axes before it are points already, axes after it still waves.
  private static func toPoints(
    _ real: [Double], _ imaginary: [Double], _ axis: Int, waves: Int, points: Int, _ dimension: Int
  ) -> ([Double], [Double]) {
    let cutoff = waves / 2
    let before = (0..<axis).reduce(1) { product, _ in product * points }
    let after = (axis + 1..<max(axis + 1, dimension)).reduce(1) { product, _ in product * waves }
    var sums = (
      [Double](repeating: 0, count: before * points * after), [Double](repeating: 0, count: before * points * after)
    )
    for outer in 0..<after {
      for point in 0..<points {
        for wave in 0..<waves {
          let phase = 2 * Double.pi * Double(wave - cutoff) * Double(point) / Double(points)
          let (c, s) = (cos(phase), sin(phase))
          for inner in 0..<before {
            let from = (outer * waves + wave) * before + inner, to = (outer * points + point) * before + inner
            sums.0[to] += c * real[from] - s * imaginary[from]
            sums.1[to] += c * imaginary[from] + s * real[from]
          }
        }
      }
    }
    return sums
  }

  /// At a point of the unit square or cube.
  public func value(at x: [Double]) -> Double {
    var sum = 0.0
    for corner in 0..<1 << dimension {
      var weight = 1.0, index = 0, stride = 1
      for axis in 0..<dimension {
        let place = x[axis] * Double(resolution)
        let low = Int(place.rounded(.down)), share = place - Double(low)
        let isHigh = corner >> axis & 1 == 1
        weight *= isHigh ? share : 1 - share
        index += ((low + (isHigh ? 1 : 0)) % resolution + resolution) % resolution * stride
        stride *= resolution
      }
      sum += weight * values[index]
    }
    return sum
  }
}
