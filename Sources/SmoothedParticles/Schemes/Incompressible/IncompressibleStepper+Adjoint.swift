import DifferentiableCore

// A projection is v' = v - M⁻¹Dᵀλ with (D M⁻¹ Dᵀ + σ) λ = D v + c. From the seed s on v': with μ the solution of the same
// system for -D M⁻¹ s, on the multipliers that are not held at zero, v̄ = s + Dᵀμ, c̄ = μ, and the positions are worth
// what μ·D v' - λ·D M⁻¹v̄ changes by with v', v̄, λ and μ held fixed. For bodies v is their momenta, and D and M⁻¹ change with
// how they lie as well (`CoupledBodies`).
extension IncompressibleStepper {
  func pull(
    from y: Values, to after: Values, _ parameters: Values, time: Double, step dt: Double, seed: Vector,
    gradient: Vector
  ) throws(SolveFailure) {
    let coordinates = fluidCount * dimension
    let seeds = self.seeds ?? IncompressibleSeeds(count: count, dimension: dimension)
    self.seeds = seeds
    report = PressureReport()
    try keepDensity(y, parameters, time: time, step: dt)
    try removeDivergence(parameters, time: time, step: dt)

    // Back through the second solve, at the positions after the step.
    gather(seed: seed + coordinates, into: seeds)
    let hasSecond = scheme.solves == .densityAndDivergence
    if hasSecond {
      try pullProjection(
        lambda, purpose: "adjoint of the divergence solve", seeds, bodySeed: seed, gradient: gradient)
    } else {
      seeds.position.clear(count: count)
    }
    for s in 0..<count {
      let i = Int(grid.order[s])
      let lacking = hasSecond && slack(s) > 0 ? mu[s] / dt : 0
      seeds.density.pointer[s] = i < fluidCount ? Scalar(seed[2 * coordinates + i] + lacking) : 0
    }
    pullDensities(seeds)
    midwaySeed.update(from: seed, count: coordinates)
    (midwaySeed + coordinates).update(repeating: 0, count: coordinates)
    scatterPositions(seeds, parameters, into: midwaySeed, gradient, time: time + dt)
    particles.pullBodies(midway, parameters, areVelocities: false, into: seed, gradient)
    scatterVelocities(seeds, parameters, into: midwaySeed, gradient, time: time + dt)
    bodies?.pullDrift(seed, from: y, target: midway, by: dt, gradient: gradient)
    // The position after the step carries the velocity between the solves.
    for k in 0..<coordinates { midwaySeed[coordinates + k] += dt * midwaySeed[k] }

    // Back through the first one, at the positions before: its velocities after the solve, its seeds, its multipliers.
    midway.update(from: y, count: coordinates)
    if let layout = bodies?.motion.layout {
      for k in layout.position..<layout.velocity { midway[k] = y[k] }
    }
    try place(midway, parameters, time: time)
    gather(seed: midwaySeed + coordinates, into: seeds)
    try pullProjection(
      kappa, purpose: "adjoint of the density solve", seeds, bodySeed: seed, gradient: gradient)
    pullShift(seeds, step: dt)
    for s in 0..<count { seeds.density.pointer[s] = Scalar(scheme.densityRelaxation * mu[s] / dt) }
    pullDensities(seeds)

    // Gravity and friction.
    var gravity = [0.0, 0.0, 0.0]
    for s in 0..<count where fields.fluid.pointer[s] > 0 {
      gravity[0] += dt * Double(seeds.velocity.x.pointer[s])
      gravity[1] += dt * Double(seeds.velocity.y.pointer[s])
      if dimension > 2 { gravity[2] += dt * Double(seeds.velocity.z.pointer[s]) }
    }
    particles.place(y, parameters, time: time)
    grid.order.withUnsafeBufferPointer { order in
      fields.felt.gather(
        particles.velocities, order: order.baseAddress!, count: count, dimension: dimension, origin: [])
    }
    let perViscosity = frictionPerViscosity(dt)
    if let bodies {
      rub(strength: perViscosity * parameters[offsets.viscosity])
      bodies.pullPush(
        grid, sortedPositions, friction: fields.push, mass: fields.mass, step: dt, seed, gradient: gradient,
        gravity: &gravity, into: seeds.overMass, positionSeed: seeds.position)
    }
    bodyForce.pull(gravity, time: time, into: gradient)
    grid.sweep(
      sortedPositions,
      LaminarFrictionAdjoint<L, D>(
        kernel: kernel, strength: Scalar(perViscosity * parameters[offsets.viscosity]), mass: fields.mass.values,
        fluid: fields.fluid.values, grip: fields.grip.values, velocity: fields.felt, seed: seeds.overMass,
        positionSeed: seeds.position,
        velocitySeed: seeds.friction, strengthSeed: seeds.strength.pointer))
    var strength = 0.0
    for s in 0..<count { strength += Double(seeds.strength.pointer[s]) }
    // Each pair was seen from both sides.
    gradient[offsets.viscosity] += perViscosity / 2 * strength
    if added != nil {
      // The seed on the accelerations of added forces.
      scatter(seeds.velocity, into: midwaySeed + coordinates)
      for k in coordinates..<2 * coordinates { midwaySeed[k] *= dt }
    }
    seeds.velocity.add(seeds.friction, times: 1, count: count)

    seed.update(from: midwaySeed, count: coordinates)
    // The density after a step is summed anew.
    (seed + coordinates).update(repeating: 0, count: coordinates + fluidCount)
    try added?.pull(
      y, parameters, time: time, seed: midwaySeed + coordinates, into: seed, gradient: gradient)
    scatterPositions(seeds, parameters, into: seed, gradient, time: time)
    particles.pullBodies(y, parameters, areVelocities: false, into: seed, gradient)
    scatterVelocities(seeds, parameters, into: seed, gradient, time: time)
    particles.pullBodies(y, parameters, areVelocities: true, into: seed, gradient)
  }

