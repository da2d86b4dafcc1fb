/// The constants of `ContinuityRates` and of its adjoint.
struct ContinuityConstants<L: PairLanes, D: SpaceDimension> {
  let kernel: KernelLanes<L>
  /// kg/m³
  let restDensity: L.Scalar
  /// α h c ρ0, Pa s
  let artificial: L.Scalar
  /// 2ν ρ0, Pa s
  let twiceViscosity: L.Scalar
  /// Keeps the artificial viscosity of close pairs bounded, m².
  let softening: L.Scalar
  /// 2 δ h c, m²/s
  let diffusion: L.Scalar
  /// The gradient of density that a fluid at rest has and that is not diffused, kg/m⁴.
  let restGradient: LaneVector<L, D>
}

/// The fields that `ContinuityRates` and its adjoint read, in sorted order.
struct ContinuityFields<Scalar: ParticleScalar> {
  /// m/s
  let velocity: SortedVectors<Scalar>
  /// Velocity as friction sees it: that of walls is mirrored, m/s.
  let mirrored: SortedVectors<Scalar>
  /// ρ - ρ0, whose differences keep their digits in single precision.
  let excess: UnsafePointer<Scalar>
  let pressure: UnsafePointer<Scalar>
  /// m/ρ
  let volume: UnsafePointer<Scalar>
  /// One where there is friction with others, zero for walls that let slip.
  let grip: UnsafePointer<Scalar>
  /// One for fluid, zero for walls.
  let fluid: UnsafePointer<Scalar>
}

/// Acceleration and rate of density of weakly compressible flow with the density integrated.
///
/// ρ_i a_i = Σ_j V_j W'/r {[-(p_i + p_j) + α h c ρ0 (v_ij·e)/(r² + η²)] e + 2ν ρ0 v_ij} and
/// dρ_i/dt = Σ_j V_j W'/r {ρ_i v_ij·e + 2 δ h c (ρ_i - ρ_j - ρ0 g·e/c²)}, with V = m/ρ and v_ij = v_i - v_j. Pressure and
/// artificial viscosity: Antuono et al., Comput. Phys. Commun. 181 (2010); laminar viscosity: Morris, Fox, Zhu,
/// J. Comput. Phys. 136 (1997); diffusion: see `DensityDiffusion`, between fluid particles alone.
struct ContinuityRates<L: PairLanes, D: SpaceDimension>: PairPass {
  struct Center {
    var velocity: LaneVector<L, D>
    var excess: L
    var pressure: L
    var force: LaneVector<L, D>
    var compression: L
    var diffusion: L
  }

  let constants: ContinuityConstants<L, D>
  let fields: ContinuityFields<L.Scalar>
  /// ρ a, N/m³
  let force: SortedVectors<L.Scalar>
  /// dρ/dt, kg/(m³ s)
  let densityRate: UnsafeMutablePointer<L.Scalar>

  @inline(__always) func isCenter(_ place: Int) -> Bool { fields.fluid[place] > 0 }

  @inline(__always) func center(_ place: Int) -> Center {
    Center(
      velocity: fields.velocity.broadcast(place), excess: .broadcast(fields.excess[place]),
      pressure: .broadcast(fields.pressure[place]), force: .zero, compression: .zero, diffusion: .zero)
  }

  @inline(__always) func add(_ first: Int, _ separation: Separation<L, D>, to center: inout Center) {
    let r = separation.r, e = separation.e
    let weight = L.load(fields.volume + first) * constants.kernel.slope(r) / r
    let grip = L.load(fields.grip + first)
    let mirrored = center.velocity - fields.mirrored.load(first)
    let relative = center.velocity - fields.velocity.load(first)
    let damping =
      L.broadcast(constants.artificial) * grip * mirrored.dot(e) / L.fused(L.broadcast(constants.softening), r, r)
    center.force.add(e, scaledBy: weight * (damping - (center.pressure + L.load(fields.pressure + first))))
    center.force.add(mirrored, scaledBy: weight * grip * L.broadcast(constants.twiceViscosity))
    center.compression = L.fused(center.compression, weight, relative.dot(e))
    let drop = center.excess - L.load(fields.excess + first) - constants.restGradient.dot(e)
    center.diffusion = L.fused(center.diffusion, weight * L.load(fields.fluid + first), drop)
  }

  @inline(__always) func finish(_ center: Center, _ place: Int) {
    force.store(center.force, at: place)
    densityRate[place] =
      (constants.restDensity + fields.excess[place]) * center.compression.total
      + constants.diffusion * center.diffusion.total
  }
}
