#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// The rate of each step of training: a linear rise, then a fall.
public struct RateSchedule: Sendable, Hashable {
  public enum Decay: Sendable, Hashable {
    case none
    /// Half a cosine from the peak to a part of it (Loshchilov & Hutter 2017, eq. 5).
    case cosine(final: Double)
    case linear(final: Double)
    /// A factor over the whole run, in equal ratios.
    case exponential(final: Double)
    /// As one over the root of the steps since the rise.
    case inverseSquareRoot
  }

  public var peak: Double
  /// Steps of the rise.
  public var warmup: Int
  public var decay: Decay

  public init(_ peak: Double, warmup: Int = 0, decay: Decay = .none) {
    self.peak = peak
    self.warmup = warmup
    self.decay = decay
  }

  /// The rate of a step of `steps`, counted from 0.
  public func rate(ofStep step: Int, of steps: Int) -> Double {
    if step < warmup { return peak * Double(step + 1) / Double(warmup) }
    let elapsed = min(1, Double(step - warmup) / Double(max(1, steps - warmup)))
    switch decay {
    case .none: return peak
    case .cosine(let final): return peak * (final + (1 - final) * 0.5 * (1 + cos(.pi * elapsed)))
    case .linear(let final): return peak * (1 + (final - 1) * elapsed)
    case .exponential(let final): return peak * pow(final, elapsed)
    case .inverseSquareRoot:
      let start = Double(max(1, warmup))
      return peak * (start / (start + Double(step - warmup))).squareRoot()
    }
  }
}
