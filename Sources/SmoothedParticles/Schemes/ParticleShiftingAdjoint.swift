/// The transposed derivative of `ShiftVelocity`: the seeds ω on w, zero for walls, are worth
/// Σ_pairs (V_j ω_i - V_i ω_j)·e G(r), the same number from either side.
struct ShiftVelocityAdjoint<L: PairLanes, D: SpaceDimension>: PairPass {
  struct Center {
    var volume: L
    var seed: LaneVector<L, D>
    var sum: LaneVector<L, D>
  }

  let weights: ShiftWeights<L>
  let volume: UnsafePointer<L.Scalar>
  /// ω
  let seed: SortedVectors<L.Scalar>
  /// Added to.
  let positionSeed: SortedVectors<L.Scalar>

  @inline(__always) func isCenter(_ place: Int) -> Bool { true }

  @inline(__always) func center(_ place: Int) -> Center {
    Center(volume: .broadcast(volume[place]), seed: seed.broadcast(place), sum: .zero)
  }

  @inline(__always) func add(_ first: Int, _ separation: Separation<L, D>, to center: inout Center) {
    let r = separation.r, e = separation.e
    let difference = center.seed * L.load(volume + first) - seed.load(first) * center.volume
    center.sum.add(difference, scaledBy: weights.value(r))
    center.sum.add(e, scaledBy: difference.dot(e) * weights.slope(r) / r)
  }

  @inline(__always) func finish(_ center: Center, _ place: Int) { positionSeed.add(center.sum, at: place) }
}

/// The transposed derivative of `ShiftedMomentum`.
///
/// With s the seed on the acceleration over the mass, zero for walls, it is worth
/// Σ_pairs m_i V_j W'/r (s_i - s_j)·(v_i w_i·e + v_j w_j·e).
struct ShiftedMomentumAdjoint<L: PairLanes, D: SpaceDimension>: PairPass {
  struct Center {
    var velocity: LaneVector<L, D>
    var shift: LaneVector<L, D>
    var seed: LaneVector<L, D>
    var positionSum: LaneVector<L, D>
    var velocitySum: LaneVector<L, D>
    var shiftSum: LaneVector<L, D>
  }

  let kernel: KernelLanes<L>
  let restDensity: L.Scalar
  let volume: UnsafePointer<L.Scalar>
  let velocity: SortedVectors<L.Scalar>
  let shift: SortedVectors<L.Scalar>
  /// Seed on the acceleration over the mass.
  let seed: SortedVectors<L.Scalar>
  /// Added to.
  let positionSeed: SortedVectors<L.Scalar>
  /// Added to.
  let velocitySeed: SortedVectors<L.Scalar>
  /// Added to: ω.
  let shiftSeed: SortedVectors<L.Scalar>

  @inline(__always) func isCenter(_ place: Int) -> Bool { true }

  @inline(__always) func center(_ place: Int) -> Center {
    Center(
      velocity: velocity.broadcast(place), shift: shift.broadcast(place), seed: seed.broadcast(place),
      positionSum: .zero, velocitySum: .zero, shiftSum: .zero)
  }

  @inline(__always) func add(_ first: Int, _ separation: Separation<L, D>, to center: inout Center) {
    let r = separation.r, e = separation.e
    let inverse = L.broadcast(1) / r
    let volume = L.load(self.volume + first)
    let slope = kernel.slope(r) * inverse
    let weight = volume * slope
    let weightSlope = volume * (kernel.curvature(r) - slope) * inverse
    let sigma: LaneVector<L, D> = center.seed - seed.load(first)
    let shift: LaneVector<L, D> = self.shift.load(first)
    let own = sigma.dot(center.velocity), other = sigma.dot(velocity.load(first))
    let ownShift = center.shift.dot(e)
    let worth = L.fused(own * ownShift, other, shift.dot(e))
    center.positionSum.add(center.shift, scaledBy: weight * own)
    center.positionSum.add(shift, scaledBy: weight * other)
    center.positionSum.add(e, scaledBy: worth * weightSlope * inverse)
    center.velocitySum.add(sigma, scaledBy: weight * ownShift)
    center.shiftSum.add(e, scaledBy: weight * own)
  }

  @inline(__always) func finish(_ center: Center, _ place: Int) {
    let mass = L.broadcast(volume[place] * restDensity)
    positionSeed.add(center.positionSum * mass, at: place)
    velocitySeed.add(center.velocitySum * mass, at: place)
    shiftSeed.add(center.shiftSum * mass, at: place)
  }
}
