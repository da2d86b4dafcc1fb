/// What `ContinuityRatesAdjoint` finds, in sorted order: the derivative by each field.
struct ContinuitySeeds<Scalar: ParticleScalar>: Sendable {
  let position: SortedVectors<Scalar>
  let velocity: SortedVectors<Scalar>
  let mirrored: SortedVectors<Scalar>
  /// By the density where it stands explicitly.
  let density: SortedField<Scalar>
  let pressure: SortedField<Scalar>
  let volume: SortedField<Scalar>
  /// By 2ν ρ0; each pair is seen twice.
  let viscosity: SortedField<Scalar>
  /// By the gradient of density at rest; each pair is seen twice.
  let restGradient: SortedVectors<Scalar>

  init(count: Int, dimension: Int) {
    position = SortedVectors(count: count, dimension: dimension)
    velocity = SortedVectors(count: count, dimension: dimension)
    mirrored = SortedVectors(count: count, dimension: dimension)
    density = SortedField(count: count)
    pressure = SortedField(count: count)
    volume = SortedField(count: count)
    viscosity = SortedField(count: count)
    restGradient = SortedVectors(count: count, dimension: dimension)
  }
}

/// The transposed derivative of `ContinuityRates`.
///
/// With s the seed on the force (on the acceleration over the mass) and τ that on the rate of density, zero for walls, the rates
/// are worth Σ_pairs W'/r {V_i V_j (s_i - s_j)·[..] + (τ_i ρ_i V_j + τ_j ρ_j V_i) v_ij·e + 2 δ h c (τ_i V_j - τ_j V_i)
/// (ρ_i - ρ_j - ρ0 g·e/c²)}, which is the same number from either side: each particle, a wall's too, gathers the
/// derivative of its own pairs.
struct ContinuityRatesAdjoint<L: PairLanes, D: SpaceDimension, Part: ContinuityPart>: PairPass {
  struct Center {
    var velocity: LaneVector<L, D>
    var mirrored: LaneVector<L, D>
    var seed: LaneVector<L, D>
    var rateSeed: L
    var excess: L
    var pressure: L
    var volume: L
    var grip: L
    var fluid: L
    var positionSum: LaneVector<L, D>
    var velocitySum: LaneVector<L, D>
    var mirroredSum: LaneVector<L, D>
    var restGradientSum: LaneVector<L, D>
    var densitySum: L
    var pressureSum: L
    var volumeSum: L
    var viscositySum: L
  }

  let constants: ContinuityConstants<L, D>
  let fields: ContinuityFields<L.Scalar>
  /// Seed on the acceleration over the mass.
  let seed: SortedVectors<L.Scalar>
  /// Seed on dρ/dt.
  let rateSeed: UnsafePointer<L.Scalar>
  let seeds: ContinuitySeeds<L.Scalar>

  @inline(__always) func isCenter(_ place: Int) -> Bool { true }
  /// Two solid particles have no terms together.
  @inline(__always) func partners(_ place: Int) -> PairPartners { fields.partners[place] }

  @inline(__always) func center(_ place: Int) -> Center {
    Center(
      velocity: fields.velocity.broadcast(place), mirrored: fields.mirrored.broadcast(place),
      seed: seed.broadcast(place), rateSeed: .broadcast(rateSeed[place]), excess: .broadcast(fields.excess[place]),
      pressure: .broadcast(fields.pressure[place]), volume: .broadcast(fields.volume[place]),
      grip: .broadcast(fields.grip[place]), fluid: .broadcast(fields.fluid[place]), positionSum: .zero,
      velocitySum: .zero, mirroredSum: .zero, restGradientSum: .zero, densitySum: .zero, pressureSum: .zero,
      volumeSum: .zero, viscositySum: .zero)
  }

