import DifferentiableCore

/// Steps a rate engine, forward and in reverse; holds the vectors that a step needs.
final class Integrator {
  let engine: SpecializedRateEngine
  let shape: StateShape
  private let method: TimeIntegration
  private let box: ParticleBox
  private let rates: UnsafeMutablePointer<Double>
  private let midway: UnsafeMutablePointer<Double>
  private let rateSeed: UnsafeMutablePointer<Double>
  private let midwaySeed: UnsafeMutablePointer<Double>

  init(_ engine: SpecializedRateEngine, _ shape: StateShape, _ method: TimeIntegration, box: ParticleBox) {
    self.engine = engine
    self.shape = shape
    self.method = method
    self.box = box
    func vector() -> UnsafeMutablePointer<Double> {
      let pointer = UnsafeMutablePointer<Double>.allocate(capacity: max(1, shape.count))
      pointer.initialize(repeating: 0, count: max(1, shape.count))
      return pointer
    }
    rates = vector()
    midway = vector()
    rateSeed = vector()
    midwaySeed = vector()
  }

  deinit {
    rates.deallocate()
    midway.deallocate()
    rateSeed.deallocate()
    midwaySeed.deallocate()
  }

  typealias Vector = UnsafeMutablePointer<Double>
  typealias Values = UnsafePointer<Double>

  func advance(_ y: Vector, _ parameters: Values, time: Double, step dt: Double) throws(SolveFailure) {
    switch method {
    case .symplecticEuler:
      try engine.rates(y, parameters, time, rates)
      kick(y, from: y, by: dt)
      drift(y, from: y, velocities: y, by: dt, transport: dt)
    case .verlet:
      midway.update(from: y, count: shape.count)
      driftPlainly(midway, from: y, velocities: y, by: dt / 2)
      wrap(midway)
      try engine.rates(midway, parameters, time + dt / 2, rates)
      kick(y, from: y, by: dt)
      drift(y, from: midway, velocities: y, by: dt / 2, transport: dt)
    case .rungeKutta2:
      try engine.rates(y, parameters, time, rates)
      drift(midway, from: y, velocities: y, by: dt / 2, transport: dt / 2)
      kick(midway, from: y, by: dt / 2)
      wrap(midway)
      try engine.rates(midway, parameters, time + dt / 2, rates)
      drift(y, from: y, velocities: midway, by: dt, transport: dt)
      kick(y, from: y, by: dt)
    }
    for k in shape.given { y[k] = rates[k] }
    wrap(y)
  }

  /// Replaces `seed` on the state after the step by the seed on `y`, the state before it. What the last evaluation
  /// assigned is taken from the state `after` the step.
  func pull(
    from y: Values, to after: Values, _ parameters: Values, time: Double, step dt: Double, seed: Vector,
    gradient: Vector
  ) throws(SolveFailure) {
    let n = shape.coordinates, assigned = after + shape.given.lowerBound
    switch method {
    case .symplecticEuler:
      // The position after the step carries the velocity after it.
      for k in 0..<n { seed[n + k] += dt * seed[k] }
      seedRates(seed, kick: dt, transport: dt)
      try engine.pullRates(y, parameters, time, assigned, rateSeed, seed, gradient)
    case .verlet:
      midway.update(from: y, count: shape.count)
      driftPlainly(midway, from: y, velocities: y, by: dt / 2)
      wrap(midway)
      for k in 0..<n { seed[n + k] += dt / 2 * seed[k] }
      seedRates(seed, kick: dt, transport: dt)
      // The state midway has the new positions and the old rest: its seeds add to those of the state before.
      try engine.pullRates(midway, parameters, time + dt / 2, assigned, rateSeed, seed, gradient)
      for k in 0..<n { seed[n + k] += dt / 2 * seed[k] }
    case .rungeKutta2:
      try engine.rates(y, parameters, time, rates)
      midway.update(from: y, count: shape.count)
      drift(midway, from: y, velocities: y, by: dt / 2, transport: dt / 2)
      kick(midway, from: y, by: dt / 2)
      wrap(midway)
      midwaySeed.update(repeating: 0, count: shape.count)
      for k in 0..<n { midwaySeed[n + k] = dt * seed[k] }
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
      try engine.pullRates(y, parameters, time, nil, rateSeed, seed, gradient)
    }
  }

  // MARK: - Parts of a step

  /// Shifts whole periods, which changes no derivative.
  private func wrap(_ state: Vector) { box.wrap(state, count: shape.coordinates / box.dimension) }

  private func kick(_ target: Vector, from y: Values, by dt: Double) {
    let rates = rates, range = shape.kicked
    for k in range { target[k] = y[k] + dt * rates[k] }
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
    for k in shape.given {
      rateSeed[k] = seed[k]
      seed[k] = 0
    }
  }
}
