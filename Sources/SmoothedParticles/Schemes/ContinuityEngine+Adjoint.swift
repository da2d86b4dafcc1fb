import DifferentiableCore

extension ContinuityEngine {
  private var reverseFields: ReverseFields {
    let fields = reverse ?? ReverseFields(count: count, dimension: dimension)
    reverse = fields
    return fields
  }

  func pull<Part: ContinuityPart>(
    _ part: Part.Type, _ state: UnsafePointer<Double>, _ parameters: UnsafePointer<Double>, time: Double,
    rateSeed: UnsafePointer<Double>, into stateSeed: UnsafeMutablePointer<Double>,
    gradient: UnsafeMutablePointer<Double>
  ) throws(SolveFailure) {
    try prepare(state, parameters, time: time)
    shifting?.find(grid, sortedPositions, masses: particles.masses, fluidCount: fluidCount)
    let gravity = findSeeds(
      part, state, parameters, time: time, rateSeed: rateSeed, into: stateSeed, gradient: gradient)
    let densityRateSeed = rateSeed + 2 * fluidCount * dimension
    settle(
      state, parameters, time: time, gravity: gravity, densityRateSeed: Part.hasDensity ? densityRateSeed : nil,
      into: stateSeed, gradient: gradient)
    if Part.hasForce {
      try added?.pull(
        state, parameters, time: time, seed: rateSeed + fluidCount * dimension, into: stateSeed, gradient: gradient)
    }
  }

  /// Both parts see the same places and densities: they are sorted once, walls are extrapolated to once, and seeds on them
  /// go back to the fluid once.
  func pullInTurn(
    _ state: UnsafePointer<Double>, kicked: UnsafePointer<Double>, _ parameters: UnsafePointer<Double>, time: Double,
    rateSeed: UnsafePointer<Double>, seedVelocityRates: () -> Void, into stateSeed: UnsafeMutablePointer<Double>,
    gradient: UnsafeMutablePointer<Double>
  ) throws(SolveFailure) {
    guard openFlow == nil, mirrorPoints == nil, correction == nil else {
      try pullRates(
        of: .rest, kicked, parameters, time: time, rateSeed: rateSeed, into: stateSeed, gradient: gradient)
      seedVelocityRates()
      return try pullRates(
        of: .velocity, state, parameters, time: time, rateSeed: rateSeed, into: stateSeed, gradient: gradient)
    }
    try prepare(state, parameters, time: time)
    shifting?.find(grid, sortedPositions, masses: particles.masses, fluidCount: fluidCount)
    placeVelocities(kicked, parameters)
    _ = findSeeds(
      DensityAlone.self, kicked, parameters, time: time, rateSeed: rateSeed, into: stateSeed, gradient: gradient)
    grid.order.withUnsafeBufferPointer { order in
      particles.clearSeeds()
      reverseFields.seeds.velocity.scatter(
        adding: particles.seeds, order: order.baseAddress!, count: count, dimension: dimension)
    }
    particles.pullVelocities(parameters, into: stateSeed, gradient, time: time)
    particles.pullBodies(kicked, parameters, areVelocities: true, into: stateSeed, gradient)

    placeVelocities(state, parameters)
    seedVelocityRates()
    let gravity = findSeeds(
      ForceAfterDensity.self, state, parameters, time: time, rateSeed: rateSeed, into: stateSeed, gradient: gradient)
    settle(
      state, parameters, time: time, gravity: gravity, densityRateSeed: nil, into: stateSeed, gradient: gradient)
    try added?.pull(
      state, parameters, time: time, seed: rateSeed + fluidCount * dimension, into: stateSeed, gradient: gradient)
  }

