/// The constants and sorted fields of `CompressibleRates` and its adjoint.
struct CompressibleFields<L: PairLanes, D: SpaceDimension> {
  let kernel: KernelLanes<L>
  /// α h, β h² and α_u
  let linear: L.Scalar
  let quadratic: L.Scalar
  let conductivity: L.Scalar
  /// 0.01 h²
  let softening: L.Scalar
  let velocity: SortedVectors<L.Scalar>
  let mass: UnsafePointer<L.Scalar>
  let density: UnsafePointer<L.Scalar>
  /// u
  let energy: UnsafePointer<L.Scalar>
  /// P = p/ρ²
  let push: UnsafePointer<L.Scalar>
  /// c
  let sound: UnsafePointer<L.Scalar>
}

/// Acceleration and rate of internal energy of `CompressibleScheme`.
struct CompressibleRates<L: PairLanes, D: SpaceDimension>: PairPass {
  struct Center {
    var velocity: LaneVector<L, D>
    var density: L
    var energy: L
    var push: L
    var sound: L
    var acceleration: LaneVector<L, D>
    var heating: L
  }

  let fields: CompressibleFields<L, D>
  /// m/s²
  let acceleration: SortedVectors<L.Scalar>
  /// W/kg
  let heating: UnsafeMutablePointer<L.Scalar>

  @inline(__always) func isCenter(_ place: Int) -> Bool { true }

  @inline(__always) func center(_ place: Int) -> Center {
    Center(
      velocity: fields.velocity.broadcast(place), density: .broadcast(fields.density[place]),
      energy: .broadcast(fields.energy[place]), push: .broadcast(fields.push[place]),
      sound: .broadcast(fields.sound[place]), acceleration: .zero, heating: .zero)
  }

  @inline(__always) func add(_ first: Int, _ separation: Separation<L, D>, to center: inout Center) {
    let r = separation.r, e = separation.e
    let slope = fields.kernel.slope(r), mass = L.load(fields.mass + first), weight = mass * slope / r
    let approach = (center.velocity - fields.velocity.load(first)).dot(e)
    let inverseDensity = L.broadcast(2) / (center.density + L.load(fields.density + first))
    let sound = L.broadcast(0.5) * (center.sound + L.load(fields.sound + first))
    let mu = L.smaller(approach, .zero) / L.fused(L.broadcast(fields.softening), r, r)
    let damping = (L.broadcast(fields.quadratic) * mu - L.broadcast(fields.linear) * sound) * mu * inverseDensity
    center.acceleration.add(e, scaledBy: .zero - weight * (center.push + L.load(fields.push + first) + damping))
    center.heating = L.fused(
      center.heating, weight * approach, L.fused(center.push, L.broadcast(0.5), damping))
    center.heating = L.fused(
      center.heating, L.broadcast(fields.conductivity) * sound * inverseDensity * mass * slope,
      center.energy - L.load(fields.energy + first))
  }

  @inline(__always) func finish(_ center: Center, _ place: Int) {
    acceleration.store(center.acceleration, at: place)
    heating[place] = center.heating.total
  }
}

/// The transposed derivative of `CompressibleRates`.
///
/// With s and t the seeds on acceleration and heating, both over the mass, the pairs are worth
/// m_i m_j {W'/r [-(P_i + P_j) A + B (t_i P_i + t_j P_j) + Π Q] + α_u c̄/ρ̄ (u_i - u_j) (t_i - t_j) W'} from either side, where
/// A = (s_i - s_j)·e, B = v_ij·e and Q = (t_i + t_j) B/2 - A.
struct CompressibleRatesAdjoint<L: PairLanes, D: SpaceDimension>: PairPass {
  struct Center {
    var velocity: LaneVector<L, D>
    var seed: LaneVector<L, D>
    var heatingSeed: L
    var mass: L
    var density: L
    var energy: L
    var push: L
    var sound: L
    var positionSum: LaneVector<L, D>
    var velocitySum: LaneVector<L, D>
    var densitySum: L
    var energySum: L
    var pushSum: L
    var soundSum: L
  }

  let fields: CompressibleFields<L, D>
  let seed: SortedVectors<L.Scalar>
  let heatingSeed: UnsafePointer<L.Scalar>

  /// All are stored, by each field where it stands explicitly.
  let positionSeed: SortedVectors<L.Scalar>
  let velocitySeed: SortedVectors<L.Scalar>
  let densitySeed: UnsafeMutablePointer<L.Scalar>
  let energySeed: UnsafeMutablePointer<L.Scalar>
  let pushSeed: UnsafeMutablePointer<L.Scalar>
  let soundSeed: UnsafeMutablePointer<L.Scalar>

