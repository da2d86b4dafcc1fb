/// The sorted fields of `DensityGradient`, of its diffusion and of their adjoints.
final class GradientFields<L: PairLanes, D: SpaceDimension> {
  typealias Scalar = L.Scalar

  private let count: Int
  private let kernel: KernelLanes<L>
  private let strength: Scalar
  /// m/ρ of fluid, zero of walls.
  private let volume: SortedField<Scalar>
  private let gradient: SortedVectors<Scalar>
  private let inverses: SymmetricMatrices<Scalar>
  private let seed: SortedVectors<Scalar>

  /// - Parameters:
  ///   - kernel: of all sums.
  ///   - strength: δ h c, m²/s.
  ///   - count: of fluid and wall particles.
  ///   - dimension: of space.
  init(_ kernel: KernelLanes<L>, strength: Double, count: Int, dimension: Int) {
    self.count = count
    self.kernel = kernel
    self.strength = Scalar(strength)
    volume = SortedField(count: count)
    gradient = SortedVectors(count: count, dimension: dimension)
    inverses = SymmetricMatrices(count: count, dimension: dimension)
    seed = SortedVectors(count: count, dimension: dimension)
  }

  func find(
    _ grid: CellGrid, _ positions: SortedPositions<L>, volume all: SortedField<Scalar>, fluid: SortedField<Scalar>,
    excess: SortedField<Scalar>
  ) {
    let is3D = D.count == 3
    for s in 0..<count {
      volume.pointer[s] = all.pointer[s] * fluid.pointer[s]
      if fluid.pointer[s] > 0 { continue }
      gradient.x.pointer[s] = 0
      gradient.y.pointer[s] = 0
      if is3D { gradient.z.pointer[s] = 0 }
    }
    grid.sweep(
      positions,
      DensityGradient<L, D>(
        kernel: kernel, volume: volume.values, excess: excess.values, gradient: gradient, inverses: inverses))
  }

  func diffuse(_ grid: CellGrid, _ positions: SortedPositions<L>, into densityRate: SortedField<Scalar>) {
    grid.sweep(
      positions,
      GradientDiffusion<L, D>(
        kernel: kernel, strength: strength, volume: volume.values, gradient: gradient,
        densityRate: densityRate.pointer))
  }

  func pull(
    _ grid: CellGrid, _ positions: SortedPositions<L>, excess: SortedField<Scalar>, rateSeed: SortedField<Scalar>,
    into seeds: ContinuitySeeds<Scalar>
  ) {
    grid.sweep(
      positions,
      GradientDiffusionAdjoint<L, D>(
        kernel: kernel, strength: strength, volume: volume.values, gradient: gradient, rateSeed: rateSeed.values,
        positionSeed: seeds.position, volumeSeed: seeds.volume.pointer, gradientSeed: seed))
    for s in 0..<count where volume.pointer[s] > 0 { inverses.multiply(seed, at: s) }
    grid.sweep(
      positions,
      DensityGradientAdjoint<L, D>(
        kernel: kernel, volume: volume.values, excess: excess.values, gradient: gradient, seed: seed,
        positionSeed: seeds.position, densitySeed: seeds.density.pointer, volumeSeed: seeds.volume.pointer))
  }
}
