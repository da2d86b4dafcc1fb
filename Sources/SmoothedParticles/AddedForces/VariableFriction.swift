/// Friction of particles with a viscosity each: F_i = Σ_j V_i V_j (η_i + η_j) (v_i - v_j) W'/r, where a wall takes over the
/// viscosity of the fluid and has a mirrored velocity. Morris, Fox, Zhu, J. Comput. Phys. 136 (1997), eq. 22, at the
/// volumes of rest.
struct VariableFriction<L: PairLanes, D: SpaceDimension>: PairPass {
  struct Center {
    var velocity: LaneVector<L, D>
    var viscosity: L
    var sum: LaneVector<L, D>
  }

  let kernel: KernelLanes<L>
  /// m/ρ0
  let volume: UnsafePointer<L.Scalar>
  let fluid: UnsafePointer<L.Scalar>
  /// Zero at walls without friction, one elsewhere.
  let grip: UnsafePointer<L.Scalar>
  /// Zero at walls, Pa s.
  let viscosity: UnsafePointer<L.Scalar>
  /// Mirrored at walls.
  let velocity: SortedVectors<L.Scalar>
  /// N
  let force: SortedVectors<L.Scalar>

  @inline(__always) func isCenter(_ place: Int) -> Bool { fluid[place] > 0 }

  @inline(__always) func center(_ place: Int) -> Center {
    Center(velocity: velocity.broadcast(place), viscosity: .broadcast(viscosity[place]), sum: .zero)
  }

  @inline(__always) func add(_ first: Int, _ separation: Separation<L, D>, to center: inout Center) {
    let both = L.fused(
      L.load(viscosity + first), center.viscosity, L.broadcast(2) - L.load(fluid + first))
    let weight = L.load(volume + first) * L.load(grip + first) * kernel.slope(separation.r) / separation.r
    center.sum.add(center.velocity - velocity.load(first), scaledBy: weight * both)
  }

  @inline(__always) func finish(_ center: Center, _ place: Int) {
    force.store(center.sum * L.broadcast(volume[place]), at: place)
  }
}

/// The transposed derivative of `VariableFriction`: with s the seed on the acceleration over the mass, zero for walls, the
/// pairs are worth V_i V_j (η_i + η_j) (s_i - s_j)·(v_i - v_j) W'/r.
struct VariableFrictionAdjoint<L: PairLanes, D: SpaceDimension>: PairPass {
  struct Center {
    var volume: L
    var fluid: L
    var viscosity: L
    var velocity: LaneVector<L, D>
    var seed: LaneVector<L, D>
    var positionSum: LaneVector<L, D>
    var velocitySum: LaneVector<L, D>
    var viscositySum: L
  }

  let kernel: KernelLanes<L>
  let volume: UnsafePointer<L.Scalar>
  let fluid: UnsafePointer<L.Scalar>
  let grip: UnsafePointer<L.Scalar>
  let viscosity: UnsafePointer<L.Scalar>
  let velocity: SortedVectors<L.Scalar>
  let seed: SortedVectors<L.Scalar>

  /// All are stored.
  let positionSeed: SortedVectors<L.Scalar>
  let velocitySeed: SortedVectors<L.Scalar>
  let viscositySeed: UnsafeMutablePointer<L.Scalar>

  @inline(__always) func isCenter(_ place: Int) -> Bool { true }

  @inline(__always) func center(_ place: Int) -> Center {
    Center(
      volume: .broadcast(volume[place] * grip[place]), fluid: .broadcast(fluid[place]),
      viscosity: .broadcast(viscosity[place]), velocity: velocity.broadcast(place), seed: seed.broadcast(place),
      positionSum: .zero, velocitySum: .zero, viscositySum: .zero)
  }

  @inline(__always) func add(_ first: Int, _ separation: Separation<L, D>, to center: inout Center) {
    let r = separation.r, inverse = L.broadcast(1) / r, two = L.broadcast(2)
    let volumes = center.volume * L.load(volume + first) * L.load(grip + first)
    let own = two - L.load(fluid + first)
    let both = center.viscosity * own + L.load(viscosity + first) * (two - center.fluid)
    let sigma: LaneVector<L, D> = center.seed - seed.load(first)
    let worth = volumes * sigma.dot(center.velocity - velocity.load(first))
    let weight = kernel.slope(r) * inverse
    center.velocitySum.add(sigma, scaledBy: volumes * both * weight)
    center.viscositySum = L.fused(center.viscositySum, own * worth, weight)
    center.positionSum.add(
      separation.e, scaledBy: both * worth * (kernel.curvature(r) - weight) * inverse * inverse)
  }

  @inline(__always) func finish(_ center: Center, _ place: Int) {
    positionSeed.store(center.positionSum, at: place)
    velocitySeed.store(center.velocitySum, at: place)
    viscositySeed[place] = fluid[place] * center.viscositySum.total
  }
}
