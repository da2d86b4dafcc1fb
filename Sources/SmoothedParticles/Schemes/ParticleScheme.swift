/// How density, pressure and friction are found.
public enum ParticleScheme: Sendable, Equatable {
  case summation(SummationScheme)
  case continuity(ContinuityScheme)
  case incompressible(IncompressibleScheme)

  /// m/s; infinite in an incompressible fluid.
  public var soundSpeed: Double {
    switch self {
    case .summation(let scheme): scheme.soundSpeed
    case .continuity(let scheme): scheme.soundSpeed
    case .incompressible: .infinity
    }
  }

  /// True where the density is a part of the state that the rates integrate.
  var integratesDensity: Bool {
    switch self {
    case .summation, .incompressible: false
    case .continuity: true
    }
  }
}
