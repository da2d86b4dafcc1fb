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
    moveTools(parameters, time: time)
    system.box.wrap(positions + fluid, count: system.walls.count)
  }

  /// The velocities again, of a state whose places are those of the last one placed.
  func placeVelocities(_ state: Values, _ parameters: Values) {
    velocities.update(from: state + fluid, count: fluid)
    bodies?.placeVelocities(state, parameters, velocities: velocities + fluid + wall)
  }

  /// Puts a seed on the fluid into `seeds`; walls have none.
  func place(seed: Values) {
    clearSeeds()
    seeds.update(from: seed, count: fluid)
  }

  func clearSeeds() { seeds.update(repeating: 0, count: entries) }

  /// Adds seeds on the first particles.
  func add(seeds more: [Double]) { for k in more.indices { seeds[k] += more[k] } }

  /// Adds `seeds`, on the positions, to what they depend on.
  func pullPositions(_ parameters: Values, into stateSeed: Vector, _ gradient: Vector, time: Double) {
    for k in 0..<fluid { stateSeed[k] += seeds[k] }
    pullTools(parameters, areVelocities: false, gradient, time: time)
    for k in 0..<wall { gradient[offsets.wallPosition + k] += seeds[fluid + k] }
    if system.walls.motion == .travelling {
      for k in 0..<wall { gradient[offsets.wallVelocity + k] += time * seeds[fluid + k] }
    }
  }

  /// Adds `seeds`, on the velocities, to what they depend on.
  func pullVelocities(_ parameters: Values, into stateSeed: Vector, _ gradient: Vector, time: Double) {
    for k in 0..<fluid { stateSeed[fluid + k] += seeds[k] }
    pullTools(parameters, areVelocities: true, gradient, time: time)
    for k in 0..<wall { gradient[offsets.wallVelocity + k] += seeds[fluid + k] }
  }

  // MARK: - Tools

  /// From where the particles of tools would be to where they are.
  private func moveTools(_ parameters: Values, time: Double) {
    forEachTool(parameters, time: time) { tool, _, _, frame in
      for particle in tool.particles {
        let k = fluid + particle * dimension
        let placed = frame.place(vector(positions, k), sliding: vector(velocities, k))
        store(placed.position, positions, k)
        store(placed.velocity, velocities, k)
      }
    }
  }

  /// Replaces `seeds` on the particles of tools by those on where they would be, and adds the tools' to the gradient. A
  /// seed on the velocity is one on the place as well, which goes to the gradient at once.
  private func pullTools(_ parameters: Values, areVelocities: Bool, _ gradient: Vector, time: Double) {
    let isTravelling = system.walls.motion == .travelling
    forEachTool(parameters, time: time) { tool, translation, rotation, frame in
      var seed = PrescribedMotion.Seed()
      for particle in tool.particles {
        let k = particle * dimension
        let sliding = vector(parameters + offsets.wallVelocity, k)
        var point = vector(parameters + offsets.wallPosition, k)
        if isTravelling { point += time * sliding }
        let s = vector(seeds + fluid, k)
        if areVelocities {
          let found = frame.pull(velocity: s, point, sliding: sliding, into: &seed)
          for axis in 0..<dimension {
            gradient[offsets.wallPosition + k + axis] += found.point[axis]
            if isTravelling { gradient[offsets.wallVelocity + k + axis] += time * found.point[axis] }
          }
          store(found.sliding, seeds + fluid, k)
        } else {
          store(frame.pull(position: s, point, into: &seed), seeds + fluid, k)
        }
      }
      tool.pull(seed, time: time, translation: gradient + translation, rotation: gradient + rotation)
    }
  }

  private func forEachTool(
    _ parameters: Values, time: Double,
    _ body: (PrescribedMotion, _ translation: Int, _ rotation: Int, PrescribedMotion.Frame) -> Void
  ) {
    var translation = offsets.motionTranslation, rotation = offsets.motionRotation
    for tool in system.walls.motions {
      body(
        tool, translation, rotation, tool.frame(parameters + translation, parameters + rotation, time: time))
      translation += tool.knots * dimension
      rotation += tool.knots
    }
  }

  private var dimension: Int { system.dimension }

  private func vector(_ values: Values, _ k: Int) -> SIMD3<Double> {
    SIMD3(values[k], dimension > 1 ? values[k + 1] : 0, dimension > 2 ? values[k + 2] : 0)
  }

  private func store(_ vector: SIMD3<Double>, _ values: Vector, _ k: Int) {
    for axis in 0..<dimension { values[k + axis] = vector[axis] }
  }

  // MARK: - Bodies

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
