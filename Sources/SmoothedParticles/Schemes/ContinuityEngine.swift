import DifferentiableCore

/// The rates of `ContinuityScheme`: acceleration and rate of density of the fluid among its walls.
///
/// Fluid and wall particles are sorted together, the fluid first in the order before sorting.
final class ContinuityEngine<L: PairLanes, D: SpaceDimension>: RateEngine {
  typealias Scalar = L.Scalar

  private let system: ParticleSystem
  private let scheme: ContinuityScheme
  private let numerics: ParticleNumerics
  private let grid: CellGrid
  private let kernel: KernelLanes<L>
  private let offsets: ParameterOffsets
  private let bodyForce: BodyForce
  private let particles: WalledParticles
  private let fluidCount: Int
  private let count: Int
  private let dimension: Int

  private let position: SortedVectors<Scalar>
  private let velocity: SortedVectors<Scalar>
  private let mirrored: SortedVectors<Scalar>
  private let force: SortedVectors<Scalar>
  private let excess: SortedField<Scalar>
  private let pressure: SortedField<Scalar>
  private let volume: SortedField<Scalar>
  private let grip: SortedField<Scalar>
  private let fluid: SortedField<Scalar>
  /// One for walls with the mirrored velocity of the fluid, zero for all others.
  private let mirrors: SortedField<Scalar>
  private let openFlow: OpenFlow?
  /// Of each fluid particle, in the order before sorting; empty where all are inside.
  private var roles: [FluidRole] = []
  private let densityRate: SortedField<Scalar>
  private let walls: WallFields<Scalar>?
  private let shifting: ShiftFields<L, D>?
  private let gradients: GradientFields<L, D>?
  private let solids: SolidForces<L, D>?
  private let added: AddedForces<L, D>?
  private let correction: CorrectionFields<L, D>?
  private var reverse: ReverseFields?

  /// What only the reverse sweep needs.
  private struct ReverseFields {
    let seed: SortedVectors<Scalar>
    let rateSeed: SortedField<Scalar>
    let seeds: ContinuitySeeds<Scalar>

    init(count: Int, dimension: Int) {
      seed = SortedVectors(count: count, dimension: dimension)
      rateSeed = SortedField(count: count)
      seeds = ContinuitySeeds(count: count, dimension: dimension)
    }
  }

  init(_ system: ParticleSystem, _ scheme: ContinuityScheme, _ numerics: ParticleNumerics) {
    self.system = system
    self.scheme = scheme
    self.numerics = numerics
    fluidCount = system.particleCount
    count = fluidCount + system.solidCount
    dimension = system.dimension
    grid = CellGrid(box: system.box, support: numerics.support, lanes: L.count)
    kernel = KernelLanes(numerics.kernel, smoothingLength: numerics.smoothingLength, dimension: dimension)
    offsets = ParameterOffsets(system)
    bodyForce = BodyForce(system)
    particles = WalledParticles(system)
    position = SortedVectors(count: count, dimension: dimension)
    velocity = SortedVectors(count: count, dimension: dimension)
    let hasWalls = system.solidCount > 0 || system.openFlow != nil
    // Without walls friction sees the velocities themselves.
    mirrored = hasWalls ? SortedVectors(count: count, dimension: dimension) : velocity
    force = SortedVectors(count: count, dimension: dimension)
    excess = SortedField(count: count)
    pressure = SortedField(count: count)
    volume = SortedField(count: count)
    grip = SortedField(count: count)
    fluid = SortedField(count: count)
    mirrors = SortedField(count: count)
    openFlow = system.openFlow
    if openFlow != nil { roles = [FluidRole](repeating: .inside, count: fluidCount) }
    densityRate = SortedField(count: count)
    walls = hasWalls ? WallFields(count: count, dimension: dimension) : nil
    solids =
      system.solidCount > 0
      ? SolidForces(system, soundSpeed: scheme.soundSpeed, motion: particles.bodies) : nil
    added = AddedForces(system, numerics)
    correction =
      scheme.correctsGradients
      ? CorrectionFields(
        kernel, restDensity: system.fluid.restDensity, count: count, dimension: dimension) : nil
    let all = count
    gradients =
      scheme.diffusion != .renormalized
      ? nil
      : GradientFields(
        kernel, strength: scheme.diffusionStrength * numerics.smoothingLength * scheme.soundSpeed, count: count,
        dimension: dimension)
    shifting = scheme.shifting.map {
      ShiftFields(
        $0, numerics, soundSpeed: scheme.soundSpeed, restDensity: system.fluid.restDensity, spacing: system.spacing,
        count: all, dimension: system.dimension)
    }
  }

