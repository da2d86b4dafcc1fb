/// D: the rate of density (D u)_i = Σ_j m_j (u_i - u_j)·∇W_ij of fluid, by velocities of fluid and walls.
struct DensityRate<L: PairLanes, D: SpaceDimension>: PairPass {
  struct Center {
    var velocity: LaneVector<L, D>
    var sum: L
  }

  let kernel: KernelLanes<L>
  let mass: UnsafePointer<L.Scalar>
  let fluid: UnsafePointer<L.Scalar>
  let velocity: SortedVectors<L.Scalar>
  let rate: UnsafeMutablePointer<L.Scalar>

  @inline(__always) func isCenter(_ place: Int) -> Bool { fluid[place] > 0 }
  @inline(__always) func center(_ place: Int) -> Center { Center(velocity: velocity.broadcast(place), sum: .zero) }

  @inline(__always) func add(_ first: Int, _ separation: Separation<L, D>, to center: inout Center) {
    let approach = (center.velocity - velocity.load(first)).dot(separation.e)
    let weight = L.load(mass + first) * kernel.slope(separation.r) / separation.r
    center.sum = L.fused(center.sum, weight, approach)
  }

  @inline(__always) func finish(_ center: Center, _ place: Int) { rate[place] = center.sum.total }
}

/// Dᵀ: (Dᵀλ)_k = Σ_j (λ_k m_j + λ_j m_k) ∇W_kj, for fluid and walls; λ is zero at walls.
struct DensityRateTransposed<L: PairLanes, D: SpaceDimension>: PairPass {
  struct Center {
    var multiplier: L
    var mass: L
    var sum: LaneVector<L, D>
  }

  let kernel: KernelLanes<L>
  let mass: UnsafePointer<L.Scalar>
  let multiplier: UnsafePointer<L.Scalar>
  /// Multiplies the sum; particles with a factor of zero keep what `result` holds.
  let factor: UnsafePointer<L.Scalar>
  let result: SortedVectors<L.Scalar>

  @inline(__always) func isCenter(_ place: Int) -> Bool { factor[place] != 0 }

  @inline(__always) func center(_ place: Int) -> Center {
    Center(multiplier: .broadcast(multiplier[place]), mass: .broadcast(mass[place]), sum: .zero)
  }

  @inline(__always) func add(_ first: Int, _ separation: Separation<L, D>, to center: inout Center) {
    let both = L.fused(center.multiplier * L.load(mass + first), center.mass, L.load(multiplier + first))
    center.sum.add(separation.e, scaledBy: both * kernel.slope(separation.r) / separation.r)
  }

  @inline(__always) func finish(_ center: Center, _ place: Int) {
    result.store(center.sum * L.broadcast(factor[place]), at: place)
  }
}

/// The derivative by the positions of μ·D u - λ·D q: what two multipliers and two velocity fields, held fixed, are worth.
struct DensityRateLever<L: PairLanes, D: SpaceDimension>: PairPass {
  struct Center {
    var mass: L
    var mu: L
    var lambda: L
    var u: LaneVector<L, D>
    var q: LaneVector<L, D>
    var sum: LaneVector<L, D>
  }

  let kernel: KernelLanes<L>
  let mass: UnsafePointer<L.Scalar>
  let mu: UnsafePointer<L.Scalar>
  let lambda: UnsafePointer<L.Scalar>
  let u: SortedVectors<L.Scalar>
  let q: SortedVectors<L.Scalar>
  /// Added to.
  let positionSeed: SortedVectors<L.Scalar>

  @inline(__always) func isCenter(_ place: Int) -> Bool { true }

  @inline(__always) func center(_ place: Int) -> Center {
    Center(
      mass: .broadcast(mass[place]), mu: .broadcast(mu[place]), lambda: .broadcast(lambda[place]),
      u: u.broadcast(place), q: q.broadcast(place), sum: .zero)
  }

  @inline(__always) func add(_ first: Int, _ separation: Separation<L, D>, to center: inout Center) {
    let r = separation.r, e = separation.e
    let mass = L.load(self.mass + first)
    let forward = L.fused(center.mu * mass, center.mass, L.load(mu + first))
    let backward = L.fused(center.lambda * mass, center.mass, L.load(lambda + first))
    var lever = (center.u - u.load(first)) * forward
    lever.add(center.q - q.load(first), scaledBy: -backward)
    let inverse = L.broadcast(1) / r
    let weight = kernel.slope(r) * inverse
    center.sum.add(lever, scaledBy: weight)
    center.sum.add(e, scaledBy: lever.dot(e) * (kernel.curvature(r) - weight) * inverse * inverse)
  }

  @inline(__always) func finish(_ center: Center, _ place: Int) { positionSeed.add(center.sum, at: place) }
}
