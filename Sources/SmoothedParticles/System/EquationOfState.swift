import Foundation

/// Pressure from density.
public enum EquationOfState: Sendable, Equatable {
  /// p = c² (ρ - ρ0)
  case linear
  /// Tait: p = c² ρ0/γ ((ρ/ρ0)^γ - 1). Monaghan, J. Comput. Phys. 110 (1994).
  case tait(exponent: Double)

  /// Pa
  public func pressure(_ density: Double, restDensity: Double, soundSpeed c: Double) -> Double {
    switch self {
    case .linear: c * c * (density - restDensity)
    case .tait(let gamma): c * c * restDensity / gamma * (pow(density / restDensity, gamma) - 1)
    }
  }

  /// dp/dρ, m²/s²
  public func slope(_ density: Double, restDensity: Double, soundSpeed c: Double) -> Double {
    switch self {
    case .linear: c * c
    case .tait(let gamma): c * c * pow(density / restDensity, gamma - 1)
    }
  }

  /// The density at which the pressure is `pressure`; the smallest positive one where there is none.
  public func density(atPressure pressure: Double, restDensity: Double, soundSpeed c: Double) -> Double {
    switch self {
    case .linear: restDensity + pressure / (c * c)
    case .tait(let gamma): restDensity * pow(max(1 + gamma * pressure / (c * c * restDensity), 1e-6), 1 / gamma)
    }
  }

  /// dρ/dp of `density(atPressure:)`, s²/m²
  func densitySlope(atPressure pressure: Double, restDensity: Double, soundSpeed c: Double) -> Double {
    switch self {
    case .linear: return 1 / (c * c)
    case .tait(let gamma):
      let ratio = 1 + gamma * pressure / (c * c * restDensity)
      return ratio < 1e-6 ? 0 : pow(ratio, 1 / gamma - 1) / (c * c)
    }
  }
}
