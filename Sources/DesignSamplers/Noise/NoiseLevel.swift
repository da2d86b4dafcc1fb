import Foundation

/// How much of a design is left and how much noise it bears: x = `signal` x0 + `deviation` e, e normal with mean zero and
/// deviation one.
public struct NoiseLevel: Sendable, Hashable {
  /// α of the variance-preserving papers; 1 in Karras et al. (2022).
  public let signal: Double
  /// σ.
  public let deviation: Double

  public init(signal: Double, deviation: Double) {
    precondition(signal >= 0 && deviation >= 0 && signal + deviation > 0, "signal \(signal), deviation \(deviation)")
    self.signal = signal
    self.deviation = deviation
  }

  /// No noise at all.
  public static let clean = NoiseLevel(signal: 1, deviation: 0)

  public var isClean: Bool { deviation == 0 }
  /// λ = log(α / σ), half the logarithm of the signal-to-noise ratio; infinite at either end.
  public var halfLogRatio: Double { log(signal) - log(deviation) }
  /// sqrt(α² + σ²): the deviation of what a network sees, of designs whose own is one.
  public var magnitude: Double { (signal * signal + deviation * deviation).squareRoot() }
  /// What networks are told of the level: the angle from signal to noise, 0 to 100, finite at either end.
  public var time: Double { 200 / .pi * atan2(deviation, signal) }
}
