import DifferentiableCore

/// Rigid bodies in the pressure solves of `IncompressibleStepper`.
///
/// With p the momenta of bodies, u = A p the velocities of their particles and Jᵀ what forces on those do to p, the solves
/// find impulses with D A (p - k Jᵀ Dᵀλ) = ..., symmetric since A Jᵀ is, with k the crowding that fluid masses are divided by.
/// So a body takes part with its whole inertia, whatever its density.
final class CoupledBodies<L: PairLanes, D: SpaceDimension> {
  typealias Scalar = L.Scalar
  typealias Vector = UnsafeMutablePointer<Double>
  typealias Values = UnsafePointer<Double>

  let motion: BodyMotion
  private let firstSolid: Int
  private let firstBody: Int
  private let count: Int
  private let points: Int
  private let dimension: Int
  private let crowding: Double
  private let law: ContactLaw<L>
  private let solidOf: [Int32]

  /// Where each of the bodies' particles is sorted to.
  private var places: [Int]
  private var parameters: Values?
  /// As a state has them: how the bodies lie, with their momenta now.
  private let now: Vector
  /// The same with the last impulse in the place of the momenta.
  private let impulse: Vector
  /// `[points, dimension]`
  private let forces: Vector
  private let around: Vector
  private let unread: Vector
  private let solid: SortedField<Scalar>
  private let felt: SortedField<Scalar>
  private let contact: SortedVectors<Scalar>
  private let contactSeed: SortedVectors<Scalar>

  /// - Parameter contactSpeed: c of `ContactForce`, m/s; no faster than a step can follow.
  init(_ motion: BodyMotion, _ system: ParticleSystem, crowding: Double, contactSpeed: Double) {
    self.motion = motion
    self.crowding = crowding
    dimension = system.dimension
    firstSolid = system.particleCount
    firstBody = firstSolid + system.walls.count
    points = motion.pointCount
    count = firstBody + points
    solidOf = SolidForces<L, D>.numbers(system)
    law = ContactLaw(system, speed: contactSpeed)
    places = [Int](repeating: 0, count: points)
    func vector(_ entries: Int) -> Vector {
      let pointer = Vector.allocate(capacity: entries)
      pointer.initialize(repeating: 0, count: entries)
      return pointer
    }
    now = vector(motion.layout.end)
    impulse = vector(motion.layout.end)
    forces = vector(points * dimension)
    around = vector(points * dimension)
    unread = vector(points * dimension)
    solid = SortedField(count: count)
    felt = SortedField(count: count)
    contact = SortedVectors(count: count, dimension: dimension)
    contactSeed = SortedVectors(count: count, dimension: dimension)
  }

  deinit { for vector in [now, impulse, forces, around, unread] { vector.deallocate() } }

  private var entries: Range<Int> { motion.layout.position..<motion.layout.end }

  // MARK: - Forward

  /// Takes over how the bodies of a state lie and move, and where their particles were sorted to.
  func sort(_ grid: CellGrid, _ state: Values, _ parameters: Values) {
    self.parameters = parameters
    for k in entries {
      now[k] = state[k]
      impulse[k] = state[k]
    }
    for s in 0..<count {
      let i = Int(grid.order[s])
      felt.pointer[s] = i >= firstBody ? 1 : 0
      solid.pointer[s] = i < firstSolid ? 0 : Scalar(solidOf[i - firstSolid])
      if i >= firstBody { places[i - firstBody] = s }
    }
  }

  /// Changes the momenta by gravity, contact and what friction changes the particles' velocities by if they were fluid.
  func push(
    _ grid: CellGrid, _ positions: SortedPositions<L>, friction: SortedVectors<Scalar>, mass: SortedField<Scalar>,
    gravity: [Double], step dt: Double
  ) {
    guard let parameters else { return }
    findForces(grid, positions, friction: friction, mass: mass, step: dt)
    motion.rates(forces: forces, impulse, parameters, gravity: gravity.map { dt * $0 }, into: impulse)
    for k in motion.layout.kicked { now[k] += impulse[k] }
  }

  private func findForces(
    _ grid: CellGrid, _ positions: SortedPositions<L>, friction: SortedVectors<Scalar>, mass: SortedField<Scalar>,
    step dt: Double
  ) {
    grid.sweep(positions, ContactForce<L, D>(law: law, solid: solid.values, felt: felt.values, force: contact))
    for (k, s) in places.enumerated() {
      let weight = crowding * Double(mass.pointer[s])
      store(weight * vector(friction, s) + dt * vector(contact, s), in: forces, at: k)
    }
  }

  /// Writes the velocities of the bodies' particles.
  func giveVelocities(to velocity: SortedVectors<Scalar>) { writeVelocities(of: now, to: velocity) }

  private func writeVelocities(of state: Values, to velocity: SortedVectors<Scalar>) {
    guard let parameters else { return }
    motion.place(state, parameters, positions: unread, velocities: around)
    for (k, s) in places.enumerated() { write(vector(around, k), to: velocity, at: s) }
  }

  /// Replaces impulses on the bodies' particles by the changes of their velocities.
  func respond(to push: SortedVectors<Scalar>) {
    guard let parameters else { return }
    for (k, s) in places.enumerated() { store(crowding * vector(push, s), in: forces, at: k) }
    motion.rates(forces: forces, impulse, parameters, gravity: [0, 0, 0], into: impulse)
    writeVelocities(of: impulse, to: push)
  }

