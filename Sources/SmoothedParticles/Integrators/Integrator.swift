import DifferentiableCore

/// Steps a rate engine, forward and in reverse; holds the vectors that a step needs.
final class Integrator {
  let engine: SpecializedRateEngine
  let shape: StateShape
  private let method: TimeIntegration
  private let box: ParticleBox
  private let bodies: BodyMotion?
  /// A state has the velocities that the last step ended with: no particle entered or left after it.
  private let keepsVelocities: Bool
  /// Velocities and angular momenta of bodies.
  private let momenta: Range<Int>
  private let rates: UnsafeMutablePointer<Double>
  private let midway: UnsafeMutablePointer<Double>
  private let rateSeed: UnsafeMutablePointer<Double>
  private let midwaySeed: UnsafeMutablePointer<Double>
  private let kicked: UnsafeMutablePointer<Double>

  init(
    _ engine: SpecializedRateEngine, _ shape: StateShape, _ method: TimeIntegration, box: ParticleBox,
    bodies: BodyMotion? = nil, keepsVelocities: Bool = true
  ) {
    self.keepsVelocities = keepsVelocities
    self.engine = engine
    self.shape = shape
    self.method = method
    self.box = box
    self.bodies = bodies
    momenta = bodies?.layout.kicked ?? 0..<0
    func vector() -> UnsafeMutablePointer<Double> {
      let pointer = UnsafeMutablePointer<Double>.allocate(capacity: max(1, shape.count))
      pointer.initialize(repeating: 0, count: max(1, shape.count))
      return pointer
    }
    rates = vector()
    midway = vector()
    rateSeed = vector()
    midwaySeed = vector()
    kicked = vector()
  }

  deinit {
    rates.deallocate()
    midway.deallocate()
    rateSeed.deallocate()
    midwaySeed.deallocate()
    kicked.deallocate()
  }

  typealias Vector = UnsafeMutablePointer<Double>
  typealias Values = UnsafePointer<Double>

  func advance(_ y: Vector, _ parameters: Values, time: Double, step dt: Double) throws(SolveFailure) {
    switch method {
    case .symplecticEuler:
      if shape.integrated > 0 {
        midway.update(from: y, count: shape.count)
        try kickInTurn(y, at: midway, parameters, time: time, by: dt)
      } else {
        try engine.rates(y, parameters, time, rates)
        kick(y, from: y, by: dt)
      }
      drift(y, from: y, velocities: y, by: dt, transport: dt)
      bodies?.drift(y, from: y, framePose: y, momentum: y, by: dt, parameters)
    case .verlet:
      midway.update(from: y, count: shape.count)
      driftPlainly(midway, from: y, velocities: y, by: dt / 2)
      bodies?.drift(midway, from: y, framePose: y, momentum: y, by: dt / 2, parameters)
      wrap(midway)
      if shape.integrated > 0 {
        try kickInTurn(y, at: midway, parameters, time: time + dt / 2, by: dt)
      } else {
        try engine.rates(midway, parameters, time + dt / 2, rates)
        kick(y, from: y, by: dt)
      }
      drift(y, from: midway, velocities: y, by: dt / 2, transport: dt)
      bodies?.drift(y, from: midway, framePose: midway, momentum: y, by: dt / 2, parameters)
    case .rungeKutta2:
      try engine.rates(y, parameters, time, rates)
      drift(midway, from: y, velocities: y, by: dt / 2, transport: dt / 2)
      bodies?.drift(midway, from: y, framePose: y, momentum: y, by: dt / 2, parameters)
      kick(midway, from: y, by: dt / 2)
      wrap(midway)
      try engine.rates(midway, parameters, time + dt / 2, rates)
      drift(y, from: y, velocities: midway, by: dt, transport: dt)
      bodies?.drift(y, from: y, framePose: midway, momentum: midway, by: dt, parameters)
      kick(y, from: y, by: dt)
    }
    for k in shape.given { y[k] = rates[k] }
    wrap(y)
  }

