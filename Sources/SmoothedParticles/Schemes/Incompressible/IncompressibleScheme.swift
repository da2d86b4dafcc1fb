/// Incompressible flow by two pressure solves a step: one that keeps the density, one that keeps the velocity free of
/// divergence. Bender & Koschier, Divergence-Free Smoothed Particle Hydrodynamics, SCA (2015).
///
/// v* = v + dt (g + friction); v** = v* - M⁻¹Dᵀκ with κ such that the density after the step is the one at rest;
/// x' = x + dt v**; v' = v** - M⁻¹Dᵀλ, at x', such that D v' = 0. D takes velocities to rates of density, with ρ = Σ m W over
/// what that sum is on a lattice, and M holds the masses. Both systems are (D M⁻¹ Dᵀ + σ) κ = b: symmetric, positive definite, and solved without a matrix.
///
/// `solves` leaves the second one out: then v' = v**, which is IISPH.
///
/// Pressures of a free surface are cut at zero. Which of them are zero is found in the forward step and held fixed in the
/// adjoint: the gradient is one-sided where a particle is about to touch or to leave others.
public struct IncompressibleScheme: Sendable, Equatable {
  public var extent: FluidExtent
  /// Speed m/s with which particles of a filled box are shifted from where they crowd, about that of the fastest flow:
  /// δx = -speed dt Δx ∇C with C = Σ V W and Δx the spacing. Lind, Xu, Stansby, Rogers, J. Comput. Phys. 231 (2012), eq. 23.
  /// Free surfaces take none: cut pressures do not clump.
  public var shiftingSpeed: Double
  /// Part of the density error that one step removes. Velocities feel what is removed: a filled box keeps its energy better
  /// with a tenth or less, and shifting.
  public var densityRelaxation: Double
  /// s; bounds the step where nothing moves.
  public var longestTimeStep: Double
  /// Root mean square of the relative density error that the step leaves.
  public var densityTolerance: Double
  /// Root mean square of the relative rate of density times the step.
  public var divergenceTolerance: Double
  /// Residual over right-hand side in the adjoint of each solve.
  public var adjointTolerance: Double
  /// Of each solve.
  public var maxIterations: Int
  /// σ over the operator's diagonal deep in the fluid: a slight give that keeps the systems definite.
  public var compliance: Double
  public var solves: PressureSolves
  public var iteration: PressureIteration

  public init(
    extent: FluidExtent, longestTimeStep: Double, shiftingSpeed: Double = 0, densityRelaxation: Double = 1,
    densityTolerance: Double = 1e-4,
    divergenceTolerance: Double = 1e-4,
    adjointTolerance: Double = 1e-6, maxIterations: Int = 1000, compliance: Double = 1e-6,
    solves: PressureSolves = .densityAndDivergence, iteration: PressureIteration = .conjugateGradients
  ) {
    self.extent = extent
    self.longestTimeStep = longestTimeStep
    self.shiftingSpeed = shiftingSpeed
    self.densityRelaxation = densityRelaxation
    self.densityTolerance = densityTolerance
    self.divergenceTolerance = divergenceTolerance
    self.adjointTolerance = adjointTolerance
    self.maxIterations = maxIterations
    self.compliance = compliance
    self.solves = solves
    self.iteration = iteration
  }
}

/// How far a fluid reaches.
public enum FluidExtent: String, Sendable, CaseIterable {
  /// Fluid fills the box or its walls: pressures have either sign and mean zero, and each density is compared with the
  /// mean one.
  case filled
  /// Fluid has a surface: it resists being pressed together, not being torn apart.
  case freeSurface = "free-surface"
}
