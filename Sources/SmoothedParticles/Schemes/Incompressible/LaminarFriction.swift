/// Adds to velocities what laminar friction does in a step: Δv_i = 2 ν dt/ρ0 Σ_j m_j (v_i - v_j) W'/r.
/// Morris, Fox, Zhu, J. Comput. Phys. 136 (1997), eq. 22, at the density of rest. The particles of bodies feel the fluid's.
struct LaminarFriction<L: PairLanes, D: SpaceDimension>: PairPass {
  struct Center {
    var fluid: L
    var velocity: LaneVector<L, D>
    var sum: LaneVector<L, D>
  }

  let kernel: KernelLanes<L>
  /// 2 ν dt/ρ0
  let strength: L.Scalar
  let mass: UnsafePointer<L.Scalar>
  let fluid: UnsafePointer<L.Scalar>
  /// One for fluid and bodies, zero for walls.
  let moves: UnsafePointer<L.Scalar>
  /// Zero at walls without friction, one elsewhere.
  let grip: UnsafePointer<L.Scalar>
  let velocity: SortedVectors<L.Scalar>
  let change: SortedVectors<L.Scalar>

  @inline(__always) func isCenter(_ place: Int) -> Bool { moves[place] > 0 }

  @inline(__always) func center(_ place: Int) -> Center {
    Center(fluid: .broadcast(fluid[place]), velocity: velocity.broadcast(place), sum: .zero)
  }

  @inline(__always) func add(_ first: Int, _ separation: Separation<L, D>, to center: inout Center) {
    let counts = oneIsFluid(center.fluid, L.load(fluid + first))
    let weight = counts * L.load(mass + first) * L.load(grip + first) * kernel.slope(separation.r) / separation.r
    center.sum.add(center.velocity - velocity.load(first), scaledBy: weight)
  }

  @inline(__always) func finish(_ center: Center, _ place: Int) {
    change.store(center.sum * L.broadcast(strength * grip[place]), at: place)
  }
}

/// One where a pair has fluid in it, zero between solids.
@inline(__always) private func oneIsFluid<L: PairLanes>(_ first: L, _ second: L) -> L {
  first + second - first * second
}

/// The transposed derivative of `LaminarFriction`: the pairs' sum of 2 ν dt/ρ0 m_i m_j (τ_i - τ_j)·(v_i - v_j) W'/r, with τ
/// the seed over the mass, zero at walls.
struct LaminarFrictionAdjoint<L: PairLanes, D: SpaceDimension>: PairPass {
  struct Center {
    var fluid: L
    var mass: L
    var velocity: LaneVector<L, D>
    var seed: LaneVector<L, D>
    var position: LaneVector<L, D>
    var velocitySum: LaneVector<L, D>
    var strengthSum: L
  }

  let kernel: KernelLanes<L>
  let strength: L.Scalar
  let mass: UnsafePointer<L.Scalar>
  let fluid: UnsafePointer<L.Scalar>
  let grip: UnsafePointer<L.Scalar>
  let velocity: SortedVectors<L.Scalar>
  let seed: SortedVectors<L.Scalar>

  /// Added to.
  let positionSeed: SortedVectors<L.Scalar>
  let velocitySeed: SortedVectors<L.Scalar>
  /// By 2 ν dt/ρ0; each pair is seen twice.
  let strengthSeed: UnsafeMutablePointer<L.Scalar>

  @inline(__always) func isCenter(_ place: Int) -> Bool { true }

  @inline(__always) func center(_ place: Int) -> Center {
    Center(
      fluid: .broadcast(fluid[place]), mass: .broadcast(mass[place] * grip[place]), velocity: velocity.broadcast(place),
      seed: seed.broadcast(place),
      position: .zero, velocitySum: .zero, strengthSum: .zero)
  }

  @inline(__always) func add(_ first: Int, _ separation: Separation<L, D>, to center: inout Center) {
    let r = separation.r
    let counts = oneIsFluid(center.fluid, L.load(fluid + first))
    let masses = counts * center.mass * L.load(mass + first) * L.load(grip + first)
    let sigma: LaneVector<L, D> = center.seed - seed.load(first)
    let worth = sigma.dot(center.velocity - velocity.load(first)) * masses
    let inverse = L.broadcast(1) / r
    let weight = kernel.slope(r) * inverse
    center.velocitySum.add(sigma, scaledBy: weight * masses)
    center.position.add(separation.e, scaledBy: worth * (kernel.curvature(r) - weight) * inverse * inverse)
    center.strengthSum = L.fused(center.strengthSum, weight, worth)
  }

  @inline(__always) func finish(_ center: Center, _ place: Int) {
    let factor = L.broadcast(strength)
    positionSeed.add(center.position * factor, at: place)
    velocitySeed.store(center.velocitySum * factor, at: place)
    strengthSeed[place] = center.strengthSum.total
  }
}
