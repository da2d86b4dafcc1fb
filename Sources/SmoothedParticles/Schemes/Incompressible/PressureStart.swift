import DifferentiableCore

/// Says where the pressure solves of `IncompressibleScheme` start.
///
/// A start changes what a solve costs, and its answer within the tolerance. One that remembers earlier steps makes a step
/// depend on them to that extent: the replay of a gradient, which asks for no starts, then meets the states of the forward
/// sweep within the tolerances alone. So it is for measurements and for runs without gradients.
public protocol PressureStart: Sendable {
  /// The start of a solve, `[particleCount]` in the unit of its multipliers; empty for zero. Where pressures are cut at
  /// zero so is the start, and one that is not finite is left out.
  func start(_ system: PressureSystem) -> DenseVector

  /// Told of what the solve found.
  ///
  /// - Parameters:
  ///   - multipliers: The solution, `[particleCount]`.
  ///   - system: As `start` was asked for it.
  ///   - iterations: That it took.
  func hear(_ multipliers: DenseVector, of system: PressureSystem, iterations: Int)
}

/// The system of one pressure solve, (D M⁻¹ Dᵀ + σ) κ = b, with particles in the order of the state.
public struct PressureSystem {
  /// Which solve of a step.
  public enum Solve: Sendable, Hashable {
    /// Keeps the density: κ/m = dt p/ρ².
    case density
    /// Keeps the velocity free of divergence.
    case divergence
  }

  public let solve: Solve
  /// s
  public let timeStep: Double
  /// Coordinates of a particle.
  public let dimension: Int
  /// b, a rate of density, `[particleCount]`.
  public let rightSide: DenseVector
  /// Of the operator, as relaxed Jacobi iterations have it: no less than a hundredth of that deep in the fluid. `[particleCount]`
  public let diagonal: DenseVector
  /// Whether multipliers are cut at zero.
  public let isBounded: Bool
  /// The Euclidean norm of the residual at which the solve ends, without the entries whose multiplier is held at zero.
  public let tolerance: Double
  /// Of fluid and then of solids, m, `[count, dimension]`.
  let allPositions: [Double]
  /// Of fluid and then of solids, kg, over what a lattice sums to.
  let masses: [Double]
  let give: Double
  let numerics: ParticleNumerics
  let box: ParticleBox
  let hasBodies: Bool
  /// The product with the operator. Where the fluid fills its container the mean is taken away. For as long as `start` runs.
  public let apply: (DenseVector) -> DenseVector

  init(
    solve: Solve, timeStep: Double, dimension: Int, rightSide: DenseVector, diagonal: DenseVector, isBounded: Bool,
    tolerance: Double, allPositions: [Double], masses: [Double], give: Double, numerics: ParticleNumerics,
    box: ParticleBox, hasBodies: Bool, apply: @escaping (DenseVector) -> DenseVector
  ) {
    self.solve = solve
    self.timeStep = timeStep
    self.dimension = dimension
    self.rightSide = rightSide
    self.diagonal = diagonal
    self.isBounded = isBounded
    self.tolerance = tolerance
    self.allPositions = allPositions
    self.masses = masses
    self.give = give
    self.numerics = numerics
    self.box = box
    self.hasBodies = hasBodies
    self.apply = apply
  }

  /// Of the fluid, m, `[particleCount, dimension]`.
  public var positions: ArraySlice<Double> { allPositions[..<(rightSide.count * dimension)] }
}
