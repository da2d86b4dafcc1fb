import DifferentiableCore

/// The rates of `ContinuityScheme`: acceleration and rate of density of the fluid among its walls.
///
/// Fluid and wall particles are sorted together, the fluid first in the order before sorting.
final class ContinuityEngine<L: PairLanes, D: SpaceDimension>: RateEngine {
  typealias Scalar = L.Scalar

  let system: ParticleSystem
  let scheme: ContinuityScheme
  let numerics: ParticleNumerics
  let grid: CellGrid
  let kernel: KernelLanes<L>
  let offsets: ParameterOffsets
  let bodyForce: BodyForce
  let particles: WalledParticles
  let fluidCount: Int
  let count: Int
  let dimension: Int

  let position: SortedVectors<Scalar>
  let velocity: SortedVectors<Scalar>
  let mirrored: SortedVectors<Scalar>
  let force: SortedVectors<Scalar>
  let excess: SortedField<Scalar>
  let pressure: SortedField<Scalar>
  let volume: SortedField<Scalar>
  let grip: SortedField<Scalar>
  let fluid: SortedField<Scalar>
  /// Of fluid everything, of others the fluid around them.
  let partners: PartnerField
  /// One for walls with the mirrored velocity of the fluid, zero for all others.
  let mirrors: SortedField<Scalar>
  let openFlow: OpenFlow?
  /// Of each fluid particle, in the order before sorting; empty where all are inside.
  var roles: [FluidRole] = []
  let densityRate: SortedField<Scalar>
  let walls: WallFields<Scalar>?
  let mirrorPoints: MirrorPoints?
  let shifting: ShiftFields<L, D>?
  let gradients: GradientFields<L, D>?
  let solids: SolidForces<L, D>?
  let added: AddedForces<L, D>?
  let correction: CorrectionFields<L, D>?
  let relaxation: DensityRelaxation<L, D>?
  var reverse: ReverseFields?

  /// What only the reverse sweep needs.
  struct ReverseFields {
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
    partners = PartnerField(count: count)
    mirrors = SortedField(count: count)
    openFlow = system.openFlow
    if openFlow != nil { roles = [FluidRole](repeating: .inside, count: fluidCount) }
    densityRate = SortedField(count: count)
    walls = hasWalls ? WallFields(count: count, dimension: dimension) : nil
    mirrorPoints = MirrorPoints(system, numerics, soundSpeed: scheme.soundSpeed)
    solids =
      system.solidCount > 0
      ? SolidForces(system, soundSpeed: scheme.soundSpeed, motion: particles.bodies) : nil
    added = AddedForces(system, numerics)
    correction =
      scheme.correctsGradients
      ? CorrectionFields(
        kernel, restDensity: system.fluid.restDensity, count: count, dimension: dimension) : nil
    relaxation = scheme.densityRelaxation != 0 ? DensityRelaxation(scheme, numerics, system, count: count) : nil
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

  var sortedPositions: SortedPositions<L> {
    SortedPositions(x: position.x.values, y: position.y.values, z: position.z.values)
  }

  var fields: ContinuityFields<Scalar> {
    ContinuityFields(
      velocity: velocity, mirrored: mirrored, excess: excess.values, pressure: pressure.values,
      volume: volume.values, grip: grip.values, fluid: fluid.values, partners: partners.values,
      felt: solids?.felt.values ?? fluid.values)
  }

  func vector(_ p: [Double], times factor: Double) -> LaneVector<L, D> {
    LaneVector(
      x: .broadcast(Scalar(p[0] * factor)), y: .broadcast(dimension > 1 ? Scalar(p[1] * factor) : 0),
      z: .broadcast(dimension > 2 ? Scalar(p[2] * factor) : 0))
  }

  func constants(_ parameters: UnsafePointer<Double>, time: Double) -> ContinuityConstants<L, D> {
    let h = numerics.smoothingLength, c = scheme.soundSpeed, rest = system.fluid.restDensity
    return ContinuityConstants(
      kernel: kernel, restDensity: Scalar(rest), artificial: Scalar(scheme.artificialViscosity * h * c * rest),
      twiceViscosity: Scalar(2 * parameters[offsets.viscosity] * rest), softening: Scalar(0.01 * h * h),
      diffusion: Scalar(scheme.diffusion == .none ? 0 : 2 * scheme.diffusionStrength * h * c),
      restGradient: vector(bodyForce.value(parameters, time: time), times: restGradientFactor))
  }

  /// The gradient of density at rest over gravity.
  var restGradientFactor: Double {
    scheme.diffusion == .dynamic ? system.fluid.restDensity / (scheme.soundSpeed * scheme.soundSpeed) : 0
  }

  /// Sorts, and prepares what the forces read.
  func prepare(
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
    grid.order.withUnsafeBufferPointer { order in
      let order = order.baseAddress!
      position.gather(particles.positions, order: order, count: count, dimension: dimension, origin: system.box.lower)
      velocity.gather(particles.velocities, order: order, count: count, dimension: dimension, origin: [])
      if walls != nil {
        mirrored.gather(particles.velocities, order: order, count: count, dimension: dimension, origin: [])
      }
      let shared = UncheckedShared((engine: self, order: order, densities: densities))
      concurrentlyForEach(count: count) { range in
        let (engine, order, densities) = shared.value
        engine.prepare(places: range, order, densities: densities)
      }
    }
    if let mirrorPoints {
      takeFromMirrors(mirrorPoints, state, parameters, time: time)
      return
    }
    guard let walls else { return }
    walls.extrapolate(
      grid, sortedPositions, kernel,
      gravity: vector(bodyForce.value(parameters, time: time), times: 1) as LaneVector<L, D>,
      restDensity: system.fluid.restDensity, velocity: velocity, excess: excess, pressure: pressure, fluid: fluid)
    let shared = UncheckedShared((engine: self, walls: walls))
    concurrentlyForEach(count: count) { range in
      let (engine, walls) = shared.value
      engine.take(walls, places: range)
    }
  }

