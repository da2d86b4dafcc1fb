/// The constants and sorted fields of `CohesionForce` and its adjoint.
struct CohesionFields<L: PairLanes, D: SpaceDimension> {
  let kernel: KernelLanes<L>
  let spline: CohesionSpline<L>
  /// N/m
  let cohesion: L.Scalar
  /// Of the area, over the support's square: N/m³.
  let area: L.Scalar
  /// N/m
  let adhesion: L.Scalar
  /// 2 ρ0
  let twiceRestDensity: L.Scalar
  /// m/ρ0
  let volume: UnsafePointer<L.Scalar>
  /// One for fluid, zero for walls.
  let fluid: UnsafePointer<L.Scalar>
  /// Summed; that at rest for walls, kg/m³.
  let density: UnsafePointer<L.Scalar>
  /// H Σ V ∇W among fluid, with H the support's radius.
  let normal: SortedVectors<L.Scalar>
}

/// Surface tension: F_i = -Σ_j K_ij V_i V_j {γ_ij C(r) e/r + (γ_a/H²) W (n_i - n_j)}, the second among fluid alone.
///
/// K_ij = 2 ρ0/(ρ_i + ρ_j) makes up for the neighbours that a surface lacks. Akinci, Akinci, Teschner (2013), eqs. 1 to 5.
/// Two things differ from the paper so that the gradient exists: differences of normals are weighted by W, where
/// the paper counts all pairs within the support alike, and walls pull with the spline of cohesion, where the paper's
/// has ends of infinite slope. Pairs are antisymmetric: momentum is conserved; cohesion alone is central.
struct CohesionForce<L: PairLanes, D: SpaceDimension>: PairPass {
  struct Center {
    var volume: L
    var density: L
    var normal: LaneVector<L, D>
    var sum: LaneVector<L, D>
  }

  let fields: CohesionFields<L, D>
  /// N
  let force: SortedVectors<L.Scalar>

  @inline(__always) func isCenter(_ place: Int) -> Bool { fields.fluid[place] > 0 }

  @inline(__always) func center(_ place: Int) -> Center {
    Center(
      volume: .broadcast(fields.volume[place]), density: .broadcast(fields.density[place]),
      normal: fields.normal.broadcast(place), sum: .zero)
  }

  @inline(__always) func add(_ first: Int, _ separation: Separation<L, D>, to center: inout Center) {
    let fluid = L.load(fields.fluid + first)
    let crowd =
      L.broadcast(fields.twiceRestDensity) * L.load(fields.volume + first)
      / (center.density + L.load(fields.density + first))
    let adhesion = L.broadcast(fields.adhesion)
    let strength = L.fused(adhesion, fluid, L.broadcast(fields.cohesion) - adhesion)
    center.sum.add(separation.e, scaledBy: crowd * strength * fields.spline.value(separation.r) / separation.r)
    center.sum.add(
      center.normal - fields.normal.load(first),
      scaledBy: crowd * fluid * L.broadcast(fields.area) * fields.kernel.value(separation.r))
  }

  @inline(__always) func finish(_ center: Center, _ place: Int) {
    force.store(center.sum * (.zero - center.volume), at: place)
  }
}

/// The transposed derivative of `CohesionForce`: with s the seed on the acceleration over the mass, zero for walls, the
/// pairs are worth (s_i - s_j)·F_ij from either side.
struct CohesionForceAdjoint<L: PairLanes, D: SpaceDimension>: PairPass {
  struct Center {
    var volume: L
    var fluid: L
    var density: L
    var normal: LaneVector<L, D>
    var seed: LaneVector<L, D>
    var positionSum: LaneVector<L, D>
    var normalSum: LaneVector<L, D>
    var densitySum: L
    var cohesionSum: L
    var adhesionSum: L
    var areaSum: L
  }

  let fields: CohesionFields<L, D>
  let seed: SortedVectors<L.Scalar>

  /// All are stored.
  let positionSeed: SortedVectors<L.Scalar>
  let normalSeed: SortedVectors<L.Scalar>
  let densitySeed: UnsafeMutablePointer<L.Scalar>
  /// By the three constants, in x, y and z; each pair is seen twice.
  let constantSeeds: SortedVectors<L.Scalar>

  @inline(__always) func isCenter(_ place: Int) -> Bool { true }

  @inline(__always) func center(_ place: Int) -> Center {
    Center(
      volume: .broadcast(fields.volume[place]), fluid: .broadcast(fields.fluid[place]),
      density: .broadcast(fields.density[place]), normal: fields.normal.broadcast(place),
      seed: seed.broadcast(place), positionSum: .zero, normalSum: .zero, densitySum: .zero, cohesionSum: .zero,
      adhesionSum: .zero, areaSum: .zero)
  }

  @inline(__always) func add(_ first: Int, _ separation: Separation<L, D>, to center: inout Center) {
    let r = separation.r, inverse = L.broadcast(1) / r
    let unit = separation.e * inverse
    let both = center.fluid * L.load(fields.fluid + first)
    let inverseDensities = L.broadcast(1) / (center.density + L.load(fields.density + first))
    let crowd =
      .zero - L.broadcast(fields.twiceRestDensity) * center.volume * L.load(fields.volume + first) * inverseDensities
    let adhesion = L.broadcast(fields.adhesion)
    let strength = L.fused(adhesion, both, L.broadcast(fields.cohesion) - adhesion)
    let sigma: LaneVector<L, D> = center.seed - seed.load(first)
    let along = sigma.dot(unit)
    let pull = fields.spline.value(r)
    // C(r) e/r: its part across the pair turns with the pair.
    let across = crowd * strength * pull * inverse
    center.positionSum.add(sigma, scaledBy: across)
    center.positionSum.add(unit, scaledBy: (crowd * strength * fields.spline.slope(r) - across) * along)
    let weight = fields.kernel.value(r), area = crowd * both * L.broadcast(fields.area)
    let apart = sigma.dot(center.normal - fields.normal.load(first))
    center.positionSum.add(unit, scaledBy: area * apart * fields.kernel.slope(r))
    center.normalSum.add(sigma, scaledBy: area * weight)
    let pulled = crowd * pull * along, evened = crowd * both * weight * apart
    center.cohesionSum = L.fused(center.cohesionSum, both, pulled)
    center.adhesionSum = L.fused(center.adhesionSum, L.broadcast(1) - both, pulled)
    center.areaSum = center.areaSum + evened
    center.densitySum =
      center.densitySum - (strength * pulled + L.broadcast(fields.area) * evened) * inverseDensities
  }

  @inline(__always) func finish(_ center: Center, _ place: Int) {
    positionSeed.store(center.positionSum, at: place)
    normalSeed.store(center.normalSum, at: place)
    densitySeed[place] = fields.fluid[place] * center.densitySum.total
    constantSeeds.x.pointer[place] = center.cohesionSum.total
    constantSeeds.y.pointer[place] = center.areaSum.total
    constantSeeds.z.pointer[place] = center.adhesionSum.total
  }
}
