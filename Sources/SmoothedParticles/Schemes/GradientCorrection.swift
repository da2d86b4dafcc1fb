/// What kernel-gradient correction adds to `ContinuityRates`: ∇W becomes L_i ∇W with L_i = (M_i + ε)⁻¹ and
/// M_i = Σ_j V_j (x_j - x_i) ∇W over fluid and walls, so that the divergence of a velocity linear in space is exact up
/// to ε, for any order of the particles and beside a surface. Randles, Libersky, Comput. Methods Appl. Mech. Eng. 139 (1996);
/// Bonet, Lok, Comput. Methods Appl. Mech. Eng. 180 (1999).
///
/// With B = L - 1, zero at walls: dρ_i/dt += ρ_i Σ_j V_j W'/r v_ij·B_i e, and the transposed of it as force,
/// ρ_i a_i -= Σ_j V_j W'/r (p_i B_i + p_j B_j) e. So pressure does to motion the work that compression does to pressure, as
/// without correction; pairs are antisymmetric and linear momentum is kept to round-off. A pair's force is not along the pair
/// any more, but what that turns cancels around each particle since M is symmetric: angular momentum is kept too, to
/// round-off. Lost: the pull of pressure is still no exact gradient at a surface, and two more sums over neighbours.
struct GradientCorrection<L: PairLanes, D: SpaceDimension, Part: ContinuityPart>: PairPass {
  struct Center {
    var velocity: LaneVector<L, D>
    var pressure: L
    var matrix: LaneMatrix<L, D>
    var force: LaneVector<L, D>
    var compression: L
  }

  let kernel: KernelLanes<L>
  let restDensity: L.Scalar
  let velocity: SortedVectors<L.Scalar>
  let excess: UnsafePointer<L.Scalar>
  let pressure: UnsafePointer<L.Scalar>
  let volume: UnsafePointer<L.Scalar>
  let fluid: UnsafePointer<L.Scalar>
  /// B
  let matrices: SymmetricMatrices<L.Scalar>

  /// Added to: ρ a, N/m³.
  let force: SortedVectors<L.Scalar>
  /// Added to: dρ/dt.
  let densityRate: UnsafeMutablePointer<L.Scalar>

  @inline(__always) func isCenter(_ place: Int) -> Bool { fluid[place] > 0 }

  @inline(__always) func center(_ place: Int) -> Center {
    Center(
      velocity: velocity.broadcast(place), pressure: .broadcast(pressure[place]), matrix: matrices.broadcast(place),
      force: .zero, compression: .zero)
  }

  @inline(__always) func add(_ first: Int, _ separation: Separation<L, D>, to center: inout Center) {
    let e = separation.e
    let weight = L.load(volume + first) * kernel.slope(separation.r) / separation.r
    let own = center.matrix.times(e)
    if Part.hasForce {
      let other: LaneMatrix<L, D> = matrices.load(first)
      center.force.add(own, scaledBy: weight * center.pressure)
      center.force.add(other.times(e), scaledBy: weight * L.load(pressure + first))
    }
    if Part.hasDensity {
      center.compression = L.fused(center.compression, weight, (center.velocity - velocity.load(first)).dot(own))
    }
  }

  @inline(__always) func finish(_ center: Center, _ place: Int) {
    if Part.hasForce { force.add(center.force * L.broadcast(-1), at: place) }
    if Part.hasDensity { densityRate[place] += (restDensity + excess[place]) * center.compression.total }
  }
}

/// B = (M + ε)⁻¹ - 1 of each particle of fluid.
struct CorrectionMatrices<L: PairLanes, D: SpaceDimension>: PairPass {
  struct Center {
    /// The rows of -M; symmetric.
    var first: LaneVector<L, D>
    var second: LaneVector<L, D>
    var third: LaneVector<L, D>
  }

  let kernel: KernelLanes<L>
  let volume: UnsafePointer<L.Scalar>
  let fluid: UnsafePointer<L.Scalar>
  let matrices: SymmetricMatrices<L.Scalar>

  @inline(__always) func isCenter(_ place: Int) -> Bool { fluid[place] > 0 }
  @inline(__always) func center(_ place: Int) -> Center { Center(first: .zero, second: .zero, third: .zero) }

  @inline(__always) func add(_ first: Int, _ separation: Separation<L, D>, to center: inout Center) {
    let e = separation.e
    let weight = L.load(volume + first) * kernel.slope(separation.r) / separation.r
    center.first.add(e, scaledBy: weight * e.x)
    center.second.add(e, scaledBy: weight * e.y)
    if D.count == 3 { center.third.add(e, scaledBy: weight * e.z) }
  }

  @inline(__always) func finish(_ center: Center, _ place: Int) {
    matrices.storeInverse(
      xx: -Double(center.first.x.total), yy: -Double(center.second.y.total),
      zz: D.count == 3 ? -Double(center.third.z.total) : 1, yz: D.count == 3 ? -Double(center.second.z.total) : 0,
      xz: D.count == 3 ? -Double(center.first.z.total) : 0, xy: -Double(center.first.y.total), at: place)
    matrices.diagonal.x.pointer[place] -= 1
    matrices.diagonal.y.pointer[place] -= 1
    if D.count == 3 { matrices.diagonal.z.pointer[place] -= 1 }
  }
}

/// A symmetric matrix for each of several neighbours.
struct LaneMatrix<L: PairLanes, D: SpaceDimension> {
  var diagonal: LaneVector<L, D>
  var yz: L
  var xz: L
  var xy: L

  @inline(__always) func times(_ v: LaneVector<L, D>) -> LaneVector<L, D> {
    var x = L.fused(diagonal.x * v.x, xy, v.y), y = L.fused(xy * v.x, diagonal.y, v.y), z = L.zero
    if D.count == 3 {
      x = L.fused(x, xz, v.z)
      y = L.fused(y, yz, v.z)
      z = L.fused(L.fused(xz * v.x, yz, v.y), diagonal.z, v.z)
    }
    return LaneVector(x: x, y: y, z: z)
  }
}

extension SymmetricMatrices {
  @inline(__always) func load<D: SpaceDimension>(_ first: Int) -> LaneMatrix<Scalar.Lanes, D> {
    let xy = Scalar.Lanes.load(mixed.z.values + first)
    if D.count < 3 { return LaneMatrix(diagonal: diagonal.load(first), yz: .zero, xz: .zero, xy: xy) }
    return LaneMatrix(
      diagonal: diagonal.load(first), yz: .load(mixed.x.values + first), xz: .load(mixed.y.values + first), xy: xy)
  }

  @inline(__always) func broadcast<D: SpaceDimension>(_ place: Int) -> LaneMatrix<Scalar.Lanes, D> {
    LaneMatrix(
      diagonal: diagonal.broadcast(place), yz: .broadcast(mixed.x.pointer[place]),
      xz: .broadcast(mixed.y.pointer[place]), xy: .broadcast(mixed.z.pointer[place]))
  }

  func clear(count: Int) {
    diagonal.clear(count: count)
    mixed.clear(count: count)
  }
}