  /// What was extrapolated to the solid particles in some sorted places.
  private func take(_ walls: WallFields<Scalar>, places: Range<Int>) {
    let equation = scheme.equationOfState, rest = system.fluid.restDensity, c = scheme.soundSpeed
    for s in places where fluid.pointer[s] == 0 {
      let found = walls.pressure.pointer[s]
      let density = equation.density(atPressure: Double(found), restDensity: rest, soundSpeed: c)
      pressure.pointer[s] = found
      partners.pointer[s] = walls.partners.pointer[s]
      excess.pointer[s] = Scalar(density - rest)
      volume.pointer[s] = Scalar(particles.masses[Int(grid.order[s])] / density)
      if mirrors.pointer[s] > 0 { walls.mirror(velocity, into: mirrored, at: s) }
    }
  }

  /// What depends on a particle alone.
  private func prepare(places: Range<Int>, _ order: UnsafePointer<Int32>, densities: UnsafePointer<Double>) {
    let rest = system.fluid.restDensity, mirrorsWalls = system.walls.friction == .noSlip
    for s in places {
      let i = Int(order[s])
      let isFluid = i < fluidCount && isInFlow(i)
      let density = isFluid ? densities[i] : rest
      let isMirrored = i >= fluidCount && mirrorsWalls
      fluid.pointer[s] = isFluid ? 1 : 0
      partners.pointer[s] = .everything
      grip.pointer[s] = i < fluidCount || isMirrored ? 1 : 0
      mirrors.pointer[s] = isMirrored ? 1 : 0
      excess.pointer[s] = Scalar(density - rest)
      volume.pointer[s] = Scalar(particles.masses[i] / density)
      pressure.pointer[s] = isFluid ? Scalar(scheme.pressure(density, restDensity: rest)) : 0
    }
  }

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
    case .rest:
      placeVelocities(state, parameters)
      try evaluatePrepared(DensityAlone.self, state, parameters, time: time, into: rates)
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

  /// Replaces the velocities of what is prepared. Friction keeps the ones before.
  func placeVelocities(_ state: UnsafePointer<Double>, _ parameters: UnsafePointer<Double>) {
    particles.placeVelocities(state, parameters)
    grid.order.withUnsafeBufferPointer { order in
      velocity.gather(
        particles.velocities, order: order.baseAddress!, count: count, dimension: dimension, origin: [])
    }
  }

  func evaluate<Part: ContinuityPart>(
    _ part: Part.Type, _ state: UnsafePointer<Double>, _ parameters: UnsafePointer<Double>, time: Double,
    into rates: UnsafeMutablePointer<Double>
  ) throws(SolveFailure) {
    try prepare(state, parameters, time: time)
    shifting?.find(grid, sortedPositions, masses: particles.masses, fluidCount: fluidCount)
    try evaluatePrepared(part, state, parameters, time: time, into: rates)
  }

  private func evaluatePrepared<Part: ContinuityPart>(
    _ part: Part.Type, _ state: UnsafePointer<Double>, _ parameters: UnsafePointer<Double>, time: Double,
    into rates: UnsafeMutablePointer<Double>
  ) throws(SolveFailure) {
    grid.sweep(
      sortedPositions,
      ContinuityRates<L, D, Part>(
        constants: constants(parameters, time: time), fields: fields, force: force, densityRate: densityRate.pointer))
    correction?.correct(part, grid, sortedPositions, fields, force: force, densityRate: densityRate)
    if Part.hasDensity, let gradients {
      gradients.find(grid, sortedPositions, volume: volume, fluid: fluid, excess: excess)
      gradients.diffuse(grid, sortedPositions, into: densityRate)
    }
    if Part.hasDensity {
      relaxation?.relax(
        grid, sortedPositions, masses: particles.masses, excess: excess, into: densityRate)
    }
    if Part.hasForce, particles.bodies != nil, let solids {
      findSolidForces(solids, parameters, time: time, wallsToo: false)
      solids.rates(state, parameters, gravity: bodyForce.value(parameters, time: time), into: rates)
    }
    if let shifting {
      if Part.hasDensity { shifting.store(grid, into: rates, dimension: dimension) }
      if Part.hasForce { shifting.carry(grid, sortedPositions, velocity: velocity) }
    }
    let gravity = bodyForce.value(parameters, time: time)
    grid.order.withUnsafeBufferPointer { order in
      let shared = UncheckedShared((engine: self, order: order.baseAddress!, state: state, rates: rates))
      concurrentlyForEach(count: count) { range in
        let (engine, order, state, rates) = shared.value
        engine.store(part, places: range, order, state, gravity: gravity, into: rates)
      }
    }
    if Part.hasForce { try added?.add(state, parameters, time: time, to: rates + fluidCount * dimension) }
  }

  /// From sums over pairs to rates of the particles in some sorted places.
  private func store<Part: ContinuityPart>(
    _ part: Part.Type, places: Range<Int>, _ order: UnsafePointer<Int32>, _ state: UnsafePointer<Double>,
    gravity: [Double], into rates: UnsafeMutablePointer<Double>
  ) {
    let coordinates = fluidCount * dimension
    let acceleration = rates + coordinates, densityRates = rates + 2 * coordinates
    let densities = state + 2 * coordinates
    for s in places {
      let i = Int(order[s])
      if i >= fluidCount { continue }
      if !isFree(i) {
        holdOpen(i, place: s, density: densities[i], gravity: gravity, part, into: rates)
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

  func findSolidForces(
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
}