  private var sortedPositions: SortedPositions<L> {
    SortedPositions(x: position.x.values, y: position.y.values, z: position.z.values)
  }

  private var fields: ContinuityFields<Scalar> {
    ContinuityFields(
      velocity: velocity, mirrored: mirrored, excess: excess.values, pressure: pressure.values,
      volume: volume.values, grip: grip.values, fluid: fluid.values, felt: solids?.felt.values ?? fluid.values)
  }

  private func vector(_ p: [Double], times factor: Double) -> LaneVector<L, D> {
    LaneVector(
      x: .broadcast(Scalar(p[0] * factor)), y: .broadcast(dimension > 1 ? Scalar(p[1] * factor) : 0),
      z: .broadcast(dimension > 2 ? Scalar(p[2] * factor) : 0))
  }

  private func constants(_ parameters: UnsafePointer<Double>, time: Double) -> ContinuityConstants<L, D> {
    let h = numerics.smoothingLength, c = scheme.soundSpeed, rest = system.fluid.restDensity
    return ContinuityConstants(
      kernel: kernel, restDensity: Scalar(rest), artificial: Scalar(scheme.artificialViscosity * h * c * rest),
      twiceViscosity: Scalar(2 * parameters[offsets.viscosity] * rest), softening: Scalar(0.01 * h * h),
      diffusion: Scalar(scheme.diffusion == .none ? 0 : 2 * scheme.diffusionStrength * h * c),
      restGradient: vector(bodyForce.value(parameters, time: time), times: restGradientFactor))
  }

  /// The gradient of density at rest over gravity.
  private var restGradientFactor: Double {
    scheme.diffusion == .dynamic ? system.fluid.restDensity / (scheme.soundSpeed * scheme.soundSpeed) : 0
  }

  /// Sorts, and prepares what the forces read.
  private func prepare(
    _ state: UnsafePointer<Double>, _ parameters: UnsafePointer<Double>, time: Double
  ) throws(SolveFailure) {
    particles.place(state, parameters, time: time)
    let densities = state + 2 * fluidCount * dimension
    if let openFlow {
      for i in roles.indices { roles[i] = openFlow.role(state + i * dimension, density: densities[i]) }
      let roles = roles, fluidCount = fluidCount
      try grid.sort(
        particles.positions, count: count, isAbsent: { $0 < fluidCount && roles[$0] == .parked }, name: particles.name)
    } else {
      try grid.sort(particles.positions, count: count, name: particles.name)
    }
    let equation = scheme.equationOfState, rest = system.fluid.restDensity, c = scheme.soundSpeed
    grid.order.withUnsafeBufferPointer { order in
      let order = order.baseAddress!
      position.gather(particles.positions, order: order, count: count, dimension: dimension, origin: system.box.lower)
      velocity.gather(particles.velocities, order: order, count: count, dimension: dimension, origin: [])
      if walls != nil {
        mirrored.gather(particles.velocities, order: order, count: count, dimension: dimension, origin: [])
      }
      for s in 0..<count {
        let i = Int(order[s])
        let isFluid = i < fluidCount && isInFlow(i)
        let density = isFluid ? densities[i] : rest
        let isMirrored = i >= fluidCount && system.walls.friction == .noSlip
        fluid.pointer[s] = isFluid ? 1 : 0
        grip.pointer[s] = i < fluidCount || isMirrored ? 1 : 0
        mirrors.pointer[s] = isMirrored ? 1 : 0
        excess.pointer[s] = Scalar(density - rest)
        volume.pointer[s] = Scalar(particles.masses[i] / density)
        pressure.pointer[s] =
          isFluid ? Scalar(scheme.pressure(density, restDensity: rest)) : 0
      }
    }
    guard let walls else { return }
    walls.extrapolate(
      grid, sortedPositions, kernel,
      gravity: vector(bodyForce.value(parameters, time: time), times: 1) as LaneVector<L, D>,
      restDensity: rest, velocity: velocity, excess: excess, pressure: pressure, fluid: fluid)
    for s in 0..<count where fluid.pointer[s] == 0 {
      let found = walls.pressure.pointer[s]
      let density = equation.density(atPressure: Double(found), restDensity: rest, soundSpeed: c)
      pressure.pointer[s] = found
      excess.pointer[s] = Scalar(density - rest)
      volume.pointer[s] = Scalar(particles.masses[Int(grid.order[s])] / density)
      if mirrors.pointer[s] > 0 { walls.mirror(velocity, into: mirrored, at: s) }
    }
  }

