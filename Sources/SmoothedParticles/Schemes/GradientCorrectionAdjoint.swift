/// The transposed derivative of `GradientCorrection` with its matrices held.
///
/// With s the seed on the acceleration over the mass and τ that on the rate of density, zero for walls, the pairs are worth
/// W'/r (a_i·B_i e + a_j·B_j e) from either side, where a_i = τ_i ρ_i V_j v_ij - V_i V_j p_i (s_i - s_j) and a_j = τ_j ρ_j V_i v_ij
/// - V_i V_j p_j (s_i - s_j).
struct GradientCorrectionAdjoint<L: PairLanes, D: SpaceDimension>: PairPass {
  struct Center {
    var velocity: LaneVector<L, D>
    var seed: LaneVector<L, D>
    var rateSeed: L
    var density: L
    var pressure: L
    var volume: L
    var matrix: LaneMatrix<L, D>
    var positionSum: LaneVector<L, D>
    var velocitySum: LaneVector<L, D>
    var diagonalSum: LaneVector<L, D>
    var yzSum: L
    var xzSum: L
    var xySum: L
    var densitySum: L
    var pressureSum: L
    var volumeSum: L
  }

  let kernel: KernelLanes<L>
  let restDensity: L.Scalar
  let velocity: SortedVectors<L.Scalar>
  let excess: UnsafePointer<L.Scalar>
  let pressure: UnsafePointer<L.Scalar>
  let volume: UnsafePointer<L.Scalar>
  let matrices: SymmetricMatrices<L.Scalar>
  let seed: SortedVectors<L.Scalar>
  let rateSeed: UnsafePointer<L.Scalar>

  /// Added to.
  let seeds: ContinuitySeeds<L.Scalar>
  /// Stored: on B, its halves off the diagonal.
  let matrixSeeds: SymmetricMatrices<L.Scalar>

  @inline(__always) func isCenter(_ place: Int) -> Bool { true }

  @inline(__always) func center(_ place: Int) -> Center {
    Center(
      velocity: velocity.broadcast(place), seed: seed.broadcast(place), rateSeed: .broadcast(rateSeed[place]),
      density: .broadcast(restDensity + excess[place]), pressure: .broadcast(pressure[place]),
      volume: .broadcast(volume[place]), matrix: matrices.broadcast(place), positionSum: .zero, velocitySum: .zero,
      diagonalSum: .zero, yzSum: .zero, xzSum: .zero, xySum: .zero, densitySum: .zero, pressureSum: .zero,
      volumeSum: .zero)
  }

  @inline(__always) func add(_ first: Int, _ separation: Separation<L, D>, to center: inout Center) {
    let r = separation.r, e = separation.e, inverse = L.broadcast(1) / r
    let weight = kernel.slope(r) * inverse, weightSlope = (kernel.curvature(r) - weight) * inverse
    let volume = L.load(self.volume + first), pressure = L.load(self.pressure + first)
    let density = L.broadcast(restDensity) + L.load(excess + first)
    let matrix: LaneMatrix<L, D> = matrices.load(first)
    let rateSeed = L.load(self.rateSeed + first)
    let sigma: LaneVector<L, D> = center.seed - seed.load(first)
    let relative: LaneVector<L, D> = center.velocity - velocity.load(first)
    let own = center.matrix.times(e), other = matrix.times(e)
    let volumes = center.volume * volume
    let ownRate = center.rateSeed * center.density * volume, otherRate = rateSeed * density * center.volume
    var a = relative * ownRate, b = relative * otherRate
    a.add(sigma, scaledBy: .zero - volumes * center.pressure)
    b.add(sigma, scaledBy: .zero - volumes * pressure)
    let worth = a.dot(own) + b.dot(other)
    center.positionSum.add(center.matrix.times(a) + matrix.times(b), scaledBy: weight)
    center.positionSum.add(e, scaledBy: worth * weightSlope * inverse)
    center.velocitySum.add(own, scaledBy: weight * ownRate)
    center.velocitySum.add(other, scaledBy: weight * otherRate)
    let ownPush = sigma.dot(own), otherPush = sigma.dot(other), otherFlow = relative.dot(other)
    center.pressureSum = center.pressureSum - weight * volumes * ownPush
    center.densitySum = L.fused(center.densitySum, weight * center.rateSeed * volume, relative.dot(own))
    center.volumeSum = L.fused(
      center.volumeSum, weight,
      rateSeed * density * otherFlow - volume * (center.pressure * ownPush + pressure * otherPush))
    let half = L.broadcast(0.5) * weight
    center.diagonalSum.x = L.fused(center.diagonalSum.x, weight * a.x, e.x)
    center.diagonalSum.y = L.fused(center.diagonalSum.y, weight * a.y, e.y)
    center.xySum = L.fused(center.xySum, half, a.x * e.y + a.y * e.x)
    if D.count == 3 {
      center.diagonalSum.z = L.fused(center.diagonalSum.z, weight * a.z, e.z)
      center.yzSum = L.fused(center.yzSum, half, a.y * e.z + a.z * e.y)
      center.xzSum = L.fused(center.xzSum, half, a.x * e.z + a.z * e.x)
    }
  }

