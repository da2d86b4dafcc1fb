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
  /// Of fluid everything, of others the fluid around them.
  let partners: UnsafePointer<PairPartners>
  /// One for solid particles whose force is wanted.
  let felt: UnsafePointer<Scalar>
}

/// The rates that a pass works on, known when compiling so that the others cost nothing.
protocol ContinuityPart: Sendable {
  static var hasForce: Bool { get }
  static var hasDensity: Bool { get }
  /// Sums run over solid particles instead of the fluid's.
  static var isOfSolids: Bool { get }
  /// Forces on solids have seeds too, so that pairs of two solids must be left out.
  static var hasSolidSeeds: Bool { get }
  /// An adjoint adds to the seeds that the other part's left, except those by velocities and by pressure.
  static var addsSeeds: Bool { get }
}

extension ContinuityPart {
  @inline(__always) static var isOfSolids: Bool { false }
  @inline(__always) static var hasSolidSeeds: Bool { false }
  @inline(__always) static var addsSeeds: Bool { false }
}

enum BothRates: ContinuityPart {
  @inline(__always) static var hasForce: Bool { true }
  @inline(__always) static var hasDensity: Bool { true }
}

enum ForceAlone: ContinuityPart {
  @inline(__always) static var hasForce: Bool { true }
  @inline(__always) static var hasDensity: Bool { false }
}

/// The force, whose adjoint comes after that of the density's rate at the same places.
enum ForceAfterDensity: ContinuityPart {
  @inline(__always) static var hasForce: Bool { true }
  @inline(__always) static var hasDensity: Bool { false }
  @inline(__always) static var addsSeeds: Bool { true }
}

enum DensityAlone: ContinuityPart {
  @inline(__always) static var hasForce: Bool { false }
  @inline(__always) static var hasDensity: Bool { true }
}

/// The force of the fluid on solid particles.
enum SolidForce: ContinuityPart {
  @inline(__always) static var hasForce: Bool { true }
  @inline(__always) static var hasDensity: Bool { false }
  @inline(__always) static var isOfSolids: Bool { true }
}

/// A part whose adjoint takes seeds on the forces on solids as well.
enum WithSolids<Part: ContinuityPart>: ContinuityPart {
  @inline(__always) static var hasForce: Bool { Part.hasForce }
  @inline(__always) static var hasDensity: Bool { Part.hasDensity }
  @inline(__always) static var hasSolidSeeds: Bool { true }
  @inline(__always) static var addsSeeds: Bool { Part.addsSeeds }
}

/// Acceleration and rate of density of weakly compressible flow with the density integrated.
///
/// ρ_i a_i = Σ_j V_j W'/r {[-(p_i + p_j) + α h c ρ0 (v_ij·e)/(r² + η²)] e + 2ν ρ0 v_ij} and
/// dρ_i/dt = Σ_j V_j W'/r {ρ_i v_ij·e + 2 δ h c (ρ_i - ρ_j - ρ0 g·e/c²)}, with V = m/ρ and v_ij = v_i - v_j. Pressure and
/// artificial viscosity: Antuono et al., Comput. Phys. Commun. 181 (2010); laminar viscosity: Morris, Fox, Zhu,
/// J. Comput. Phys. 136 (1997); diffusion: see `DensityDiffusion`, between fluid particles alone. The force is the same with
/// its sign turned on the other particle of a pair, so that with a solid's particle in the middle the sum over fluid is
/// the force on it over its volume.
struct ContinuityRates<L: PairLanes, D: SpaceDimension, Part: ContinuityPart>: PairPass {
  struct Center {
    var velocity: LaneVector<L, D>
    var excess: L
    var pressure: L
    var grip: L
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

  @inline(__always) func isCenter(_ place: Int) -> Bool {
    Part.isOfSolids ? fields.felt[place] > 0 : fields.fluid[place] > 0
  }

  @inline(__always) func center(_ place: Int) -> Center {
    Center(
      velocity: Part.isOfSolids ? fields.mirrored.broadcast(place) : fields.velocity.broadcast(place),
      excess: .broadcast(fields.excess[place]), pressure: .broadcast(fields.pressure[place]),
      grip: .broadcast(fields.grip[place]), force: .zero, compression: .zero, diffusion: .zero)
  }

  @inline(__always) func add(_ first: Int, _ separation: Separation<L, D>, to center: inout Center) {
    let r = separation.r, e = separation.e
    var weight = L.load(fields.volume + first) * constants.kernel.slope(r) / r
    if Part.isOfSolids { weight = weight * L.load(fields.fluid + first) }
    if Part.hasForce {
      var grip = L.load(fields.grip + first)
      if Part.isOfSolids { grip = grip * center.grip }
      let mirrored = center.velocity - fields.mirrored.load(first)
      let damping =
        L.broadcast(constants.artificial) * grip * mirrored.dot(e) / L.fused(L.broadcast(constants.softening), r, r)
      center.force.add(e, scaledBy: weight * (damping - (center.pressure + L.load(fields.pressure + first))))
      center.force.add(mirrored, scaledBy: weight * grip * L.broadcast(constants.twiceViscosity))
    }
    if Part.hasDensity {
      let relative = center.velocity - fields.velocity.load(first)
      center.compression = L.fused(center.compression, weight, relative.dot(e))
      let drop = center.excess - L.load(fields.excess + first) - constants.restGradient.dot(e)
      center.diffusion = L.fused(center.diffusion, weight * L.load(fields.fluid + first), drop)
    }
  }

  @inline(__always) func finish(_ center: Center, _ place: Int) {
    if Part.hasForce { force.store(center.force, at: place) }
    guard Part.hasDensity else { return }
    densityRate[place] =
      (constants.restDensity + fields.excess[place]) * center.compression.total
      + constants.diffusion * center.diffusion.total
  }
}
