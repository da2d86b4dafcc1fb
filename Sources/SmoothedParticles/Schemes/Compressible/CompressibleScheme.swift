/// Compressible flow of an ideal gas: density summed, internal energy integrated, shocks by an artificial viscosity.
/// Monaghan, Annu. Rev. Astron. Astrophys. 30 (1992); the cases are those of Winchenbach & Thuerey, diffSPH (2024).
///
/// With P = p/ρ²: a_i = -Σ_j m_j (P_i + P_j + Π_ij) ∇W, du_i/dt = Σ_j m_j (P_i + Π_ij/2) v_ij·∇W
/// + α_u Σ_j m_j c̄/ρ̄ (u_i - u_j) W'. Momentum is conserved to round-off, total energy by the rates, so that a step keeps
/// it to the order of its integration. The smoothing length is the same everywhere.
///
/// Π = (-α c̄ μ + β μ²)/ρ̄ with μ = h v_ij·e/(r² + 0.01 h²) where particles approach each other, zero where they do not: the
/// gradient is one-sided where a pair turns from one to the other, and exact elsewhere, through shocks too.
public struct CompressibleScheme: Sendable, Equatable {
  /// α; bulk and shear viscosity.
  public var linearViscosity: Double
  /// β; against particles that run through each other.
  public var quadraticViscosity: Double
  /// α_u; smears jumps of the internal energy, which density summation overshoots at.
  public var conductivity: Double

  public init(linearViscosity: Double = 1, quadraticViscosity: Double = 2, conductivity: Double = 0) {
    self.linearViscosity = linearViscosity
    self.quadraticViscosity = quadraticViscosity
    self.conductivity = conductivity
  }
}