  /// Replaces `seed` on the state after the step by the seed on `y`, the state before it. What the last evaluation
  /// assigned is taken from the state `after` the step, or found again where that has only zeros: no density is zero.
  func pull(
    from y: Values, to after: Values, _ parameters: Values, time: Double, step dt: Double, seed: Vector,
    gradient: Vector
  ) throws(SolveFailure) {
    let n = shape.coordinates, first = after + shape.given.lowerBound
    let assigned = shape.given.isEmpty || first.pointee == 0 ? nil : first
    switch method {
    case .symplecticEuler:
      // The position after the step carries the velocity after it.
      for k in 0..<n { seed[n + k] += dt * seed[k] }
      pullBodies(from: y, momentum: after, by: dt, parameters, seed, gradient)
      if shape.integrated > 0 {
        try pullKicksInTurn(at: y, to: after, parameters, time: time, by: dt, seed: seed, gradient: gradient)
      } else {
        seedRates(seed, kick: dt, transport: dt)
        try engine.pullRates(y, parameters, time, assigned, rateSeed, seed, gradient)
      }
    case .verlet:
      midway.update(from: y, count: shape.count)
      driftPlainly(midway, from: y, velocities: y, by: dt / 2)
      bodies?.drift(midway, from: y, framePose: y, momentum: y, by: dt / 2, parameters)
      wrap(midway)
      for k in 0..<n { seed[n + k] += dt / 2 * seed[k] }
      pullBodies(from: midway, momentum: after, by: dt / 2, parameters, seed, gradient)
      // The state midway has the new positions and the old rest: its seeds add to those of the state before.
      if shape.integrated > 0 {
        try pullKicksInTurn(
          at: midway, to: after, parameters, time: time + dt / 2, by: dt, seed: seed, gradient: gradient)
      } else {
        seedRates(seed, kick: dt, transport: dt)
        try engine.pullRates(midway, parameters, time + dt / 2, assigned, rateSeed, seed, gradient)
      }
      for k in 0..<n { seed[n + k] += dt / 2 * seed[k] }
      pullBodies(from: y, momentum: y, by: dt / 2, parameters, seed, gradient)
    case .rungeKutta2:
      try engine.rates(y, parameters, time, rates)
      midway.update(from: y, count: shape.count)
      drift(midway, from: y, velocities: y, by: dt / 2, transport: dt / 2)
      bodies?.drift(midway, from: y, framePose: y, momentum: y, by: dt / 2, parameters)
      kick(midway, from: y, by: dt / 2)
      wrap(midway)
      midwaySeed.update(repeating: 0, count: shape.count)
      for k in 0..<n { midwaySeed[n + k] = dt * seed[k] }
      bodies?.pullDrift(
        seed, from: y, framePose: midway, momentum: midway, by: dt, parameters, poseSeed: midwaySeed,
        momentumSeed: midwaySeed, gradient: gradient)
      seedRates(seed, kick: dt, transport: dt)
      try engine.pullRates(midway, parameters, time + dt / 2, assigned, rateSeed, midwaySeed, gradient)
      // From the state midway to the state before it.
      for k in 0..<n {
        seed[k] += midwaySeed[k]
        seed[n + k] += midwaySeed[n + k] + dt / 2 * midwaySeed[k]
        rateSeed[k] = dt / 2 * midwaySeed[k]
      }
      for k in 2 * n..<shape.kicked.upperBound { seed[k] += midwaySeed[k] }
      for k in shape.kicked { rateSeed[k] = dt / 2 * midwaySeed[k] }
      for k in shape.given { rateSeed[k] = 0 }
      if let bodies {
        bodies.pullDrift(
          midwaySeed, from: y, framePose: y, momentum: y, by: dt / 2, parameters, poseSeed: seed, momentumSeed: seed,
          gradient: gradient)
        for k in shape.bodyStart..<momenta.lowerBound { seed[k] += midwaySeed[k] }
        for k in momenta {
          seed[k] += midwaySeed[k]
          rateSeed[k] = dt / 2 * midwaySeed[k]
        }
      }
      try engine.pullRates(y, parameters, time, nil, rateSeed, seed, gradient)
    }
  }

  func solidForces(_ y: Values, _ parameters: Values, time: Double, into forces: Vector) throws(SolveFailure) {
    try engine.solidForces(y, parameters, time, forces)
  }

  func pullSolidForces(
    _ y: Values, _ parameters: Values, time: Double, forceSeed: Values, into stateSeed: Vector, gradient: Vector
  ) throws(SolveFailure) {
    try engine.pullSolidForces(y, parameters, time, forceSeed, stateSeed, gradient)
  }

