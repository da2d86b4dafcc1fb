import DifferentiableCore

/// Weakly compressible flow with the density summed over neighbours. Adami, Hu, Adams, J. Comput. Phys. 241 (2013).
public struct SummationScheme: Sendable, Equatable {
  /// m/s; ten times the fastest flow keeps the density within one per cent.
  public var soundSpeed: Double
  public var equationOfState: EquationOfState
  public var shifting: ParticleShifting?

  public init(
    soundSpeed: Double, equationOfState: EquationOfState = .linear, shifting: ParticleShifting? = nil
  ) {
    self.soundSpeed = soundSpeed
    self.equationOfState = equationOfState
    self.shifting = shifting
  }
}
