/// The transposed derivative of `GradientDiffusion`: with τ the seed on dρ/dt it is worth
/// -δ h c Σ_pairs (τ_i V_j - τ_j V_i) (g_i + g_j)·e W'/r.
struct GradientDiffusionAdjoint<L: PairLanes, D: SpaceDimension>: PairPass {
  struct Center {
    var gradient: LaneVector<L, D>
    var volume: L
    var rateSeed: L
    var positionSum: LaneVector<L, D>
    var gradientSum: LaneVector<L, D>
    var volumeSum: L
  }

  let kernel: KernelLanes<L>
  let strength: L.Scalar
  let volume: UnsafePointer<L.Scalar>
  let gradient: SortedVectors<L.Scalar>
  /// τ
  let rateSeed: UnsafePointer<L.Scalar>

  /// Added to.
  let positionSeed: SortedVectors<L.Scalar>
  /// Added to.
  let volumeSeed: UnsafeMutablePointer<L.Scalar>
  /// Stored: on g.
  let gradientSeed: SortedVectors<L.Scalar>

  @inline(__always) func isCenter(_ place: Int) -> Bool { true }

  @inline(__always) func center(_ place: Int) -> Center {
    Center(
      gradient: gradient.broadcast(place), volume: .broadcast(volume[place]), rateSeed: .broadcast(rateSeed[place]),
      positionSum: .zero, gradientSum: .zero, volumeSum: .zero)
  }

  @inline(__always) func add(_ first: Int, _ separation: Separation<L, D>, to center: inout Center) {
    let r = separation.r, e = separation.e
    let inverse = L.broadcast(1) / r
    let weight = kernel.slope(r) * inverse
    let weightSlope = (kernel.curvature(r) - weight) * inverse
    let both = center.gradient + gradient.load(first)
    let along = both.dot(e), rateSeed = L.load(self.rateSeed + first)
    let difference = center.rateSeed * L.load(volume + first) - rateSeed * center.volume
    center.positionSum.add(both, scaledBy: difference * weight)
    center.positionSum.add(e, scaledBy: difference * along * weightSlope * inverse)
    center.gradientSum.add(e, scaledBy: difference * weight)
    center.volumeSum = center.volumeSum - rateSeed * along * weight
  }

  @inline(__always) func finish(_ center: Center, _ place: Int) {
    // Walls take no part.
    let factor = volume[place] > 0 ? -strength : 0
    positionSeed.add(center.positionSum * L.broadcast(factor), at: place)
    gradientSeed.store(center.gradientSum * L.broadcast(factor), at: place)
    volumeSeed[place] += factor * center.volumeSum.total
  }
}

/// The transposed derivative of `DensityGradient`: with Γ = (M + ε)⁻¹ times the seed on g it is worth
/// Σ_pairs W'/r {V_j Γ_i·e (ρ_j - ρ_i + g_i·e) + V_i Γ_j·e (ρ_j - ρ_i + g_j·e)}, in which g is held.
struct DensityGradientAdjoint<L: PairLanes, D: SpaceDimension>: PairPass {
  struct Center {
    var excess: L
    var volume: L
    var gradient: LaneVector<L, D>
    var seed: LaneVector<L, D>
    var positionSum: LaneVector<L, D>
    var densitySum: L
    var volumeSum: L
  }

  let kernel: KernelLanes<L>
  let volume: UnsafePointer<L.Scalar>
  let excess: UnsafePointer<L.Scalar>
  let gradient: SortedVectors<L.Scalar>
  /// Γ
  let seed: SortedVectors<L.Scalar>

  /// All are added to.
  let positionSeed: SortedVectors<L.Scalar>
  let densitySeed: UnsafeMutablePointer<L.Scalar>
  let volumeSeed: UnsafeMutablePointer<L.Scalar>

  @inline(__always) func isCenter(_ place: Int) -> Bool { volume[place] > 0 }

  @inline(__always) func center(_ place: Int) -> Center {
    Center(
      excess: .broadcast(excess[place]), volume: .broadcast(volume[place]), gradient: gradient.broadcast(place),
      seed: seed.broadcast(place), positionSum: .zero, densitySum: .zero, volumeSum: .zero)
  }

  @inline(__always) func add(_ first: Int, _ separation: Separation<L, D>, to center: inout Center) {
    let r = separation.r, e = separation.e
    let inverse = L.broadcast(1) / r
    let weight = kernel.slope(r) * inverse
    let weightSlope = (kernel.curvature(r) - weight) * inverse
    let volume = L.load(self.volume + first), rise = L.load(excess + first) - center.excess
    let otherGradient: LaneVector<L, D> = gradient.load(first), otherSeed: LaneVector<L, D> = seed.load(first)
    let own = volume * center.seed.dot(e), other = otherSeed.dot(e)
    let ownMiss = rise + center.gradient.dot(e), otherMiss = rise + otherGradient.dot(e)
    let weighted = center.volume * other
    center.positionSum.add(center.seed, scaledBy: weight * volume * ownMiss)
    center.positionSum.add(center.gradient, scaledBy: weight * own)
    center.positionSum.add(otherSeed, scaledBy: weight * center.volume * otherMiss)
    center.positionSum.add(otherGradient, scaledBy: weight * weighted)
    center.positionSum.add(e, scaledBy: (own * ownMiss + weighted * otherMiss) * weightSlope * inverse)
    center.densitySum = center.densitySum - weight * (own + weighted)
    center.volumeSum = L.fused(center.volumeSum, weight, other * otherMiss)
  }

  @inline(__always) func finish(_ center: Center, _ place: Int) {
    positionSeed.add(center.positionSum, at: place)
    densitySeed[place] += center.densitySum.total
    volumeSeed[place] += center.volumeSum.total
  }
}
