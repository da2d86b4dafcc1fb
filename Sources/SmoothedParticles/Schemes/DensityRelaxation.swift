/// The sorted fields of `ContinuityScheme.densityRelaxation` and of its adjoint.
final class DensityRelaxation<L: PairLanes, D: SpaceDimension> {
  typealias Scalar = L.Scalar

  private let kernel: KernelLanes<L>
  private let restDensity: Scalar
  /// ε c/h, 1/s
  private let pace: Scalar
  /// 1/Σ V W on a lattice.
  private let inverseCrowding: Scalar
  private let mass: SortedField<Scalar>
  private let summed: SortedField<Scalar>
  private let seed: SortedField<Scalar>
  private let count: Int

  /// - Parameter count: of fluid and solid particles.
  init(_ scheme: ContinuityScheme, _ numerics: ParticleNumerics, _ system: ParticleSystem, count: Int) {
    self.count = count
    kernel = KernelLanes(numerics.kernel, smoothingLength: numerics.smoothingLength, dimension: system.dimension)
    restDensity = Scalar(system.fluid.restDensity)
    pace = Scalar(scheme.densityRelaxation * scheme.soundSpeed / numerics.smoothingLength)
    inverseCrowding = Scalar(1 / numerics.latticeSum(spacing: system.spacing, dimension: system.dimension))
    mass = SortedField(count: count)
    summed = SortedField(count: count)
    seed = SortedField(count: count)
  }

  private func gather(_ masses: [Double], _ grid: CellGrid) {
    for s in 0..<count { mass.pointer[s] = Scalar(masses[Int(grid.order[s])]) * inverseCrowding }
  }

  /// Adds to the rates of density, of which only the fluid's mean something.
  func relax(
    _ grid: CellGrid, _ positions: SortedPositions<L>, masses: [Double], excess: SortedField<Scalar>,
    into densityRate: SortedField<Scalar>
  ) {
    gather(masses, grid)
    grid.sweep(
      positions, SummationDensity<L, D>(kernel: kernel, mass: mass.values, density: summed.pointer))
    for s in 0..<count {
      densityRate.pointer[s] += pace * (summed.pointer[s] - restDensity - excess.pointer[s])
    }
  }

  /// Adds to the seeds on positions and densities what those on the rates, zero for solids, are worth.
  func pull(
    _ grid: CellGrid, _ positions: SortedPositions<L>, masses: [Double], rateSeed: SortedField<Scalar>,
    into seeds: ContinuitySeeds<Scalar>
  ) {
    gather(masses, grid)
    for s in 0..<count {
      seed.pointer[s] = pace * rateSeed.pointer[s]
      seeds.density.pointer[s] -= seed.pointer[s]
    }
    grid.sweep(
      positions,
      SummationDensityAdjoint<L, D>(
        kernel: kernel, mass: mass.values, seed: seed.values, positionSeed: seeds.position))
  }
}