  /// The adjoints of the pair sums at the state prepared, into the reverse fields' seeds. Returns the seed on gravity.
  private func findSeeds<Part: ContinuityPart>(
    _ part: Part.Type, _ state: UnsafePointer<Double>, _ parameters: UnsafePointer<Double>, time: Double,
    rateSeed: UnsafePointer<Double>, into stateSeed: UnsafeMutablePointer<Double>,
    gradient: UnsafeMutablePointer<Double>
  ) -> [Double] {
    let reverse = reverseFields
    let coordinates = fluidCount * dimension
    let accelerationSeed = rateSeed + coordinates, densityRateSeed = rateSeed + 2 * coordinates
    let densitySeed = stateSeed + 2 * coordinates
    particles.place(seed: accelerationSeed)
    var gravity = [0.0, 0.0, 0.0]
    let pull = bodyForce.value(parameters, time: time)
    for i in roles.indices where !isFree(i) {
      for axis in 0..<dimension { particles.seeds[i * dimension + axis] = 0 }
      if !Part.hasDensity || roles[i] == .parked { continue }
      let seed = pace * densityRateSeed[i]
      densitySeed[i] -= seed
      if roles[i] != .leaving { continue }
      let aim = hydrostatic(i, pull), worth = seed * aim.slope * system.fluid.restDensity
      if worth == 0 { continue }
      stateSeed[i * dimension + 1] += worth * pull[1]
      gravity[1] -= worth * aim.depth
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
    if Part.hasDensity {
      relaxation?.pull(
        grid, sortedPositions, masses: particles.masses, rateSeed: reverse.rateSeed, into: seeds)
    }
    if let shifting {
      shifting.pull(
        grid, sortedPositions, velocity: velocity, rateSeed: Part.hasDensity ? rateSeed : nil,
        seed: Part.hasForce ? reverse.seed : nil, positionSeed: seeds.position, velocitySeed: seeds.velocity,
        dimension: dimension)
    }
    for i in 0..<fluidCount where isFree(i) {
      for axis in 0..<dimension { gravity[axis] += accelerationSeed[i * dimension + axis] }
    }
    return gravity
  }

  func pullSolidForces(
    _ state: UnsafePointer<Double>, _ parameters: UnsafePointer<Double>, time: Double,
    forceSeed: UnsafePointer<Double>, into stateSeed: UnsafeMutablePointer<Double>,
    gradient: UnsafeMutablePointer<Double>
  ) throws(SolveFailure) {
    if system.solidCount == 0 { return }
    try prepare(state, parameters, time: time)
    let reverse = reverseFields
    particles.clearSeeds()
    (particles.seeds + fluidCount * dimension).update(from: forceSeed, count: system.solidCount * dimension)
    grid.order.withUnsafeBufferPointer { order in
      reverse.seed.gather(
        particles.seeds, order: order.baseAddress!, count: count, dimension: dimension, origin: [])
    }
    for s in 0..<count { reverse.rateSeed.pointer[s] = 0 }
    grid.sweep(
      sortedPositions,
      ContinuityRatesAdjoint<L, D, WithSolids<ForceAlone>>(
        constants: constants(parameters, time: time), fields: fields, seed: reverse.seed,
        rateSeed: reverse.rateSeed.values, seeds: reverse.seeds))
    settle(
      state, parameters, time: time, gravity: [0, 0, 0], densityRateSeed: nil, into: stateSeed, gradient: gradient)
  }

  /// From what the adjoints of pair sums left in the seeds, and from a seed on gravity, to state and parameters.
  private func settle(
    _ state: UnsafePointer<Double>, _ parameters: UnsafePointer<Double>, time: Double, gravity: [Double],
    densityRateSeed: UnsafePointer<Double>?, into stateSeed: UnsafeMutablePointer<Double>,
    gradient: UnsafeMutablePointer<Double>
  ) {
    let seeds = reverseFields.seeds, active = grid.sortedCount
    let densities = state + 2 * fluidCount * dimension, densitySeed = stateSeed + 2 * fluidCount * dimension
    var gravity = gravity, viscosity = 0.0
    for s in 0..<active { viscosity += Double(seeds.viscosity.pointer[s]) }
    // Each pair was seen from both sides, and 2ν counts twice.
    gradient[offsets.viscosity] += viscosity * system.fluid.restDensity
    seeds.restGradient.total(count: active, times: restGradientFactor / 2, into: &gravity)

    // From the density of the equation of state and of the volume to what it depends on.
    let equation = scheme.equationOfState, rest = system.fluid.restDensity, c = scheme.soundSpeed
    for s in 0..<active {
      let share = seeds.volume.pointer[s] * volume.pointer[s] / (Scalar(rest) + excess.pointer[s])
      if fluid.pointer[s] > 0 {
        seeds.density.pointer[s] -= share
      } else if mirrorPoints != nil {
        let slope = scheme.pressureSlope(rest + Double(excess.pointer[s]), restDensity: rest)
        seeds.density.pointer[s] = seeds.pressure.pointer[s] * Scalar(slope) - share
      } else {
        let slope = equation.densitySlope(atPressure: Double(pressure.pointer[s]), restDensity: rest, soundSpeed: c)
        seeds.pressure.pointer[s] -= share * Scalar(slope)
        let i = Int(grid.order[s])
        if let densityRateSeed, i < fluidCount {
          // Its density follows the extrapolated one.
          seeds.pressure.pointer[s] += Scalar(pace * densityRateSeed[i] * slope)
        }
      }
    }
    if let mirrorPoints {
      pullMirrors(mirrorPoints, state, parameters, time: time, gravity: &gravity, gradient: gradient)
    } else if let walls {
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
      if let mirrorPoints { for i in 0..<fluidCount { densitySeed[i] += mirrorPoints.densitySeeds[i] } }
      particles.clearSeeds()
      seeds.position.scatter(adding: particles.seeds, order: order, count: active, dimension: dimension)
      if let mirrorPoints { particles.add(seeds: mirrorPoints.positionSeeds) }
      particles.pullPositions(parameters, into: stateSeed, gradient, time: time)
      particles.pullBodies(state, parameters, areVelocities: false, into: stateSeed, gradient)
      particles.clearSeeds()
      seeds.velocity.scatter(adding: particles.seeds, order: order, count: active, dimension: dimension)
      seeds.mirrored.scatter(adding: particles.seeds, order: order, count: active, dimension: dimension)
      if let mirrorPoints { particles.add(seeds: mirrorPoints.velocitySeeds) }
      particles.pullVelocities(parameters, into: stateSeed, gradient, time: time)
      particles.pullBodies(state, parameters, areVelocities: true, into: stateSeed, gradient)
    }
  }
}
