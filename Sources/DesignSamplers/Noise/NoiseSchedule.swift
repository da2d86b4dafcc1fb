import Foundation

/// How noise grows with a time from 0 (none, or next to none) to 1.
public enum NoiseSchedule: String, Sendable, Hashable, CaseIterable, Codable {
  /// Nichol & Dhariwal, "Improved denoising diffusion probabilistic models" (2021), eq. 17 with s = 0.008.
  case cosine
  /// Ho et al. (2020) with rates of noise from 0.1 to 20, continuous as in Song et al. (2021), eq. 33.
  case linear
  /// Jabri et al. (2023): logistic from -3 to 3.
  case sigmoid
  /// Karras et al. (2022), eq. 5: signal one, deviation 0.002 to 80, ρ = 7.
  case karras
  /// Liu et al. (2022): the straight line from the design to the noise.
  case flow

  /// The level at a time in 0...1.
  public func level(at time: Double) -> NoiseLevel {
    precondition((0...1).contains(time), "time \(time)")
    switch self {
    case .cosine:
      let shift = 0.008
      let ratio = cos(0.5 * .pi * (time + shift) / (1 + shift)) / cos(0.5 * .pi * shift / (1 + shift))
      return Self.preserving(power: ratio * ratio)
    case .linear: return Self.preserving(power: exp(-time * (0.1 + 0.5 * time * (20 - 0.1))))
    case .sigmoid:
      func logistic(_ x: Double) -> Double { 1 / (1 + exp(-x)) }
      let range = 3.0
      let start = logistic(-range), end = logistic(range)
      return Self.preserving(power: (end - logistic(range * (2 * time - 1))) / (end - start))
    case .karras:
      let rho = 7.0
      let least = pow(0.002, 1 / rho), most = pow(80, 1 / rho)
      return NoiseLevel(signal: 1, deviation: pow(least + time * (most - least), rho))
    case .flow: return NoiseLevel(signal: 1 - time, deviation: time)
    }
  }

  /// A level whose signal and noise together have the power one: α² given, σ² the rest.
  private static func preserving(power: Double) -> NoiseLevel {
    let power = min(1, max(0, power))
    return NoiseLevel(signal: power.squareRoot(), deviation: (1 - power).squareRoot())
  }

  /// Levels of a run of `steps` steps, `steps + 1` of them: equal steps in time from the most noise, then no noise.
  ///
  /// - Parameters:
  ///   - steps: At least one.
  ///   - largestRatio: Of deviation to signal, for methods that divide by the signal. With 160 the deviation that a run
  ///     begins with is right to 0.002 % for designs of deviation one.
  public func levels(steps: Int, largestRatio: Double = .infinity) -> [NoiseLevel] {
    precondition(steps > 0, "\(steps) steps")
    var levels = (0..<steps).map { level(at: 1 - Double($0) / Double(steps)) }
    if levels[0].deviation > largestRatio * levels[0].signal { levels[0] = level(ofRatio: largestRatio) }
    return levels + [.clean]
  }

  /// The level at which deviation is `ratio` times the signal.
  public func level(ofRatio ratio: Double) -> NoiseLevel {
    switch self {
    case .karras: return NoiseLevel(signal: 1, deviation: ratio)
    case .flow: return NoiseLevel(signal: 1 / (1 + ratio), deviation: ratio / (1 + ratio))
    case .cosine, .linear, .sigmoid: return Self.preserving(power: 1 / (1 + ratio * ratio))
    }
  }

  /// A time to train at: uniform; for `karras` the deviation is log-normal, exp(-1.2 + 1.2 n) (Karras et al. 2022, table 1).
  func trainingLevel(using generator: inout SeededGenerator) -> NoiseLevel {
    switch self {
    case .karras: NoiseLevel(signal: 1, deviation: exp(-1.2 + 1.2 * generator.normal()))
    case .cosine, .linear, .sigmoid, .flow: level(at: 0.001 + 0.999 * generator.uniform())
    }
  }
}