  /// From the seed on the positions after the step, in `midwaySeed`, to those before it through the shift.
  private func pullShift(_ seeds: IncompressibleSeeds<Scalar>, step dt: Double) {
    if !shifts { return }
    particles.place(seed: midwaySeed)
    grid.order.withUnsafeBufferPointer { order in
      seeds.friction.gather(
        particles.seeds, order: order.baseAddress!, count: count, dimension: dimension, origin: [])
    }
    seeds.friction.multiply(count: count) { fields.inverseMass.pointer[$0] }
    let factor = Scalar(shiftingFactor(dt))
    for s in 0..<count {
      seeds.lambda.pointer[s] = factor * fields.mass.pointer[s]
      seeds.mu.pointer[s] = 0
    }
    pullLever(u: fields.velocity, q: seeds.friction, seeds)
  }

  /// Adds what μ·D u - λ·D q changes by with the positions.
  private func pullLever(u: SortedVectors<Scalar>, q: SortedVectors<Scalar>, _ seeds: IncompressibleSeeds<Scalar>) {
    grid.sweep(
      sortedPositions,
      DensityRateLever<L, D>(
        kernel: kernel, mass: fields.mass.values, mu: seeds.mu.values, lambda: seeds.lambda.values, u: u, q: q,
        positionSeed: seeds.position))
  }

  /// Reads the seed on the fluid's velocities.
  private func gather(seed: Values, into seeds: IncompressibleSeeds<Scalar>) {
    particles.place(seed: seed)
    grid.order.withUnsafeBufferPointer { order in
      seeds.velocity.gather(
        particles.seeds, order: order.baseAddress!, count: count, dimension: dimension, origin: [])
    }
  }