  /// Takes from the momenta what the last impulses gave them.
  func takeImpulse() { for k in motion.layout.kicked { now[k] -= impulse[k] } }

  /// Moves the bodies on from where they lie in `source`, with the momenta now, and writes both.
  func drift(from source: Values, into target: Vector, by dt: Double) {
    guard let parameters else { return }
    store(into: target)
    motion.drift(target, from: source, framePose: source, momentum: now, by: dt, parameters)
  }

  /// Writes how the bodies lie and move.
  func store(into state: Vector) { for k in entries { state[k] = now[k] } }

  // MARK: - Adjoint

  /// From the seeds on momenta, in `seed`, to k times those on forces on the bodies' particles.
  func spread(_ seed: Vector, gradient: Vector, into field: SortedVectors<Scalar>) {
    // Without forces the seeds are worth nothing else.
    forces.update(repeating: 0, count: points * dimension)
    var gravity = [0.0, 0.0, 0.0]
    pullForces(seed, gradient: gradient, gravity: &gravity)
    for (k, s) in places.enumerated() { write(crowding * vector(around, k), to: field, at: s) }
  }

  /// From `forces` and the seeds on momenta in `seed` to those on the forces, in `around`, and on how the bodies lie.
  private func pullForces(_ seed: Vector, gradient: Vector, gravity: inout [Double]) {
    guard let parameters else { return }
    motion.pullRates(
      seed, forces: forces, now, parameters, forceSeeds: around, stateSeed: seed, gradient: gradient,
      gravitySeed: &gravity)
  }

  /// Adds to `seed` what the seeds on the particles' velocities are worth, which are used up.
  func pullVelocities(_ velocitySeed: SortedVectors<Scalar>, into seed: Vector, gradient: Vector) {
    guard let parameters else { return }
    for (k, s) in places.enumerated() {
      store(vector(velocitySeed, s), in: around, at: k)
      write(.zero, to: velocitySeed, at: s)
    }
    motion.pullPlaces(
      positions: nil, velocities: around, now, parameters, stateSeed: seed, gradient: gradient)
  }

  /// The same for the impulses -k Dᵀλ that a solve found, with Dᵀλ in `impulses`; then as `spread`.
  func pullImpulses(
    _ impulses: SortedVectors<Scalar>, _ seed: Vector, gradient: Vector, into field: SortedVectors<Scalar>
  ) {
    for (k, s) in places.enumerated() { store(-crowding * vector(impulses, s), in: forces, at: k) }
    var gravity = [0.0, 0.0, 0.0]
    pullForces(seed, gradient: gradient, gravity: &gravity)
    for (k, s) in places.enumerated() { write(crowding * vector(around, k), to: field, at: s) }
  }

  /// The same for `push`, with the seed on friction over the mass into `field`.
  func pullPush(
    _ grid: CellGrid, _ positions: SortedPositions<L>, friction: SortedVectors<Scalar>, mass: SortedField<Scalar>,
    step dt: Double, _ seed: Vector, gradient: Vector, gravity: inout [Double], into field: SortedVectors<Scalar>,
    positionSeed: SortedVectors<Scalar>
  ) {
    findForces(grid, positions, friction: friction, mass: mass, step: dt)
    var pull = [0.0, 0.0, 0.0]
    pullForces(seed, gradient: gradient, gravity: &pull)
    for axis in 0..<dimension { gravity[axis] += dt * pull[axis] }
    contactSeed.clear(count: count)
    for (k, s) in places.enumerated() {
      write(crowding * vector(around, k), to: field, at: s)
      write(dt * vector(around, k), to: contactSeed, at: s)
    }
    grid.sweep(
      positions,
      ContactForceAdjoint<L, D>(law: law, solid: solid.values, seed: contactSeed, positionSeed: positionSeed))
  }

  /// From the seeds after `drift` from `source` to those before it; `target` holds the momenta that it went with.
  func pullDrift(_ seed: Vector, from source: Values, target: Values, by dt: Double, gradient: Vector) {
    guard let parameters else { return }
    motion.pullDrift(
      seed, from: source, framePose: source, momentum: target, by: dt, parameters, poseSeed: seed, momentumSeed: seed,
      gradient: gradient)
  }

  // MARK: - Vectors

  private func vector(_ values: Values, _ k: Int) -> SIMD3<Double> { motion.layout.vector(values, k, at: 0) }

  private func vector(_ field: SortedVectors<Scalar>, _ s: Int) -> SIMD3<Double> {
    SIMD3(Double(field.x.pointer[s]), Double(field.y.pointer[s]), dimension > 2 ? Double(field.z.pointer[s]) : 0)
  }

  private func store(_ vector: SIMD3<Double>, in values: Vector, at k: Int) {
    for axis in 0..<dimension { values[k * dimension + axis] = vector[axis] }
  }

  private func write(_ vector: SIMD3<Double>, to field: SortedVectors<Scalar>, at s: Int) {
    field.x.pointer[s] = Scalar(vector.x)
    field.y.pointer[s] = Scalar(vector.y)
    if dimension > 2 { field.z.pointer[s] = Scalar(vector.z) }
  }
}
