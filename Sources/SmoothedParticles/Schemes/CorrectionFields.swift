/// The sorted fields of `GradientCorrection` and of its adjoint.
final class CorrectionFields<L: PairLanes, D: SpaceDimension> {
  typealias Scalar = L.Scalar

  private let count: Int
  private let kernel: KernelLanes<L>
  private let restDensity: Scalar
  private let matrices: SymmetricMatrices<Scalar>
  private let matrixSeeds: SymmetricMatrices<Scalar>

  init(_ kernel: KernelLanes<L>, restDensity: Double, count: Int, dimension: Int) {
    self.count = count
    self.kernel = kernel
    self.restDensity = Scalar(restDensity)
    matrices = SymmetricMatrices(count: count, dimension: dimension)
    matrixSeeds = SymmetricMatrices(count: count, dimension: dimension)
  }

  private func find(_ grid: CellGrid, _ positions: SortedPositions<L>, _ fields: ContinuityFields<Scalar>) {
    // Walls have none.
    matrices.clear(count: count)
    grid.sweep(
      positions,
      CorrectionMatrices<L, D>(kernel: kernel, volume: fields.volume, fluid: fields.fluid, matrices: matrices))
  }

  /// Adds to force and rate of density.
  func correct<Part: ContinuityPart>(
    _ part: Part.Type, _ grid: CellGrid, _ positions: SortedPositions<L>, _ fields: ContinuityFields<Scalar>,
    force: SortedVectors<Scalar>, densityRate: SortedField<Scalar>
  ) {
    find(grid, positions, fields)
    grid.sweep(
      positions,
      GradientCorrection<L, D, Part>(
        kernel: kernel, restDensity: restDensity, velocity: fields.velocity, excess: fields.excess,
        pressure: fields.pressure, volume: fields.volume, fluid: fields.fluid, matrices: matrices, force: force,
        densityRate: densityRate.pointer))
  }

  /// Adds to the seeds what those on acceleration (over the mass) and rate of density are worth.
  func pull(
    _ grid: CellGrid, _ positions: SortedPositions<L>, _ fields: ContinuityFields<Scalar>,
    seed: SortedVectors<Scalar>, rateSeed: SortedField<Scalar>, into seeds: ContinuitySeeds<Scalar>
  ) {
    find(grid, positions, fields)
    grid.sweep(
      positions,
      GradientCorrectionAdjoint<L, D>(
        kernel: kernel, restDensity: restDensity, velocity: fields.velocity, excess: fields.excess,
        pressure: fields.pressure, volume: fields.volume, matrices: matrices, seed: seed, rateSeed: rateSeed.values,
        seeds: seeds, matrixSeeds: matrixSeeds))
    for s in 0..<count { pullInverse(s, isFluid: fields.fluid[s] > 0) }
    grid.sweep(
      positions,
      CorrectionMatricesAdjoint<L, D>(
        kernel: kernel, volume: fields.volume, matrixSeeds: matrixSeeds, seeds: seeds))
  }

  /// From the seed on B = L - 1 to that on M, -L b L, in its place.
  private func pullInverse(_ s: Int, isFluid: Bool) {
    var l = matrices.full(s)
    for axis in 0..<3 { l[axis][axis] += 1 }
    let b = matrixSeeds.full(s), scale = isFluid ? -1.0 : 0
    func product(_ a: [SIMD3<Double>], _ b: [SIMD3<Double>]) -> [SIMD3<Double>] {
      a.map { row in b[0] * row.x + b[1] * row.y + b[2] * row.z }
    }
    let found = product(product(l, b), l)
    matrixSeeds.diagonal.x.pointer[s] = Scalar(scale * found[0].x)
    matrixSeeds.diagonal.y.pointer[s] = Scalar(scale * found[1].y)
    if matrices.is3D { matrixSeeds.diagonal.z.pointer[s] = Scalar(scale * found[2].z) }
    matrixSeeds.mixed.x.pointer[s] = Scalar(scale * found[1].z)
    matrixSeeds.mixed.y.pointer[s] = Scalar(scale * found[0].z)
    matrixSeeds.mixed.z.pointer[s] = Scalar(scale * found[0].y)
  }
}

extension SymmetricMatrices {
  /// The rows at a place.
  func full(_ place: Int) -> [SIMD3<Double>] {
    let yz = Double(mixed.x.pointer[place]), xz = Double(mixed.y.pointer[place]), xy = Double(mixed.z.pointer[place])
    return [
      SIMD3(Double(diagonal.x.pointer[place]), xy, xz), SIMD3(xy, Double(diagonal.y.pointer[place]), yz),
      SIMD3(xz, yz, is3D ? Double(diagonal.z.pointer[place]) : 0),
    ]
  }
}