  /// False for what enters, whose pressure is extrapolated as that of walls, and for what is parked.
  private func isInFlow(_ particle: Int) -> Bool {
    roles.isEmpty || roles[particle] == .inside || roles[particle] == .leaving
  }

  /// False for what the forces do not move.
  private func isFree(_ particle: Int) -> Bool { roles.isEmpty || roles[particle] == .inside }

  /// How fast the density beyond a plane follows what it should be, 1/s.
  private var pace: Double { scheme.soundSpeed / numerics.smoothingLength }

  func rates(
    _ state: UnsafePointer<Double>, _ parameters: UnsafePointer<Double>, time: Double,
    into rates: UnsafeMutablePointer<Double>
  ) throws(SolveFailure) {
    try evaluate(BothRates.self, state, parameters, time: time, into: rates)
  }

  func rates(
    of part: RatePart, _ state: UnsafePointer<Double>, _ parameters: UnsafePointer<Double>, time: Double,
    into rates: UnsafeMutablePointer<Double>
  ) throws(SolveFailure) {
    switch part {
    case .velocity: try evaluate(ForceAlone.self, state, parameters, time: time, into: rates)
    case .rest: try evaluate(DensityAlone.self, state, parameters, time: time, into: rates)
    }
  }

  func pullRates(
    _ state: UnsafePointer<Double>, _ parameters: UnsafePointer<Double>, time: Double,
    assigned: UnsafePointer<Double>?, rateSeed: UnsafePointer<Double>, into stateSeed: UnsafeMutablePointer<Double>,
    gradient: UnsafeMutablePointer<Double>
  ) throws(SolveFailure) {
    try pull(
      BothRates.self, state, parameters, time: time, rateSeed: rateSeed, into: stateSeed, gradient: gradient)
  }

  func pullRates(
    of part: RatePart, _ state: UnsafePointer<Double>, _ parameters: UnsafePointer<Double>, time: Double,
    rateSeed: UnsafePointer<Double>, into stateSeed: UnsafeMutablePointer<Double>,
    gradient: UnsafeMutablePointer<Double>
  ) throws(SolveFailure) {
    switch part {
    case .velocity:
      try pull(
        ForceAlone.self, state, parameters, time: time, rateSeed: rateSeed, into: stateSeed, gradient: gradient)
    case .rest:
      try pull(
        DensityAlone.self, state, parameters, time: time, rateSeed: rateSeed, into: stateSeed, gradient: gradient)
    }
  }

  private func evaluate<Part: ContinuityPart>(
    _ part: Part.Type, _ state: UnsafePointer<Double>, _ parameters: UnsafePointer<Double>, time: Double,
    into rates: UnsafeMutablePointer<Double>
  ) throws(SolveFailure) {
    try prepare(state, parameters, time: time)
    grid.sweep(
      sortedPositions,
      ContinuityRates<L, D, Part>(
        constants: constants(parameters, time: time), fields: fields, force: force, densityRate: densityRate.pointer))
    correction?.correct(part, grid, sortedPositions, fields, force: force, densityRate: densityRate)
    if Part.hasDensity, let gradients {
      gradients.find(grid, sortedPositions, volume: volume, fluid: fluid, excess: excess)
      gradients.diffuse(grid, sortedPositions, into: densityRate)
    }
    if Part.hasForce, particles.bodies != nil, let solids {
      findSolidForces(solids, parameters, time: time, wallsToo: false)
      solids.rates(state, parameters, gravity: bodyForce.value(parameters, time: time), into: rates)
    }
    if let shifting {
      shifting.find(grid, sortedPositions, masses: particles.masses, fluidCount: fluidCount)
      if Part.hasDensity { shifting.store(grid, into: rates, dimension: dimension) }
      if Part.hasForce { shifting.carry(grid, sortedPositions, velocity: velocity) }
    }
    let coordinates = fluidCount * dimension
    let acceleration = rates + coordinates, densityRates = rates + 2 * coordinates
    let densities = state + 2 * coordinates
    let gravity = bodyForce.value(parameters, time: time)
    grid.order.withUnsafeBufferPointer { order in
      for s in 0..<count {
        let i = Int(order[s])
        if i >= fluidCount { continue }
        if !isFree(i) {
          holdOpen(i, place: s, density: densities[i], Part.self, into: rates)
          continue
        }
        if Part.hasDensity { densityRates[i] = Double(densityRate.pointer[s]) }
        if !Part.hasForce { continue }
        let p = acceleration + i &* dimension, inverse = 1 / densities[i]
        p[0] = Double(force.x.pointer[s]) * inverse + gravity[0]
        if dimension > 1 { p[1] = Double(force.y.pointer[s]) * inverse + gravity[1] }
        if dimension > 2 { p[2] = Double(force.z.pointer[s]) * inverse + gravity[2] }
        if let shifting { shifting.acceleration.add(place: s, to: p, dimension: dimension) }
      }
    }
    if Part.hasForce { try added?.add(state, parameters, time: time, to: acceleration) }
  }

