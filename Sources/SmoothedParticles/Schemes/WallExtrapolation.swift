/// The fluid's pressure and velocity at wall particles.
///
/// p_w = Σ_f (p_f + ρ_f g·(x_w - x_f)) W / Σ_f W and v̂_w = Σ_f v_f W / Σ_f W. Adami, Hu, Adams, J. Comput. Phys. 231 (2012),
/// eqs. 22 and 27, for walls that do not accelerate. A millionth of W(0) is added to the denominator, so that a wall
/// particle that fluid comes to or leaves changes smoothly.
struct WallExtrapolation<L: PairLanes, D: SpaceDimension>: PairPass {
  struct Center {
    var weight: L
    var pressure: L
    var velocity: LaneVector<L, D>
  }

  let kernel: KernelLanes<L>
  let gravity: LaneVector<L, D>
  let restDensity: L.Scalar
  let least: L.Scalar
  let velocity: SortedVectors<L.Scalar>
  let excess: UnsafePointer<L.Scalar>
  let pressure: UnsafePointer<L.Scalar>
  let fluid: UnsafePointer<L.Scalar>

  /// 1/Σ W
  let inverseWeight: UnsafeMutablePointer<L.Scalar>
  /// p_w; fields of their own, since other places are being read.
  let wallPressure: UnsafeMutablePointer<L.Scalar>
  /// v̂_w
  let carried: SortedVectors<L.Scalar>
  /// Fluid where it is in reach of a sweep; left so where its weights are above zero.
  let partners: UnsafeMutablePointer<PairPartners>

  @inline(__always) func isCenter(_ place: Int) -> Bool { fluid[place] == 0 }
  @inline(__always) func partners(_ place: Int) -> PairPartners { partners[place] }
  @inline(__always) func center(_ place: Int) -> Center { Center(weight: .zero, pressure: .zero, velocity: .zero) }

  @inline(__always) func add(_ first: Int, _ separation: Separation<L, D>, to center: inout Center) {
    let weight = kernel.value(separation.r) * L.load(fluid + first)
    let density = L.broadcast(restDensity) + L.load(excess + first)
    center.weight = center.weight + weight
    center.pressure = L.fused(
      center.pressure, weight, L.fused(L.load(pressure + first), density, gravity.dot(separation.e)))
    center.velocity.add(velocity.load(first), scaledBy: weight)
  }

  @inline(__always) func finish(_ center: Center, _ place: Int) {
    let weight = center.weight.total
    let inverse = 1 / (weight + least)
    partners[place] = weight > 0 ? .fluid : []
    inverseWeight[place] = inverse
    wallPressure[place] = center.pressure.total * inverse
    carried.store(center.velocity * L.broadcast(inverse), at: place)
  }
}

/// The transposed derivative of `WallExtrapolation`: from seeds q, y and z on the sums for p_w, v̂_w and the weight, which
/// are zero for fluid, each particle gathers the derivative of Σ_wf (q (p_f + ρ_f g·(x_w - x_f)) + y·v_f + z) W.
struct WallExtrapolationAdjoint<L: PairLanes, D: SpaceDimension>: PairPass {
  struct Center {
    var velocity: LaneVector<L, D>
    var density: L
    var pressure: L
    var fluid: L
    var sumSeed: L
    var weightSeed: L
    var carriedSeed: LaneVector<L, D>
    var positionSum: LaneVector<L, D>
    var velocitySum: LaneVector<L, D>
    var gravitySum: LaneVector<L, D>
    var pressureSum: L
    var densitySum: L
  }

  let kernel: KernelLanes<L>
  let gravity: LaneVector<L, D>
  let restDensity: L.Scalar
  let velocity: SortedVectors<L.Scalar>
  let excess: UnsafePointer<L.Scalar>
  let pressure: UnsafePointer<L.Scalar>
  let fluid: UnsafePointer<L.Scalar>
  /// q, z and y
  let sumSeed: UnsafePointer<L.Scalar>
  let weightSeed: UnsafePointer<L.Scalar>
  let carriedSeed: SortedVectors<L.Scalar>
  let partners: UnsafePointer<PairPartners>

  /// All are added to.
  let positionSeed: SortedVectors<L.Scalar>
  let velocitySeed: SortedVectors<L.Scalar>
  let pressureSeed: UnsafeMutablePointer<L.Scalar>
  let densitySeed: UnsafeMutablePointer<L.Scalar>
  /// Stored; each pair is seen twice.
  let gravitySeed: SortedVectors<L.Scalar>

  @inline(__always) func isCenter(_ place: Int) -> Bool { true }
  @inline(__always) func partners(_ place: Int) -> PairPartners { partners[place] }

  @inline(__always) func center(_ place: Int) -> Center {
    Center(
      velocity: velocity.broadcast(place), density: .broadcast(restDensity + excess[place]),
      pressure: .broadcast(pressure[place]), fluid: .broadcast(fluid[place]), sumSeed: .broadcast(sumSeed[place]),
      weightSeed: .broadcast(weightSeed[place]), carriedSeed: carriedSeed.broadcast(place), positionSum: .zero,
      velocitySum: .zero, gravitySum: .zero, pressureSum: .zero, densitySum: .zero)
  }

  @inline(__always) func add(_ first: Int, _ separation: Separation<L, D>, to center: inout Center) {
    let r = separation.r, e = separation.e
    let weight = kernel.value(r)
    let density = L.broadcast(restDensity) + L.load(excess + first)
    let fluid = L.load(self.fluid + first), sumSeed = L.load(self.sumSeed + first)
    let carriedSeed: LaneVector<L, D> = self.carriedSeed.load(first)
    let fall = gravity.dot(e)
    // The center as wall and the neighbour as fluid, then the other way round; at most one of them counts.
    let asWall =
      center.sumSeed * (L.load(pressure + first) + density * fall)
      + center.carriedSeed.dot(velocity.load(first)) + center.weightSeed
    let asFluid =
      sumSeed * (center.pressure - center.density * fall) + carriedSeed.dot(center.velocity)
      + L.load(weightSeed + first)
    let worth = fluid * asWall + center.fluid * asFluid
    let lever = weight * (fluid * center.sumSeed * density - center.fluid * sumSeed * center.density)
    center.positionSum.add(e, scaledBy: worth * kernel.slope(r) / r)
    center.positionSum.add(gravity, scaledBy: lever)
    center.gravitySum.add(e, scaledBy: lever)
    let felt = weight * center.fluid
    center.velocitySum.add(carriedSeed, scaledBy: felt)
    center.pressureSum = L.fused(center.pressureSum, felt, sumSeed)
    center.densitySum = center.densitySum - felt * sumSeed * fall
  }

  @inline(__always) func finish(_ center: Center, _ place: Int) {
    positionSeed.add(center.positionSum, at: place)
    velocitySeed.add(center.velocitySum, at: place)
    gravitySeed.store(center.gravitySum, at: place)
    pressureSeed[place] += center.pressureSum.total
    densitySeed[place] += center.densitySum.total
  }
}
