/// Weakly compressible flow with the density integrated, and diffused against its noise (delta-SPH).
/// Monaghan, J. Comput. Phys. 110 (1994); Antuono, Colagrossi, Marrone, Molteni, Comput. Phys. Commun. 181 (2010).
public struct ContinuityScheme: Sendable, Equatable {
  /// m/s; ten times the fastest flow keeps the density within one per cent.
  public var soundSpeed: Double
  public var equationOfState: EquationOfState
  /// α of the artificial viscosity α h c ρ0, which acts along the line between two particles, whether they approach or
  /// part, so that the force is smooth.
  public var artificialViscosity: Double
  public var diffusion: DensityDiffusion
  /// δ of the diffusion 2 δ h c.
  public var diffusionStrength: Double
  public var shifting: ParticleShifting?

  /// False cuts negative pressure off, so that a fluid with a free surface tears instead of clumping. The pressure then
  /// has a kink at the rest density, and the density one at `leastCompression`; derivatives there are those of tension,
  /// zero.
  public var allowsTension: Bool

  /// ε of ε c/h (ρ_Σ - ρ), which draws the density to what the particles' places say, ρ_Σ = Σ m W over that sum on a
  /// lattice; zero leaves it out. For flows that fill their walls. There shear disorders particles and shifting orders them
  /// again, and an integrated density counts the first for compression and does not hear of the second: after many
  /// turnovers it has drifted, by several ρ U² of pressure, unless 0.001 or so holds it; more makes noise, which wears
  /// fast flows down. What Colagrossi & Landrini, J. Comput. Phys. 191 (2003), do every twenty steps, continuously.
  public var densityRelaxation = 0.0

  /// Kernel-gradient correction; see `GradientCorrection`.
  public var correctsGradients = false

  public init(
    soundSpeed: Double, equationOfState: EquationOfState = .tait(exponent: 7), artificialViscosity: Double = 0.02,
    diffusion: DensityDiffusion = .dynamic, diffusionStrength: Double = 0.1, shifting: ParticleShifting? = nil,
    allowsTension: Bool = true
  ) {
    self.soundSpeed = soundSpeed
    self.equationOfState = equationOfState
    self.artificialViscosity = artificialViscosity
    self.diffusion = diffusion
    self.diffusionStrength = diffusionStrength
    self.shifting = shifting
    self.allowsTension = allowsTension
  }

  /// The least density over that at rest of a fluid without tension.
  static let leastCompression = 0.99

  /// Pa, of fluid.
  func pressure(_ density: Double, restDensity: Double) -> Double {
    if !allowsTension, density <= restDensity { return 0 }
    return equationOfState.pressure(density, restDensity: restDensity, soundSpeed: soundSpeed)
  }

  /// dp/dρ of `pressure`, m²/s²
  func pressureSlope(_ density: Double, restDensity: Double) -> Double {
    if !allowsTension, density <= restDensity { return 0 }
    return equationOfState.slope(density, restDensity: restDensity, soundSpeed: soundSpeed)
  }
}

/// What the density is diffused towards.
public enum DensityDiffusion: String, Sendable, CaseIterable {
  case none
  /// Towards the neighbours' density. Molteni & Colagrossi, Comput. Phys. Commun. 180 (2009). Wears hydrostatic layers
  /// down near a free surface.
  case plain
  /// The same without the part that a fluid at rest has: ρ0 g·(x_i - x_j)/c² between two particles, to first order in
  /// the compression. Fourtakas et al., Comput. Fluids 190 (2019).
  case dynamic
  /// The same without the part of the density that is linear in space, by its renormalized gradient: wears
  /// nothing down at a free surface, for two more sums over neighbours. Antuono et al. (2010).
  case renormalized
}