  @inline(__always) func add(_ first: Int, _ separation: Separation<L, D>, to center: inout Center) {
    let r = separation.r, e = separation.e
    let inverse = L.broadcast(1) / r
    let weight = constants.kernel.slope(r) * inverse
    let weightSlope = (constants.kernel.curvature(r) - weight) * inverse

    let volume = L.load(fields.volume + first)
    var worth = L.zero, radialSum = L.zero

    if Part.hasForce {
      var volume = volume
      if Part.hasSolidSeeds { volume = volume * L.larger(center.fluid, L.load(fields.fluid + first)) }
      let volumes = center.volume * volume
      let grips = center.grip * L.load(fields.grip + first)
      let sigma: LaneVector<L, D> = center.seed - seed.load(first)
      let mirrored: LaneVector<L, D> = center.mirrored - fields.mirrored.load(first)
      let along = sigma.dot(e), across = sigma.dot(mirrored), approach = mirrored.dot(e)
      let softened = L.broadcast(1) / L.fused(L.broadcast(constants.softening), r, r)
      let damping = L.broadcast(constants.artificial) * grips * softened
      let viscosity = L.broadcast(constants.twiceViscosity) * grips
      let radial = damping * approach - (center.pressure + L.load(fields.pressure + first))
      let momentum = L.fused(radial * along, viscosity, across)
      let weightedVolumes = weight * volumes
      let dampedSeed = weightedVolumes * damping * along
      worth = volumes * momentum
      radialSum = L.broadcast(-2) * dampedSeed * approach * softened
      center.positionSum.add(sigma, scaledBy: weightedVolumes * radial)
      center.positionSum.add(mirrored, scaledBy: dampedSeed)
      center.mirroredSum.add(e, scaledBy: dampedSeed)
      center.mirroredSum.add(sigma, scaledBy: weightedVolumes * viscosity)
      center.pressureSum = center.pressureSum - weightedVolumes * along
      center.volumeSum = L.fused(center.volumeSum, weight * volume, momentum)
      center.viscositySum = L.fused(center.viscositySum, weightedVolumes * grips, across)
    }

    if Part.hasDensity {
      let relative: LaneVector<L, D> = center.velocity - fields.velocity.load(first)
      let rest = L.broadcast(constants.restDensity), excess = L.load(fields.excess + first)
      let rateSeed = L.load(self.rateSeed + first)
      let own = center.rateSeed * volume, other = rateSeed * center.volume
      let compression = own * (rest + center.excess) + other * (rest + excess)
      let expansion = relative.dot(e)
      let strength = L.broadcast(constants.diffusion)
      let diffused = strength * (own * L.load(fields.fluid + first) - other * center.fluid)
      let drop = center.excess - excess - constants.restGradient.dot(e)
      worth = L.fused(L.fused(worth, compression, expansion), diffused, drop)
      center.positionSum.add(relative, scaledBy: weight * compression)
      center.positionSum.add(constants.restGradient, scaledBy: -(weight * diffused))
      center.velocitySum.add(e, scaledBy: weight * compression)
      center.restGradientSum.add(e, scaledBy: -(weight * diffused))
      center.volumeSum = L.fused(
        center.volumeSum, weight, rateSeed * ((rest + excess) * expansion - strength * center.fluid * drop))
      center.densitySum = L.fused(center.densitySum, weight, own * expansion + diffused)
    }
    center.positionSum.add(e, scaledBy: worth * weightSlope * inverse + radialSum)
  }

  @inline(__always) func finish(_ center: Center, _ place: Int) {
    if Part.addsSeeds {
      seeds.position.add(center.positionSum, at: place)
      seeds.volume.pointer[place] += center.volumeSum.total
    } else {
      seeds.position.store(center.positionSum, at: place)
      seeds.volume.pointer[place] = center.volumeSum.total
      seeds.restGradient.store(center.restGradientSum, at: place)
      seeds.density.pointer[place] = center.densitySum.total
    }
    seeds.velocity.store(center.velocitySum, at: place)
    seeds.mirrored.store(center.mirroredSum, at: place)
    seeds.pressure.pointer[place] = center.pressureSum.total
    seeds.viscosity.pointer[place] = center.viscositySum.total
  }
}
