/// Surface tension on an arena: density and normals first, then the forces; and back.
final class SurfaceTensionForce<L: PairLanes, D: SpaceDimension> {
  typealias Scalar = L.Scalar

  private let arena: PairArena<L, D>
  private let spline: CohesionSpline<L>
  private let normals: ShiftWeights<L>
  private let start: Int
  private let density: SortedField<Scalar>
  private let densitySeed: SortedField<Scalar>
  private let normal: SortedVectors<Scalar>
  private let normalSeed: SortedVectors<Scalar>
  private let seed: SortedVectors<Scalar>
  private let result: SortedVectors<Scalar>
  private let constantSeeds: SortedVectors<Scalar>

  init?(_ arena: PairArena<L, D>) {
    guard let start = arena.offsets.surfaceTension else { return nil }
    self.arena = arena
    self.start = start
    let support = arena.numerics.support, count = arena.count
    spline = CohesionSpline(support: support, dimension: arena.dimension)
    normals = ShiftWeights(kernel: arena.kernel, factor: Scalar(support), pairing: 0)
    density = SortedField(count: count)
    densitySeed = SortedField(count: count)
    normal = SortedVectors(count: count, dimension: arena.dimension)
    normalSeed = SortedVectors(count: count, dimension: arena.dimension)
    seed = SortedVectors(count: count, dimension: arena.dimension)
    result = SortedVectors(count: count, dimension: arena.dimension)
    constantSeeds = SortedVectors(count: count, dimension: 3)
  }

  private func fields(_ parameters: UnsafePointer<Double>) -> CohesionFields<L, D> {
    let support = arena.numerics.support
    return CohesionFields(
      kernel: arena.kernel, spline: spline, cohesion: Scalar(parameters[start]),
      area: Scalar(parameters[start + 1] / (support * support)), adhesion: Scalar(parameters[start + 2]),
      twiceRestDensity: Scalar(2 * arena.system.fluid.restDensity), volume: arena.volume.values,
      fluid: arena.fluid.values, density: density.values, normal: normal)
  }

  private func prepare() {
    arena.grid.sweep(
      arena.sortedPositions,
      SummationDensity<L, D>(kernel: arena.kernel, mass: arena.mass.values, density: density.pointer))
    let rest = Scalar(arena.system.fluid.restDensity)
    for s in 0..<arena.count where arena.fluid.pointer[s] == 0 { density.pointer[s] = rest }
    arena.grid.sweep(
      arena.sortedPositions,
      ShiftVelocity<L, D>(
        weights: normals, volume: arena.fluidVolume.values, fluid: arena.fluid.values, shift: normal))
  }

  /// Adds to the accelerations of the fluid, on an arena that was placed.
  func add(_ parameters: UnsafePointer<Double>, to accelerations: UnsafeMutablePointer<Double>) {
    prepare()
    arena.grid.sweep(
      arena.sortedPositions, CohesionForce<L, D>(fields: fields(parameters), force: arena.force))
    arena.scatterForce(adding: accelerations)
  }

  /// Adds to the arena's position seeds and the gradient what the seed in `arena.force` is worth.
  func pull(_ parameters: UnsafePointer<Double>, gradient: UnsafeMutablePointer<Double>) {
    prepare()
    seed.copy(arena.force, count: arena.count)
    arena.grid.sweep(
      arena.sortedPositions,
      CohesionForceAdjoint<L, D>(
        fields: fields(parameters), seed: seed, positionSeed: result, normalSeed: normalSeed,
        densitySeed: densitySeed.pointer, constantSeeds: constantSeeds))
    arena.grid.sweep(
      arena.sortedPositions,
      SummationDensityAdjoint<L, D>(
        kernel: arena.kernel, mass: arena.mass.values, seed: densitySeed.values, positionSeed: result))
    // Walls have no normal.
    normalSeed.multiply(count: arena.count) { arena.fluid.pointer[$0] }
    arena.grid.sweep(
      arena.sortedPositions,
      ShiftVelocityAdjoint<L, D>(
        weights: normals, volume: arena.fluidVolume.values, seed: normalSeed, positionSeed: result))
    arena.positionSeed.add(result, times: 1, count: arena.count)
    var sums = [0.0, 0.0, 0.0]
    constantSeeds.total(count: arena.count, times: 0.5, into: &sums)
    let support = arena.numerics.support
    gradient[start] += sums[0]
    gradient[start + 1] += sums[1] / (support * support)
    gradient[start + 2] += sums[2]
  }
}
