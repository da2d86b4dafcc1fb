/// A fluid's constants.
public struct FluidPhase: Sendable, Equatable {
  public var name: String
  /// kg/m³ (kg/m² in the plane)
  public var restDensity: Double
  /// Kinematic viscosity, m²/s.
  public var viscosity: Double
  public var surfaceTension: SurfaceTension?
  /// Friction that is not Newtonian, added to that of `viscosity`.
  public var rheology: Rheology?
  /// For `CompressibleScheme`.
  public var gas: IdealGas?

  public init(
    name: String = "fluid", restDensity: Double, viscosity: Double = 0, surfaceTension: SurfaceTension? = nil,
    rheology: Rheology? = nil, gas: IdealGas? = nil
  ) {
    self.name = name
    self.restDensity = restDensity
    self.viscosity = viscosity
    self.surfaceTension = surfaceTension
    self.rheology = rheology
    self.gas = gas
  }
}
