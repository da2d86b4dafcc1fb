#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// The Taylor remainder test: |f(x + h d) - f(x) - h f'(x) d| must fall like h squared.
///
/// Reference: Farrell, Ham, Funke, Rognes, SIAM J. Sci. Comput. 35 (2013), section 6.
public struct TaylorTest: Sendable, Equatable {
  /// Step sizes, largest first.
  public let steps: [Double]
  /// |f(x + h d) - f(x)|: falls like h.
  public let zerothRemainders: [Double]
  /// |f(x + h d) - f(x) - h f'(x) d|: falls like h^2 for the right gradient.
  public let firstRemainders: [Double]
  /// f'(x) d by the gradient given.
  public let directionalDerivative: Double
  /// The derivative along d by central differences at the smallest step.
  public let centralDifference: Double
  /// Remainders at the level of round-off, which say nothing: f is affine along d, or flat.
  public let roundOff: Double

  /// Runs the test for `f` at `x` along `direction`, with the gradient that is claimed.
  public init<Failure: Error>(
    at x: DenseVector, along direction: DenseVector, gradient: DenseVector, firstStep: Double = 1e-2,
    halvings: Int = 4, of f: (DenseVector) throws(Failure) -> Double
  ) throws(Failure) {
    let value = try f(x)
    let slope = gradient.dot(direction)
    var zeroth: [Double] = []
    var first: [Double] = []
    var steps: [Double] = []
    var largest = abs(value)
    var step = firstStep
    for _ in 0...halvings {
      let moved = try f(x + direction.scaled(by: step))
      largest = max(largest, abs(moved))
      steps.append(step)
      zeroth.append(abs(moved - value))
      first.append(abs(moved - value - step * slope))
      step /= 2
    }
    let smallest = steps[steps.count - 1]
    let ahead = try f(x + direction.scaled(by: smallest))
    let behind = try f(x + direction.scaled(by: -smallest))
    self.steps = steps
    zerothRemainders = zeroth
    firstRemainders = first
    directionalDerivative = slope
    centralDifference = (ahead - behind) / (2 * smallest)
    roundOff = 1e-14 * max(largest, abs(slope) * firstStep)
  }

  /// The observed order of the first remainder between successive steps; infinite where it is all round-off.
  public var rates: [Double] {
    (1..<firstRemainders.count).compactMap { i in
      firstRemainders[i] < 100 * roundOff ? nil : log2(firstRemainders[i - 1] / firstRemainders[i])
    }
  }

  /// The smallest observed rate; infinite where every remainder is round-off (an affine function).
  public var rate: Double { rates.min() ?? .infinity }

  /// True when the rate is above `bound` (1.9 by default).
  public func passes(above bound: Double = 1.9) -> Bool { rate > bound }
}
