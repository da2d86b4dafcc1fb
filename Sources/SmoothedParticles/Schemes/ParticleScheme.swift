/// How density, pressure and friction are found.
public enum ParticleScheme: Sendable, Equatable {
  case summation(SummationScheme)
  case continuity(ContinuityScheme)
  case incompressible(IncompressibleScheme)
  case compressible(CompressibleScheme)

  /// m/s; infinite in an incompressible fluid, and in a gas, where it depends on the state.
  public var soundSpeed: Double {
    switch self {
    case .summation(let scheme): scheme.soundSpeed
    case .continuity(let scheme): scheme.soundSpeed
    case .incompressible, .compressible: .infinity
    }
  }

  /// Pa; zero in an incompressible fluid, whose pressure is no function of its density, and in a gas, where it
  /// needs the internal energy too.
  public func pressure(_ density: Double, restDensity: Double) -> Double {
    switch self {
    case .summation(let scheme):
      scheme.equationOfState.pressure(density, restDensity: restDensity, soundSpeed: scheme.soundSpeed)
    case .continuity(let scheme): scheme.pressure(density, restDensity: restDensity)
    case .incompressible, .compressible: 0
    }
  }

  /// True where the density is a part of the state that the rates integrate.
  var integratesDensity: Bool {
    switch self {
    case .summation, .incompressible, .compressible: false
    case .continuity: true
    }
  }
}