  @inline(__always) func isCenter(_ place: Int) -> Bool { true }

  @inline(__always) func center(_ place: Int) -> Center {
    Center(
      velocity: fields.velocity.broadcast(place), seed: seed.broadcast(place),
      heatingSeed: .broadcast(heatingSeed[place]), mass: .broadcast(fields.mass[place]),
      density: .broadcast(fields.density[place]), energy: .broadcast(fields.energy[place]),
      push: .broadcast(fields.push[place]), sound: .broadcast(fields.sound[place]), positionSum: .zero,
      velocitySum: .zero, densitySum: .zero, energySum: .zero, pushSum: .zero, soundSum: .zero)
  }

  @inline(__always) func add(_ first: Int, _ separation: Separation<L, D>, to center: inout Center) {
    let r = separation.r, e = separation.e, half = L.broadcast(0.5)
    let inverse = L.broadcast(1) / r
    let masses = center.mass * L.load(fields.mass + first)
    let slope = fields.kernel.slope(r), curvature = fields.kernel.curvature(r)
    let weight = slope * inverse, weightSlope = (curvature - weight) * inverse
    let relative: LaneVector<L, D> = center.velocity - fields.velocity.load(first)
    let sigma: LaneVector<L, D> = center.seed - seed.load(first)
    let along = sigma.dot(e), approach = relative.dot(e)
    let heatingSeed = L.load(self.heatingSeed + first), push = L.load(fields.push + first)
    let inverseDensity = L.broadcast(2) / (center.density + L.load(fields.density + first))
    let sound = half * (center.sound + L.load(fields.sound + first))
    let softened = L.broadcast(1) / L.fused(L.broadcast(fields.softening), r, r)
    let mu = L.smaller(approach, .zero) * softened
    let quadratic = L.broadcast(fields.quadratic), linear = L.broadcast(fields.linear)
    let damping = (quadratic * mu - linear * sound) * mu * inverseDensity
    // Where particles do not approach each other μ is zero, and so is its derivative.
    let dampingSlope =
      ((quadratic + quadratic) * mu - linear * sound) * inverseDensity * (.zero - approach).isPositive
    let bothSeeds = half * (center.heatingSeed + heatingSeed)
    let damped = bothSeeds * approach - along
    let heated = L.fused(center.heatingSeed * center.push, heatingSeed, push)
    let pushes = center.push + push
    let bracket = L.fused(approach * heated - pushes * along, damping, damped)
    let conductivity = L.broadcast(fields.conductivity) * sound * inverseDensity
    let seedDrop = center.heatingSeed - heatingSeed
    let conducted = (center.energy - L.load(fields.energy + first)) * seedDrop

    let byApproach = weight * (heated + damping * bothSeeds + damped * dampingSlope * softened)
    center.velocitySum.add(e, scaledBy: masses * byApproach)
    center.positionSum.add(relative, scaledBy: masses * byApproach)
    center.positionSum.add(sigma, scaledBy: .zero - masses * weight * (pushes + damping))
    let radial =
      weightSlope * bracket - L.broadcast(2) * weight * damped * dampingSlope * mu * softened * r
      + conductivity * conducted * curvature
    center.positionSum.add(e, scaledBy: masses * radial * inverse)
    center.pushSum = L.fused(center.pushSum, masses * weight, approach * center.heatingSeed - along)
    let byConduction = L.broadcast(fields.conductivity) * conducted * slope
    let bySound = inverseDensity * (byConduction - weight * damped * linear * mu)
    center.soundSum = L.fused(center.soundSum, masses * half, bySound)
    let byDensity = (weight * damped * damping + conductivity * conducted * slope) * inverseDensity
    center.densitySum = L.fused(center.densitySum, masses * L.broadcast(-0.5), byDensity)
    center.energySum = L.fused(center.energySum, masses * conductivity * slope, seedDrop)
  }

  @inline(__always) func finish(_ center: Center, _ place: Int) {
    positionSeed.store(center.positionSum, at: place)
    velocitySeed.store(center.velocitySum, at: place)
    densitySeed[place] = center.densitySum.total
    energySeed[place] = center.energySum.total
    pushSeed[place] = center.pushSum.total
    soundSeed[place] = center.soundSum.total
  }
}