  // MARK: - Kicks in turn

  // Density and velocity make an oscillator, sound. From one evaluation both would take a step of explicit Euler, which
  // is unstable; in turn, the velocity first and the rest with the new velocity, they are symplectic.

  /// Kicks `y` by the forces at the state `midway`, whose velocities become the new ones, then by the other rates there.
  private func kickInTurn(
    _ y: Vector, at midway: Vector, _ parameters: Values, time: Double, by dt: Double
  ) throws(SolveFailure) {
    let n = shape.coordinates
    try engine.partialRates(.velocity, midway, parameters, time, rates)
    for k in n..<2 * n { y[k] += dt * rates[k] }
    for k in momenta { y[k] += dt * rates[k] }
    // The positions midway stay: a drift may begin there.
    (midway + n).update(from: y + n, count: n)
    (midway + momenta.lowerBound).update(from: y + momenta.lowerBound, count: momenta.count)
    try engine.partialRates(.rest, midway, parameters, time, rates)
    for k in 2 * n..<shape.kicked.upperBound { y[k] += dt * rates[k] }
  }

  private func pullKicksInTurn(
    at state: Values, to after: Values, _ parameters: Values, time: Double, by dt: Double, seed: Vector,
    gradient: Vector
  ) throws(SolveFailure) {
    let n = shape.coordinates, momenta = momenta, rateSeed = rateSeed
    kicked.update(from: state, count: shape.count)
    if keepsVelocities {
      (kicked + n).update(from: after + n, count: n)
      (kicked + momenta.lowerBound).update(from: after + momenta.lowerBound, count: momenta.count)
    } else {
      try engine.partialRates(.velocity, state, parameters, time, rates)
      for k in n..<2 * n { kicked[k] += dt * rates[k] }
      for k in momenta { kicked[k] += dt * rates[k] }
    }
    seedRates(seed, kick: dt, transport: dt)
    for k in n..<2 * n { rateSeed[k] = 0 }
    let seedVelocityRates = { [count = shape.count] in
      rateSeed.update(repeating: 0, count: count)
      for k in n..<2 * n { rateSeed[k] = dt * seed[k] }
      for k in momenta { rateSeed[k] = dt * seed[k] }
    }
    try engine.pullInTurn(state, kicked, parameters, time, rateSeed, seedVelocityRates, seed, gradient)
  }

  // MARK: - Parts of a step

  /// The drift of bodies from the poses in `source`, with the spins that those poses and `momentum` give.
  private func pullBodies(
    from source: Values, momentum: Values, by dt: Double, _ parameters: Values, _ seed: Vector, _ gradient: Vector
  ) {
    bodies?.pullDrift(
      seed, from: source, framePose: source, momentum: momentum, by: dt, parameters, poseSeed: seed,
      momentumSeed: seed, gradient: gradient)
  }

  /// Shifts whole periods, which changes no derivative.
  private func wrap(_ state: Vector) { box.wrap(state, count: shape.coordinates / box.dimension) }

  private func kick(_ target: Vector, from y: Values, by dt: Double) {
    let rates = rates, range = shape.kicked
    for k in range { target[k] = y[k] + dt * rates[k] }
    for k in momenta { target[k] = y[k] + dt * rates[k] }
  }

  /// Positions along velocities, and along what the rates add to them.
  private func drift(_ target: Vector, from y: Values, velocities: Values, by dt: Double, transport: Double) {
    let n = shape.coordinates, rates = rates
    for k in 0..<n { target[k] = y[k] + dt * velocities[n &+ k] + transport * rates[k] }
  }

  private func driftPlainly(_ target: Vector, from y: Values, velocities: Values, by dt: Double) {
    let n = shape.coordinates
    for k in 0..<n { target[k] = y[k] + dt * velocities[n &+ k] }
  }

  /// The seed on the rates of a step's last evaluation, from the seed after the step; what was assigned is used up.
  private func seedRates(_ seed: Vector, kick: Double, transport: Double) {
    let n = shape.coordinates
    for k in 0..<n { rateSeed[k] = transport * seed[k] }
    for k in shape.kicked { rateSeed[k] = kick * seed[k] }
    for k in momenta { rateSeed[k] = kick * seed[k] }
    for k in shape.given {
      rateSeed[k] = seed[k]
      seed[k] = 0
    }
  }
}
