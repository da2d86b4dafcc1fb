/// What a network answers: a mixture y = p e + q x0 of the noise and the design that its input x = α x0 + σ e is made of.
public enum Prediction: String, Sendable, Hashable, CaseIterable, Codable {
  /// x0 itself.
  case sample
  /// e (Ho et al. 2020). Says nothing about the design where there is no signal.
  case noise
  /// (α e - σ x0) / sqrt(α² + σ²) (Salimans & Ho 2022). For signal one this is the preconditioned network of Karras et al.
  /// (2022), table 1, with designs of deviation one.
  case velocity
  /// e - x0 (Liu et al. 2022).
  case flow

  /// p and q.
  public func mixture(at level: NoiseLevel) -> (noise: Double, sample: Double) {
    switch self {
    case .sample: (0, 1)
    case .noise: (1, 0)
    case .velocity: (level.signal / level.magnitude, -level.deviation / level.magnitude)
    case .flow: (1, -1)
    }
  }

  /// The factors by which x0 = a x + b y.
  public func cleaning(at level: NoiseLevel) -> (state: Double, answer: Double) {
    let (p, q) = mixture(at: level)
    let determinant = level.deviation * q - level.signal * p
    return (-p / determinant, level.deviation / determinant)
  }
}