  /// The rates of a particle that enters, leaves or is parked.
  private func holdOpen<Part: ContinuityPart>(
    _ particle: Int, place: Int, density: Double, _ part: Part.Type, into rates: UnsafeMutablePointer<Double>
  ) {
    let coordinates = fluidCount * dimension
    if Part.hasForce {
      for axis in 0..<dimension { rates[coordinates + particle * dimension + axis] = 0 }
    }
    guard Part.hasDensity else { return }
    let rest = system.fluid.restDensity
    let aim: Double
    switch roles[particle] {
    case .entering: aim = rest + Double(excess.pointer[place])
    case .leaving: aim = rest
    case .inside, .parked: aim = density
    }
    rates[2 * coordinates + particle] = pace * (aim - density)
  }

  private func findSolidForces(
    _ solids: SolidForces<L, D>, _ parameters: UnsafePointer<Double>, time: Double, wallsToo: Bool
  ) {
    solids.mark(grid, wallsToo: wallsToo)
    solids.find(
      grid, sortedPositions, constants(parameters, time: time), fields, densityRate: densityRate.pointer,
      withContact: !wallsToo)
  }

  func solidForces(
    _ state: UnsafePointer<Double>, _ parameters: UnsafePointer<Double>, time: Double,
    into forces: UnsafeMutablePointer<Double>
  ) throws(SolveFailure) {
    guard let solids else { return }
    try prepare(state, parameters, time: time)
    findSolidForces(solids, parameters, time: time, wallsToo: true)
    forces.update(from: solids.forces, count: system.solidCount * dimension)
  }

