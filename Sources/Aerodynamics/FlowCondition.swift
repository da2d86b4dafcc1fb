/// What a foil is asked to do: its angle or its lift, and the flow that it meets.
public struct FlowCondition: Sendable, Hashable {
  /// What is given of angle and lift; the other follows.
  public enum Loading: Sendable, Hashable {
    /// The angle of attack, in radians.
    case angle(Double)
    /// The lift coefficient.
    case lift(Double)

    public var value: Double {
      switch self {
      case .angle(let value), .lift(let value): value
      }
    }
  }

  public var loading: Loading
  /// The Reynolds number of the chord; nil: no viscosity.
  public var reynolds: Double?
  /// The Mach number of the free stream, below 1: the compressibility correction holds while the flow is subsonic.
  public var mach: Double
  /// The amplification N of the most amplified wave at which the flow turns turbulent: 9 in a quiet wind tunnel.
  public var criticalAmplification: Double
  /// Where the flow is tripped on each side, in chords from the leading edge along x; nil: not tripped.
  public var upperTrip: Double?
  public var lowerTrip: Double?

  public init(
    _ loading: Loading, reynolds: Double? = nil, mach: Double = 0, criticalAmplification: Double = 9,
    upperTrip: Double? = nil, lowerTrip: Double? = nil
  ) {
    self.loading = loading
    self.reynolds = reynolds
    self.mach = mach
    self.criticalAmplification = criticalAmplification
    self.upperTrip = upperTrip
    self.lowerTrip = lowerTrip
  }
}
