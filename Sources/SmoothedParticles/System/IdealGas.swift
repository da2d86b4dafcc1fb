/// A gas with p = (γ - 1) ρ u. For `CompressibleScheme`, in which rest density and sound speed mean nothing.
public struct IdealGas: Sendable, Equatable {
  /// γ, above one.
  public var heatCapacityRatio: Double
  /// u, J/kg, one a particle, at the start.
  public var internalEnergies: [Double]

  public init(heatCapacityRatio: Double = 1.4, internalEnergies: [Double]) {
    precondition(heatCapacityRatio > 1)
    self.heatCapacityRatio = heatCapacityRatio
    self.internalEnergies = internalEnergies
  }

  /// In the order of their blocks.
  var parameters: [Double] { [heatCapacityRatio] + internalEnergies }

  /// Pa
  public static func pressure(density: Double, energy: Double, heatCapacityRatio: Double) -> Double {
    (heatCapacityRatio - 1) * density * energy
  }
}
