#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// The running means of a gradient and of its square, and what makes up for their start at zero (Kingma & Ba 2015,
/// section 3): what Adam and its relatives share.
struct RunningMoments: Sendable {
  private let meanDecay: Float
  private let squareDecay: Float
  /// Of the mean, times the rate.
  let meanScale: Float
  /// Of the mean of squares.
  let squareScale: Float

  /// - Parameters:
  ///   - step: Counted from 1.
  ///   - rate: Taken into `meanScale`.
  init(meanDecay: Double, squareDecay: Double, step: Int, rate: Double = 1) {
    self.meanDecay = Float(meanDecay)
    self.squareDecay = Float(squareDecay)
    meanScale = Float(rate / (1 - pow(meanDecay, Double(step))))
    squareScale = Float(1 / (1 - pow(squareDecay, Double(step))))
  }

  @inline(__always)
  func add(_ gradient: Float, to mean: inout Float, _ square: inout Float) {
    mean = meanDecay * mean + (1 - meanDecay) * gradient
    square = squareDecay * square + (1 - squareDecay) * gradient * gradient
  }
}
