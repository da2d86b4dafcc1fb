import DifferentiableCore

/// Fluid and walls sorted together, as the forces of `AddedForces` read them.
final class PairArena<L: PairLanes, D: SpaceDimension> {
  typealias Scalar = L.Scalar

  let system: ParticleSystem
  let numerics: ParticleNumerics
  let grid: CellGrid
  let kernel: KernelLanes<L>
  let offsets: ParameterOffsets
  let particles: WalledParticles
  let fluidCount: Int
  let count: Int
  let dimension: Int

  let position: SortedVectors<Scalar>
  let velocity: SortedVectors<Scalar>
  /// kg
  let mass: SortedField<Scalar>
  /// m/ρ0
  let volume: SortedField<Scalar>
  /// The same, zero for walls.
  let fluidVolume: SortedField<Scalar>
  /// One for fluid, zero for walls.
  let fluid: SortedField<Scalar>
  /// Forces, N, or in reverse the seed on the acceleration over the mass.
  let force: SortedVectors<Scalar>
  let positionSeed: SortedVectors<Scalar>
  let velocitySeed: SortedVectors<Scalar>

  init(_ system: ParticleSystem, _ numerics: ParticleNumerics) {
    self.system = system
    self.numerics = numerics
    fluidCount = system.particleCount
    count = fluidCount + system.walls.count
    dimension = system.dimension
    grid = CellGrid(box: system.box, support: numerics.support)
    kernel = KernelLanes(numerics.kernel, smoothingLength: numerics.smoothingLength, dimension: dimension)
    offsets = ParameterOffsets(system)
    particles = WalledParticles(system)
    let count = count, dimension = dimension
    func vectors() -> SortedVectors<Scalar> { SortedVectors(count: count, dimension: dimension) }
    func field() -> SortedField<Scalar> { SortedField(count: count) }
    position = vectors()
    velocity = vectors()
    force = vectors()
    positionSeed = vectors()
    velocitySeed = vectors()
    mass = field()
    volume = field()
    fluidVolume = field()
    fluid = field()
  }

  var sortedPositions: SortedPositions<L> {
    SortedPositions(x: position.x.values, y: position.y.values, z: position.z.values)
  }

  /// Sorts what a state and the parameters say.
  func place(_ state: UnsafePointer<Double>, _ parameters: UnsafePointer<Double>, time: Double) throws(SolveFailure) {
    particles.place(state, parameters, time: time)
    try grid.sort(particles.positions, count: count)
    let rest = system.fluid.restDensity
    grid.order.withUnsafeBufferPointer { order in
      let order = order.baseAddress!
      position.gather(particles.positions, order: order, count: count, dimension: dimension, origin: system.box.lower)
      velocity.gather(particles.velocities, order: order, count: count, dimension: dimension, origin: [])
      for s in 0..<count {
        let i = Int(order[s]), mass = particles.masses[i]
        self.mass.pointer[s] = Scalar(mass)
        volume.pointer[s] = Scalar(mass / rest)
        fluid.pointer[s] = i < fluidCount ? 1 : 0
        fluidVolume.pointer[s] = i < fluidCount ? Scalar(mass / rest) : 0
      }
    }
  }

  /// Adds `force` over the mass to accelerations `[fluidCount, dimension]`.
  func scatterForce(adding accelerations: UnsafeMutablePointer<Double>) {
    for s in 0..<count {
      let i = Int(grid.order[s])
      if i >= fluidCount { continue }
      let p = accelerations + i &* dimension, inverse = 1 / Double(mass.pointer[s])
      p[0] += Double(force.x.pointer[s]) * inverse
      if dimension > 1 { p[1] += Double(force.y.pointer[s]) * inverse }
      if dimension > 2 { p[2] += Double(force.z.pointer[s]) * inverse }
    }
  }

  /// Puts the seed on the accelerations over the mass into `force`, zero for walls.
  func gatherSeed(_ accelerationSeed: UnsafePointer<Double>) {
    particles.place(seed: accelerationSeed)
    grid.order.withUnsafeBufferPointer { order in
      force.gather(particles.seeds, order: order.baseAddress!, count: count, dimension: dimension, origin: [])
    }
    force.multiply(count: count) { fluid.pointer[$0] / mass.pointer[$0] }
  }

  /// Adds `positionSeed` and `velocitySeed` to what they depend on.
  func scatterSeeds(
    _ parameters: UnsafePointer<Double>, into stateSeed: UnsafeMutablePointer<Double>,
    _ gradient: UnsafeMutablePointer<Double>, time: Double
  ) {
    grid.order.withUnsafeBufferPointer { order in
      let order = order.baseAddress!
      particles.clearSeeds()
      positionSeed.scatter(adding: particles.seeds, order: order, count: count, dimension: dimension)
      particles.pullPositions(parameters, into: stateSeed, gradient, time: time)
      particles.clearSeeds()
      velocitySeed.scatter(adding: particles.seeds, order: order, count: count, dimension: dimension)
      particles.pullVelocities(parameters, into: stateSeed, gradient, time: time)
    }
  }
}