  /// From `seeds.velocity` on the velocities after a projection to that before it, with `overMass`, `position` and `mu`.
  /// `fields.velocity` holds the velocities after it. The seed on the momenta of bodies is in `bodySeed`.
  private func pullProjection(
    _ multipliers: Vector, purpose: String, _ seeds: IncompressibleSeeds<Scalar>, bodySeed: Vector, gradient: Vector
  ) throws(SolveFailure) {
    let f = fields, isBounded = scheme.extent == .freeSurface
    f.push.copy(seeds.velocity, count: count)
    f.push.multiply(count: count) { f.inverseMass.pointer[$0] }
    bodies?.spread(bodySeed, gradient: gradient, into: f.push)
    rateOfDensity(of: f.push)
    var square = 0.0
    for s in 0..<count {
      mask[s] = f.fluid.pointer[s] > 0 && (!isBounded || multipliers[s] > 0) ? 1 : 0
      rightSide[s] = -mask[s] * Double(f.rate.pointer[s])
    }
    removeMean(rightSide)
    for s in 0..<count { square += rightSide[s] * rightSide[s] }
    // The multipliers that were held at zero stay there.
    try solve(
      into: mu, isBounded: false,
      PressureSolver.Limits(
        tolerance: scheme.adjointTolerance * square.squareRoot(), maxIterations: scheme.maxIterations,
        purpose: purpose))
    report.adjoint += solver.iterations
    for s in 0..<count {
      seeds.mu.pointer[s] = Scalar(mu[s])
      seeds.lambda.pointer[s] = Scalar(multipliers[s])
    }
    grid.sweep(
      sortedPositions,
      DensityRateTransposed<L, D>(
        kernel: kernel, mass: f.mass.values, multiplier: seeds.mu.values, factor: f.one.values,
        result: seeds.carried))
    // Walls that slide along themselves change no density.
    if system.walls.motion == .sliding { seeds.carried.multiply(count: count) { f.moves.pointer[$0] } }
    bodies?.pullVelocities(seeds.carried, into: bodySeed, gradient: gradient)
    seeds.velocity.add(seeds.carried, times: 1, count: count)
    seeds.overMass.copy(seeds.velocity, count: count)
    seeds.overMass.multiply(count: count) { f.inverseMass.pointer[$0] }
    if let bodies {
      grid.sweep(
        sortedPositions,
        DensityRateTransposed<L, D>(
          kernel: kernel, mass: f.mass.values, multiplier: seeds.lambda.values, factor: f.moves.values,
          result: f.push))
      bodies.pullImpulses(f.push, bodySeed, gradient: gradient, into: seeds.overMass)
    }
    seeds.position.clear(count: count)
    pullLever(u: f.velocity, q: seeds.overMass, seeds)
  }

  private func pullDensities(_ seeds: IncompressibleSeeds<Scalar>) {
    grid.sweep(
      sortedPositions,
      SummationDensityAdjoint<L, D>(
        kernel: kernel, mass: fields.mass.values, seed: seeds.density.values, positionSeed: seeds.position))
  }

  private func scatterPositions(
    _ seeds: IncompressibleSeeds<Scalar>, _ parameters: Values, into seed: Vector, _ gradient: Vector, time: Double
  ) {
    particles.clearSeeds()
    grid.order.withUnsafeBufferPointer { order in
      seeds.position.scatter(
        adding: particles.seeds, order: order.baseAddress!, count: count, dimension: dimension)
    }
    particles.pullPositions(parameters, into: seed, gradient, time: time)
  }

  private func scatterVelocities(
    _ seeds: IncompressibleSeeds<Scalar>, _ parameters: Values, into seed: Vector, _ gradient: Vector, time: Double
  ) {
    particles.clearSeeds()
    grid.order.withUnsafeBufferPointer { order in
      seeds.velocity.scatter(
        adding: particles.seeds, order: order.baseAddress!, count: count, dimension: dimension)
    }
    particles.pullVelocities(parameters, into: seed, gradient, time: time)
  }
}
