#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A Gaussian process through noisy values of a function: what to expect of it elsewhere, and how surely.
///
/// The covariance is exp(-r²/2l²) with the variance of the noise added on the diagonal, in units of a variance that follows
/// from the values, as does the constant mean. Rasmussen & Williams, "Gaussian Processes for Machine Learning" (2006),
/// algorithm 2.1 and sections 2.7 and 5.4.1.
struct GaussianProcess {
  private let count: Int
  /// -1/2l².
  private let exponent: Double
  /// The lower factor of the covariance, row-major.
  private let factor: [Double]
  /// The inverse covariance times (values - mean).
  private let weights: [Double]
  private let mean: Double
  private let variance: Double
  /// Of the values, mean and variance being the most likely ones; constants left out.
  let logLikelihood: Double

  /// - Parameters:
  ///   - squaredDistances: between the observed points, row-major; the lower triangle is read.
  ///   - values: observed at them.
  ///   - length: l, in the unit of the distances.
  ///   - noise: its standard deviation as a part of the process's.
  /// - Returns: nil where the covariance is not positive definite.
  init?(squaredDistances: [Double], values: [Double], length: Double, noise: Double) {
    let n = values.count
    let exponent = -0.5 / (length * length)
    var factor = [Double](repeating: 0, count: n * n)
    var logDeterminant = 0.0
    let positive = factor.withUnsafeMutableBufferPointer { l in
      guard let l = l.baseAddress else { return false }
      for i in 0..<n {
        let row = l + i * n
        for j in 0..<i {
          row[j] = (exp(exponent * squaredDistances[i * n + j]) - dot(row, l + j * n, j)) / l[j * n + j]
        }
        let pivot = 1 + noise * noise + 1e-8 - dot(row, row, i)
        guard pivot > 0 else { return false }
        row[i] = pivot.squareRoot()
        logDeterminant += log(row[i])
      }
      return true
    }
    guard positive else { return nil }
    // The mean by generalized least squares: with a = L⁻¹y and b = L⁻¹1, (b·a)/(b·b).
    var (a, b) = (values, [Double](repeating: 1, count: n))
    factor.withUnsafeBufferPointer { l in
      for i in 0..<n {
        let row = l.baseAddress! + i * n
        a[i] = (a[i] - dot(row, a, i)) / row[i]
        b[i] = (b[i] - dot(row, b, i)) / row[i]
      }
    }
    let mean = dot(b, a, n) / dot(b, b, n)
    for i in 0..<n { a[i] -= mean * b[i] }
    let variance = max(dot(a, a, n) / Double(n), 1e-30)
    // Back through the transpose, by rows of L.
    for i in stride(from: n - 1, through: 0, by: -1) {
      a[i] /= factor[i * n + i]
      for j in 0..<i { a[j] -= factor[i * n + j] * a[i] }
    }
    count = n
    self.exponent = exponent
    self.factor = factor
    weights = a
    self.mean = mean
    self.variance = variance
    logLikelihood = -0.5 * Double(n) * log(variance) - logDeterminant
  }

  /// Mean and standard deviation of the function, without noise, at eight points.
  ///
  /// - Parameter squaredDistances: of the eight points to each observed one.
  func predict(_ squaredDistances: [SIMD8<Double>]) -> (mean: SIMD8<Double>, deviation: SIMD8<Double>) {
    var solved = squaredDistances
    var expected = SIMD8<Double>(repeating: mean)
    var explained = SIMD8<Double>.zero
    solved.withUnsafeMutableBufferPointer { v in
      factor.withUnsafeBufferPointer { l in
        for i in 0..<count {
          var covariance = exponent * v[i]
          for lane in 0..<8 { covariance[lane] = exp(covariance[lane]) }
          expected += covariance * weights[i]
          for j in 0..<i { covariance -= l[i &* count &+ j] * v[j] }
          covariance /= l[i &* count &+ i]
          v[i] = covariance
          explained += covariance * covariance
        }
      }
    }
    let left = (1 - explained).replacing(with: 1e-12, where: explained .> 1 - 1e-12)
    return (expected, (variance * left).squareRoot())
  }
}

/// The logarithm of the improvement that a normally distributed value makes on `best` in the mean, in units of its
/// deviation squared away: log(u Φ(u) + φ(u)) + log s with u = (best - mean)/s. Jones, Schonlau & Welch, J. Global Optim. 13
/// (1998) 455, equation 15; the tail by its asymptote, since the difference cancels there.
func logExpectedImprovement(on best: Double, mean: Double, deviation: Double) -> Double {
  let u = (best - mean) / deviation
  let logDensity = -0.5 * u * u - 0.918_938_533_204_672_8
  guard u > -6 else { return logDensity - 2 * log(-u) + log(deviation) }
  return log(u * 0.5 * erfc(-u * 0.707_106_781_186_547_6) + exp(logDensity)) + log(deviation)
}

/// The logarithm of Φ(u), the tail by its asymptote.
func logProbability(below u: Double) -> Double {
  guard u > -6 else { return -0.5 * u * u - 0.918_938_533_204_672_8 - log(-u) }
  return log(0.5 * erfc(-u * 0.707_106_781_186_547_6))
}

private func dot(_ a: UnsafePointer<Double>, _ b: UnsafePointer<Double>, _ count: Int) -> Double {
  var sums = SIMD8<Double>.zero
  let whole = count & ~7
  var k = 0
  while k < whole {
    let x = UnsafeRawPointer(a + k).loadUnaligned(as: SIMD8<Double>.self)
    let y = UnsafeRawPointer(b + k).loadUnaligned(as: SIMD8<Double>.self)
    sums += x * y
    k &+= 8
  }
  var sum = sums.sum()
  while k < count {
    sum += a[k] * b[k]
    k &+= 1
  }
  return sum
}
