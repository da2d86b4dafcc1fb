/// The sorted fields of `WallExtrapolation` and of its adjoint; only the places of wall particles mean something.
final class WallFields<Scalar: ParticleScalar> {
  typealias L = Scalar.Lanes

  private let count: Int
  private let inverseWeight: SortedField<Scalar>
  /// Pa
  let pressure: SortedField<Scalar>
  /// The fluid's velocity carried on to the wall, m/s.
  let carried: SortedVectors<Scalar>
  /// Of walls the fluid, where it is within the support; of fluid the walls, where they may be.
  let partners: PartnerField
  private let sumSeed: SortedField<Scalar>
  private let weightSeed: SortedField<Scalar>
  private let carriedSeed: SortedVectors<Scalar>
  /// Each pair is seen twice.
  let gravitySeed: SortedVectors<Scalar>

  init(count: Int, dimension: Int) {
    self.count = count
    inverseWeight = SortedField(count: count)
    pressure = SortedField(count: count)
    carried = SortedVectors(count: count, dimension: dimension)
    partners = PartnerField(count: count)
    sumSeed = SortedField(count: count)
    weightSeed = SortedField(count: count)
    carriedSeed = SortedVectors(count: count, dimension: dimension)
    gravitySeed = SortedVectors(count: count, dimension: dimension)
  }

  func extrapolate<D: SpaceDimension>(
    _ grid: CellGrid, _ positions: SortedPositions<L>, _ kernel: KernelLanes<L>, gravity: LaneVector<L, D>,
    restDensity: Double, velocity: SortedVectors<Scalar>, excess: SortedField<Scalar>,
    pressure fluidPressure: SortedField<Scalar>, fluid: SortedField<Scalar>
  ) {
    // Most walls of a scene with a free surface are dry.
    grid.findReach(fluid: fluid.values)
    grid.forEachCell { cell, places in
      let found = grid.reach[cell]
      for s in places { partners.pointer[s] = found.intersection(fluid.pointer[s] > 0 ? .solid : .fluid) }
    }
    let least = 1e-6 * kernel.value(.zero).total / Scalar(L.count)
    grid.sweep(
      positions,
      WallExtrapolation<L, D>(
        kernel: kernel, gravity: gravity, restDensity: Scalar(restDensity), least: least, velocity: velocity,
        excess: excess.values, pressure: fluidPressure.values, fluid: fluid.values,
        inverseWeight: inverseWeight.pointer, wallPressure: pressure.pointer, carried: carried,
        partners: partners.pointer))
  }

  /// 2 v_w - v̂_w: the mean with the fluid's is the wall's. Adami, Hu, Adams (2012), eq. 23.
  func mirror(_ velocity: SortedVectors<Scalar>, into mirrored: SortedVectors<Scalar>, at place: Int) {
    mirrored.x.pointer[place] = 2 * velocity.x.pointer[place] - carried.x.pointer[place]
    mirrored.y.pointer[place] = 2 * velocity.y.pointer[place] - carried.y.pointer[place]
    if mirrored.z.capacity > L.count {
      mirrored.z.pointer[place] = 2 * velocity.z.pointer[place] - carried.z.pointer[place]
    }
  }

  /// From the seeds on the pressure and the mirrored velocity of walls to the fluid's, to the wall's own velocity and to
  /// all positions. What is left in `seeds.mirrored` counts as a seed on the velocity itself.
  func pull<D: SpaceDimension>(
    _ grid: CellGrid, _ positions: SortedPositions<L>, _ kernel: KernelLanes<L>, gravity: LaneVector<L, D>,
    restDensity: Double, velocity: SortedVectors<Scalar>, excess: SortedField<Scalar>,
    pressure fluidPressure: SortedField<Scalar>, fluid: SortedField<Scalar>,
    mirrors: SortedField<Scalar>,
    seeds: ContinuitySeeds<Scalar>
  ) {
    for s in 0..<count {
      let mirroring = mirrors.pointer[s]
      // Zero for fluid.
      let scale = (1 - fluid.pointer[s]) * inverseWeight.pointer[s]
      if fluid.pointer[s] > 0 {
        sumSeed.pointer[s] = 0
        weightSeed.pointer[s] = 0
      } else {
        sumSeed.pointer[s] = scale * seeds.pressure.pointer[s]
        weightSeed.pointer[s] = -scale * seeds.pressure.pointer[s] * pressure.pointer[s]
      }
      mirror(seeds.mirrored.x, carried.x, carriedSeed.x, at: s, scale: scale, mirroring)
      mirror(seeds.mirrored.y, carried.y, carriedSeed.y, at: s, scale: scale, mirroring)
      if seeds.mirrored.z.capacity > L.count {
        mirror(seeds.mirrored.z, carried.z, carriedSeed.z, at: s, scale: scale, mirroring)
      }
    }
    grid.sweep(
      positions,
      WallExtrapolationAdjoint<L, D>(
        kernel: kernel, gravity: gravity, restDensity: Scalar(restDensity), velocity: velocity,
        excess: excess.values, pressure: fluidPressure.values, fluid: fluid.values, sumSeed: sumSeed.values,
        weightSeed: weightSeed.values, carriedSeed: carriedSeed, partners: partners.values,
        positionSeed: seeds.position,
        velocitySeed: seeds.velocity, pressureSeed: seeds.pressure.pointer, densitySeed: seeds.density.pointer,
        gravitySeed: gravitySeed))
  }

  /// The same where the walls mirror the velocity all alike.
  func pull<D: SpaceDimension>(
    _ grid: CellGrid, _ positions: SortedPositions<L>, _ kernel: KernelLanes<L>, gravity: LaneVector<L, D>,
    restDensity: Double, velocity: SortedVectors<Scalar>, excess: SortedField<Scalar>,
    pressure fluidPressure: SortedField<Scalar>, fluid: SortedField<Scalar>, mirrors: Bool,
    seeds: ContinuitySeeds<Scalar>
  ) {
    let each = SortedField<Scalar>(count: count)
    for s in 0..<count { each.pointer[s] = mirrors ? 1 : 0 }
    pull(
      grid, positions, kernel, gravity: gravity, restDensity: restDensity, velocity: velocity, excess: excess,
      pressure: fluidPressure, fluid: fluid, mirrors: each, seeds: seeds)
  }

  private func mirror(
    _ seed: SortedField<Scalar>, _ carried: SortedField<Scalar>, _ carriedSeed: SortedField<Scalar>, at place: Int,
    scale: Scalar, _ mirroring: Scalar
  ) {
    guard scale > 0 else {
      carriedSeed.pointer[place] = 0
      return
    }
    let value = seed.pointer[place]
    carriedSeed.pointer[place] = -mirroring * scale * value
    weightSeed.pointer[place] += mirroring * scale * value * carried.pointer[place]
    // Friction-free walls have no seed here.
    seed.pointer[place] = value * (1 + mirroring)
  }
}
