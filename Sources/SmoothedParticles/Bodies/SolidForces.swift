/// The forces on solid particles and what a reverse sweep needs of them.
final class SolidForces<L: PairLanes, D: SpaceDimension> {
  typealias Scalar = L.Scalar

  let motion: BodyMotion?
  /// Zero for fluid, one for walls, a number of its own for each body.
  private let solid: SortedField<Scalar>
  /// One for particles whose force is wanted.
  let felt: SortedField<Scalar>
  private let force: SortedVectors<Scalar>
  private let contact: SortedVectors<Scalar>
  private let law: ContactLaw<L>
  /// `[solid particles, dimension]`, N.
  let forces: UnsafeMutablePointer<Double>
  private let seeds: UnsafeMutablePointer<Double>
  private let firstSolid: Int
  private let firstBody: Int
  private let solidOf: [Int32]
  private let count: Int
  private let dimension: Int

  init(_ system: ParticleSystem, soundSpeed: Double, motion: BodyMotion?) {
    self.motion = motion
    dimension = system.dimension
    firstSolid = system.particleCount
    firstBody = firstSolid + system.walls.count
    count = firstSolid + system.solidCount
    solid = SortedField(count: count)
    felt = SortedField(count: count)
    force = SortedVectors(count: count, dimension: dimension)
    contact = SortedVectors(count: count, dimension: dimension)
    let entries = max(1, system.solidCount * dimension)
    forces = .allocate(capacity: entries)
    forces.initialize(repeating: 0, count: entries)
    seeds = .allocate(capacity: entries)
    seeds.initialize(repeating: 0, count: entries)
    solidOf = Self.numbers(system)
    law = ContactLaw(system, speed: soundSpeed)
  }

  /// One for each wall particle, a number of its own for each body's.
  static func numbers(_ system: ParticleSystem) -> [Int32] {
    [Int32](repeating: 1, count: system.walls.count)
      + system.bodies.enumerated().flatMap { index, body in [Int32](repeating: Int32(index) + 2, count: body.count) }
  }

  deinit {
    forces.deallocate()
    seeds.deallocate()
  }

  /// Marks the particles whose force is wanted: those of bodies, or of walls as well.
  func mark(_ grid: CellGrid, wallsToo: Bool) {
    let first = wallsToo ? firstSolid : firstBody
    for s in 0..<count {
      let i = Int(grid.order[s])
      felt.pointer[s] = i >= first ? 1 : 0
      solid.pointer[s] = i < firstSolid ? 0 : Scalar(solidOf[i - firstSolid])
    }
  }

  /// Finds `forces` on the particles marked.
  func find(
    _ grid: CellGrid, _ positions: SortedPositions<L>, _ constants: ContinuityConstants<L, D>,
    _ fields: ContinuityFields<Scalar>, densityRate: UnsafeMutablePointer<Scalar>, withContact: Bool
  ) {
    grid.sweep(
      positions,
      ContinuityRates<L, D, SolidForce>(constants: constants, fields: fields, force: force, densityRate: densityRate))
    let hasContact = withContact && motion != nil
    if hasContact {
      grid.sweep(
        positions, ContactForce<L, D>(law: law, solid: solid.values, felt: felt.values, force: contact))
    }
    for s in 0..<count where felt.pointer[s] > 0 {
      let p = forces + (Int(grid.order[s]) - firstSolid) &* dimension
      let volume = fields.volume[s]
      p[0] = Double(force.x.pointer[s] * volume)
      if dimension > 1 { p[1] = Double(force.y.pointer[s] * volume) }
      if dimension > 2 { p[2] = Double(force.z.pointer[s] * volume) }
      if hasContact { contact.add(place: s, to: p, dimension: dimension) }
    }
  }

  private var bodyForces: UnsafePointer<Double> { UnsafePointer(forces + (firstBody - firstSolid) * dimension) }

  /// Rates of the bodies' velocities and angular momenta.
  func rates(
    _ state: UnsafePointer<Double>, _ parameters: UnsafePointer<Double>, gravity: [Double],
    into rates: UnsafeMutablePointer<Double>
  ) {
    motion?.rates(forces: bodyForces, state, parameters, gravity: gravity, into: rates)
  }

  /// Puts the seeds on the forces into `seed`, and adds what else the seed on the rates is worth.
  func seed(
    _ grid: CellGrid, _ rateSeed: UnsafePointer<Double>, _ state: UnsafePointer<Double>,
    _ parameters: UnsafePointer<Double>, into seed: SortedVectors<Scalar>, stateSeed: UnsafeMutablePointer<Double>,
    gradient: UnsafeMutablePointer<Double>, gravitySeed: inout [Double]
  ) {
    guard let motion else { return }
    motion.pullRates(
      rateSeed, forces: bodyForces, state, parameters, forceSeeds: seeds, stateSeed: stateSeed, gradient: gradient,
      gravitySeed: &gravitySeed)
    for s in 0..<count {
      let i = Int(grid.order[s])
      if i < firstBody { continue }
      let p = seeds + (i - firstBody) &* dimension
      seed.x.pointer[s] = Scalar(p[0])
      if dimension > 1 { seed.y.pointer[s] = Scalar(p[1]) }
      if dimension > 2 { seed.z.pointer[s] = Scalar(p[2]) }
    }
  }

  /// Adds to the seed on positions what the seeds on contact forces are worth.
  func pullContact(
    _ grid: CellGrid, _ positions: SortedPositions<L>, seed: SortedVectors<Scalar>, positionSeed: SortedVectors<Scalar>
  ) {
    grid.sweep(
      positions, ContactForceAdjoint<L, D>(law: law, solid: solid.values, seed: seed, positionSeed: positionSeed))
  }
}
