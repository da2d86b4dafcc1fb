/// Rigid walls as layers of dummy particles, as deep as the kernel's support, that carry the fluid's lattice on.
///
/// Their pressure and their velocity in friction are extrapolated from the fluid around them (see `WallExtrapolation`) or,
/// where they have mirror points, from the fluid there (see `MirrorPoints`).
public struct WallParticles: Sendable, Equatable {
  /// m, `[count, dimension]`, at time zero.
  public var positions: [Double]
  /// m/s, `[count, dimension]`
  public var velocities: [Double]
  /// kg, one a particle: the mass of fluid that would fill its volume.
  public var masses: [Double]
  public var friction: WallFriction
  public var motion: WallMotion
  /// Tools among the particles: no particle is in two of them.
  public var motions: [PrescribedMotion]
  /// m, `[count, dimension]`: from each particle to its mirror point on the other side of the wall's surface; nil for none.
  /// For schemes that integrate the density, where no wall is a tool and there are neither bodies nor openings.
  public var mirrors: [Double]?

  public init(
    positions: [Double], velocities: [Double]? = nil, masses: [Double], friction: WallFriction = .noSlip,
    motion: WallMotion = .sliding, motions: [PrescribedMotion] = [], mirrors: [Double]? = nil
  ) {
    let velocities = velocities ?? [Double](repeating: 0, count: positions.count)
    precondition(velocities.count == positions.count)
    precondition(masses.isEmpty ? positions.isEmpty : positions.count % masses.count == 0)
    self.positions = positions
    self.velocities = velocities
    self.masses = masses
    self.friction = friction
    self.motion = motion
    self.motions = motions
    self.mirrors = mirrors
  }

  /// No walls at all.
  public static let none = WallParticles(positions: [], masses: [])

  public var count: Int { masses.count }
}

/// What a wall does to the fluid along it.
public enum WallFriction: String, Sendable, CaseIterable {
  /// The fluid at the wall moves with the wall.
  case noSlip = "no-slip"
  /// No friction at all.
  case freeSlip = "free-slip"
}

/// What the velocity of a wall means.
public enum WallMotion: String, Sendable, CaseIterable {
  /// A surface that moves along itself, as a belt does: the particles stay.
  case sliding
  /// The particles travel: x(t) = x(0) + t v.
  case travelling
}