  @inline(__always) func finish(_ center: Center, _ place: Int) {
    seeds.position.add(center.positionSum, at: place)
    seeds.velocity.add(center.velocitySum, at: place)
    seeds.density.pointer[place] += center.densitySum.total
    seeds.pressure.pointer[place] += center.pressureSum.total
    seeds.volume.pointer[place] += center.volumeSum.total
    matrixSeeds.diagonal.store(center.diagonalSum, at: place)
    matrixSeeds.mixed.x.pointer[place] = center.yzSum.total
    matrixSeeds.mixed.y.pointer[place] = center.xzSum.total
    matrixSeeds.mixed.z.pointer[place] = center.xySum.total
  }
}

/// From seeds m on M, zero for walls, to positions and volumes: -Σ_pairs W'/r e·(V_j m_i + V_i m_j) e.
struct CorrectionMatricesAdjoint<L: PairLanes, D: SpaceDimension>: PairPass {
  struct Center {
    var volume: L
    var seed: LaneMatrix<L, D>
    var positionSum: LaneVector<L, D>
    var volumeSum: L
  }

  let kernel: KernelLanes<L>
  let volume: UnsafePointer<L.Scalar>
  let matrixSeeds: SymmetricMatrices<L.Scalar>
  /// Added to.
  let seeds: ContinuitySeeds<L.Scalar>

  @inline(__always) func isCenter(_ place: Int) -> Bool { true }

  @inline(__always) func center(_ place: Int) -> Center {
    Center(
      volume: .broadcast(volume[place]), seed: matrixSeeds.broadcast(place), positionSum: .zero, volumeSum: .zero)
  }

  @inline(__always) func add(_ first: Int, _ separation: Separation<L, D>, to center: inout Center) {
    let r = separation.r, e = separation.e, inverse = L.broadcast(1) / r
    let weight = kernel.slope(r) * inverse, weightSlope = (kernel.curvature(r) - weight) * inverse
    let seed: LaneMatrix<L, D> = matrixSeeds.load(first)
    let other = seed.times(e)
    var both = center.seed.times(e) * L.load(volume + first)
    both.add(other, scaledBy: center.volume)
    center.positionSum.add(both, scaledBy: L.broadcast(-2) * weight)
    center.positionSum.add(e, scaledBy: .zero - both.dot(e) * weightSlope * inverse)
    center.volumeSum = center.volumeSum - weight * other.dot(e)
  }

  @inline(__always) func finish(_ center: Center, _ place: Int) {
    seeds.position.add(center.positionSum, at: place)
    seeds.volume.pointer[place] += center.volumeSum.total
  }
}
