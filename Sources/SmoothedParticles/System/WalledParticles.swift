/// Particles of fluid, walls and bodies in one array, in this order: where a state and the parameters put them at a time.
final class WalledParticles: @unchecked Sendable {
  typealias Vector = UnsafeMutablePointer<Double>
  typealias Values = UnsafePointer<Double>

  private let system: ParticleSystem
  private let offsets: ParameterOffsets
  private let fluid: Int
  private let wall: Int
  let bodies: BodyMotion?
  /// kg
  let masses: [Double]
  /// m, `[count, dimension]`
  let positions: Vector
  /// m/s, `[count, dimension]`
  let velocities: Vector
  /// Room for a seed a particle and axis.
  let seeds: Vector
  private let entries: Int

  init(_ system: ParticleSystem) {
    self.system = system
    offsets = ParameterOffsets(system)
    fluid = system.particleCount * system.dimension
    wall = system.walls.count * system.dimension
    let rest = system.fluid.restDensity
    masses = system.masses + system.walls.masses + system.bodies.flatMap { $0.volumes.map { $0 * rest } }
    bodies =
      system.bodies.isEmpty ? nil : BodyMotion(system, start: 2 * fluid + system.particleCount)
    entries = (system.particleCount + system.solidCount) * system.dimension
    let entries = max(1, entries)
    func vector() -> Vector {
      let pointer = Vector.allocate(capacity: entries)
      pointer.initialize(repeating: 0, count: entries)
      return pointer
    }
    positions = vector()
    velocities = vector()
    seeds = vector()
  }

  deinit {
    positions.deallocate()
    velocities.deallocate()
    seeds.deallocate()
  }

  func place(_ state: Values, _ parameters: Values, time: Double) {
    positions.update(from: state, count: fluid)
    velocities.update(from: state + fluid, count: fluid)
    if let bodies {
      bodies.place(
        state, parameters, positions: positions + fluid + wall, velocities: velocities + fluid + wall)
      system.box.wrap(positions + fluid + wall, count: bodies.pointCount)
    }
    if wall == 0 { return }
    let start = parameters + offsets.wallPosition, speed = parameters + offsets.wallVelocity
    let elapsed = system.walls.motion == .travelling ? time : 0
    for k in 0..<wall {
      positions[fluid + k] = start[k] + elapsed * speed[k]
      velocities[fluid + k] = speed[k]
    }
    system.box.wrap(positions + fluid, count: system.walls.count)
  }

  /// Puts a seed on the fluid into `seeds`; walls have none.
  func place(seed: Values) {
    clearSeeds()
    seeds.update(from: seed, count: fluid)
  }

  func clearSeeds() { seeds.update(repeating: 0, count: entries) }

  /// Adds `seeds`, on the positions, to what they depend on.
  func pullPositions(into stateSeed: Vector, _ gradient: Vector, time: Double) {
    for k in 0..<fluid { stateSeed[k] += seeds[k] }
    for k in 0..<wall { gradient[offsets.wallPosition + k] += seeds[fluid + k] }
    if system.walls.motion == .travelling {
      for k in 0..<wall { gradient[offsets.wallVelocity + k] += time * seeds[fluid + k] }
    }
  }

  /// Adds `seeds`, on the velocities, to what they depend on.
  func pullVelocities(into stateSeed: Vector, _ gradient: Vector) {
    for k in 0..<fluid { stateSeed[fluid + k] += seeds[k] }
    for k in 0..<wall { gradient[offsets.wallVelocity + k] += seeds[fluid + k] }
  }

  /// Adds `seeds`, on the positions or on the velocities of the bodies' particles, to what they depend on.
  func pullBodies(
    _ state: Values, _ parameters: Values, areVelocities: Bool, into stateSeed: Vector, _ gradient: Vector
  ) {
    let seeds = UnsafePointer(seeds) + fluid + wall
    bodies?.pullPlaces(
      positions: areVelocities ? nil : seeds, velocities: areVelocities ? seeds : nil, state, parameters,
      stateSeed: stateSeed, gradient: gradient)
  }

  /// What messages call a particle.
  func name(_ particle: Int) -> String {
    var first = system.particleCount + system.walls.count
    if particle < system.particleCount { return "particle \(particle)" }
    if particle < first { return "wall particle \(particle - system.particleCount)" }
    for body in system.bodies {
      first += body.count
      if particle < first { return "the body `\(body.name)`" }
    }
    return "particle \(particle)"
  }
}