  private func pull<Part: ContinuityPart>(
    _ part: Part.Type, _ state: UnsafePointer<Double>, _ parameters: UnsafePointer<Double>, time: Double,
    rateSeed: UnsafePointer<Double>, into stateSeed: UnsafeMutablePointer<Double>,
    gradient: UnsafeMutablePointer<Double>
  ) throws(SolveFailure) {
    try prepare(state, parameters, time: time)
    let reverse = self.reverse ?? ReverseFields(count: count, dimension: dimension)
    self.reverse = reverse
    let coordinates = fluidCount * dimension
    let accelerationSeed = rateSeed + coordinates, densityRateSeed = rateSeed + 2 * coordinates
    let densities = state + 2 * coordinates, densitySeed = stateSeed + 2 * coordinates
    particles.place(seed: accelerationSeed)
    for i in roles.indices where !isFree(i) {
      for axis in 0..<dimension { particles.seeds[i * dimension + axis] = 0 }
      if Part.hasDensity, roles[i] != .parked { densitySeed[i] -= pace * densityRateSeed[i] }
    }
    grid.order.withUnsafeBufferPointer { order in
      let order = order.baseAddress!
      reverse.seed.gather(particles.seeds, order: order, count: count, dimension: dimension, origin: [])
      reverse.seed.multiply(count: count) { Scalar(1 / particles.masses[Int(order[$0])]) }
      for s in 0..<count {
        let i = Int(order[s])
        reverse.rateSeed.pointer[s] = i < fluidCount && isFree(i) ? Scalar(densityRateSeed[i]) : 0
      }
    }
    let seeds = reverse.seeds
    var viscosity = 0.0, gravity = [0.0, 0.0, 0.0]
    if Part.hasForce, particles.bodies != nil, let solids {
      findSolidForces(solids, parameters, time: time, wallsToo: false)
      solids.seed(
        grid, rateSeed, state, parameters, into: reverse.seed, stateSeed: stateSeed, gradient: gradient,
        gravitySeed: &gravity)
      grid.sweep(
        sortedPositions,
        ContinuityRatesAdjoint<L, D, WithSolids<Part>>(
          constants: constants(parameters, time: time), fields: fields, seed: reverse.seed,
          rateSeed: reverse.rateSeed.values, seeds: seeds))
      solids.pullContact(grid, sortedPositions, seed: reverse.seed, positionSeed: seeds.position)
    } else {
      grid.sweep(
        sortedPositions,
        ContinuityRatesAdjoint<L, D, Part>(
          constants: constants(parameters, time: time), fields: fields, seed: reverse.seed,
          rateSeed: reverse.rateSeed.values, seeds: seeds))
    }
    correction?.pull(grid, sortedPositions, fields, seed: reverse.seed, rateSeed: reverse.rateSeed, into: seeds)
    if Part.hasDensity, let gradients {
      gradients.find(grid, sortedPositions, volume: volume, fluid: fluid, excess: excess)
      gradients.pull(grid, sortedPositions, excess: excess, rateSeed: reverse.rateSeed, into: seeds)
    }
    if let shifting {
      shifting.find(grid, sortedPositions, masses: particles.masses, fluidCount: fluidCount)
      shifting.pull(
        grid, sortedPositions, velocity: velocity, rateSeed: Part.hasDensity ? rateSeed : nil,
        seed: Part.hasForce ? reverse.seed : nil, positionSeed: seeds.position, velocitySeed: seeds.velocity,
        dimension: dimension)
    }
    let active = grid.sortedCount
    for s in 0..<active { viscosity += Double(seeds.viscosity.pointer[s]) }
    // Each pair was seen from both sides, and 2ν counts twice.
    gradient[offsets.viscosity] += viscosity * system.fluid.restDensity
    seeds.restGradient.total(count: active, times: restGradientFactor / 2, into: &gravity)
    for i in 0..<fluidCount where isFree(i) {
      for axis in 0..<dimension { gravity[axis] += accelerationSeed[i * dimension + axis] }
    }

    // From the density of the equation of state and of the volume to what it depends on.
    let equation = scheme.equationOfState, rest = system.fluid.restDensity, c = scheme.soundSpeed
    for s in 0..<active {
      let share = seeds.volume.pointer[s] * volume.pointer[s] / (Scalar(rest) + excess.pointer[s])
      if fluid.pointer[s] > 0 {
        seeds.density.pointer[s] -= share
      } else {
        let slope = equation.densitySlope(atPressure: Double(pressure.pointer[s]), restDensity: rest, soundSpeed: c)
        seeds.pressure.pointer[s] -= share * Scalar(slope)
        let i = Int(grid.order[s])
        if Part.hasDensity, i < fluidCount {
          // Its density follows the extrapolated one.
          seeds.pressure.pointer[s] += Scalar(pace * densityRateSeed[i] * slope)
        }
      }
    }
    if let walls {
      walls.pull(
        grid, sortedPositions, kernel,
        gravity: vector(bodyForce.value(parameters, time: time), times: 1) as LaneVector<L, D>, restDensity: rest,
        velocity: velocity, excess: excess, pressure: pressure, fluid: fluid,
        mirrors: mirrors, seeds: seeds)
      walls.gravitySeed.total(count: active, times: 0.5, into: &gravity)
    }
    bodyForce.pull(gravity, time: time, into: gradient)

    grid.order.withUnsafeBufferPointer { order in
      let order = order.baseAddress!
      for s in 0..<active {
        let i = Int(order[s])
        if i >= fluidCount || !isInFlow(i) { continue }
        let slope = scheme.pressureSlope(densities[i], restDensity: rest)
        densitySeed[i] += Double(seeds.density.pointer[s]) + slope * Double(seeds.pressure.pointer[s])
      }
      particles.clearSeeds()
      seeds.position.scatter(adding: particles.seeds, order: order, count: active, dimension: dimension)
      particles.pullPositions(parameters, into: stateSeed, gradient, time: time)
      particles.pullBodies(state, parameters, areVelocities: false, into: stateSeed, gradient)
      particles.clearSeeds()
      seeds.velocity.scatter(adding: particles.seeds, order: order, count: active, dimension: dimension)
      seeds.mirrored.scatter(adding: particles.seeds, order: order, count: active, dimension: dimension)
      particles.pullVelocities(parameters, into: stateSeed, gradient, time: time)
      particles.pullBodies(state, parameters, areVelocities: true, into: stateSeed, gradient)
    }
    if Part.hasForce {
      try added?.pull(
        state, parameters, time: time, seed: accelerationSeed, into: stateSeed, gradient: gradient)
    }
  }
}
