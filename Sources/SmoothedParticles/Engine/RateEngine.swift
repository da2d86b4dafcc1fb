import DifferentiableCore

/// The right-hand side of a scheme: from positions, velocities and what else a scheme carries to their rates, with the
/// transposed derivative. Holds its own buffers: one per caller.
///
/// State and rates have the same layout, `[position | velocity | carried blocks]`; the rates of position hold only what
/// is added to the velocity (transport, shifting).
protocol RateEngine: AnyObject {
  /// Rates at a state and a time, s.
  func rates(
    _ state: UnsafePointer<Double>, _ parameters: UnsafePointer<Double>, time: Double,
    into rates: UnsafeMutablePointer<Double>
  ) throws(SolveFailure)

  /// Adds to `stateSeed` and `gradient` what `rateSeed` on the rates at the same state is worth. `assigned` is what
  /// `rates` gave outright at this state, where that is known.
  func pullRates(
    _ state: UnsafePointer<Double>, _ parameters: UnsafePointer<Double>, time: Double,
    assigned: UnsafePointer<Double>?, rateSeed: UnsafePointer<Double>, into stateSeed: UnsafeMutablePointer<Double>,
    gradient: UnsafeMutablePointer<Double>
  ) throws(SolveFailure)

  /// The same for a caller that reads only some of the rates, or seeds only some, which saves work. The rest is asked for
  /// right after the velocity's, of a state that differs from the one before in velocities and momenta alone.
  func rates(
    of part: RatePart, _ state: UnsafePointer<Double>, _ parameters: UnsafePointer<Double>, time: Double,
    into rates: UnsafeMutablePointer<Double>
  ) throws(SolveFailure)

  func pullRates(
    of part: RatePart, _ state: UnsafePointer<Double>, _ parameters: UnsafePointer<Double>, time: Double,
    rateSeed: UnsafePointer<Double>, into stateSeed: UnsafeMutablePointer<Double>,
    gradient: UnsafeMutablePointer<Double>
  ) throws(SolveFailure)

  /// Adds to `stateSeed` and `gradient` what `rateSeed` on the rates at the state `kicked` other than the velocity's is
  /// worth, then, once `seedVelocityRates` has replaced `rateSeed` by a seed on the rates of velocity at `state`, what that
  /// is. The states differ in velocities and momenta alone.
  func pullInTurn(
    _ state: UnsafePointer<Double>, kicked: UnsafePointer<Double>, _ parameters: UnsafePointer<Double>, time: Double,
    rateSeed: UnsafePointer<Double>, seedVelocityRates: () -> Void, into stateSeed: UnsafeMutablePointer<Double>,
    gradient: UnsafeMutablePointer<Double>
  ) throws(SolveFailure)

  /// The fluid's forces on the particles of walls and bodies, `[solid particles, dimension]` N; leaves them where the
  /// scheme has none.
  func solidForces(
    _ state: UnsafePointer<Double>, _ parameters: UnsafePointer<Double>, time: Double,
    into forces: UnsafeMutablePointer<Double>
  ) throws(SolveFailure)

  /// Adds to `stateSeed` and `gradient` what `forceSeed` on `solidForces` at the same state is worth.
  func pullSolidForces(
    _ state: UnsafePointer<Double>, _ parameters: UnsafePointer<Double>, time: Double,
    forceSeed: UnsafePointer<Double>, into stateSeed: UnsafeMutablePointer<Double>,
    gradient: UnsafeMutablePointer<Double>
  ) throws(SolveFailure)
}

/// Some of a state's rates.
enum RatePart {
  case velocity
  /// All but the velocity's.
  case rest
}

extension RateEngine {
  func solidForces(
    _ state: UnsafePointer<Double>, _ parameters: UnsafePointer<Double>, time: Double,
    into forces: UnsafeMutablePointer<Double>
  ) throws(SolveFailure) {}

  func pullSolidForces(
    _ state: UnsafePointer<Double>, _ parameters: UnsafePointer<Double>, time: Double,
    forceSeed: UnsafePointer<Double>, into stateSeed: UnsafeMutablePointer<Double>,
    gradient: UnsafeMutablePointer<Double>
  ) throws(SolveFailure) {}

  func rates(
    of part: RatePart, _ state: UnsafePointer<Double>, _ parameters: UnsafePointer<Double>, time: Double,
    into rates: UnsafeMutablePointer<Double>
  ) throws(SolveFailure) {
    try self.rates(state, parameters, time: time, into: rates)
  }

  func pullRates(
    of part: RatePart, _ state: UnsafePointer<Double>, _ parameters: UnsafePointer<Double>, time: Double,
    rateSeed: UnsafePointer<Double>, into stateSeed: UnsafeMutablePointer<Double>,
    gradient: UnsafeMutablePointer<Double>
  ) throws(SolveFailure) {
    try pullRates(
      state, parameters, time: time, assigned: nil, rateSeed: rateSeed, into: stateSeed, gradient: gradient)
  }

  func pullInTurn(
    _ state: UnsafePointer<Double>, kicked: UnsafePointer<Double>, _ parameters: UnsafePointer<Double>, time: Double,
    rateSeed: UnsafePointer<Double>, seedVelocityRates: () -> Void, into stateSeed: UnsafeMutablePointer<Double>,
    gradient: UnsafeMutablePointer<Double>
  ) throws(SolveFailure) {
    try pullRates(
      of: .rest, kicked, parameters, time: time, rateSeed: rateSeed, into: stateSeed, gradient: gradient)
    seedVelocityRates()
    try pullRates(
      of: .velocity, state, parameters, time: time, rateSeed: rateSeed, into: stateSeed, gradient: gradient)
  }
}

/// A rate engine whose type is forgotten only after its methods were specialized: through an existential of a generic
/// class they would run unspecialized, a hundred times slower.
struct SpecializedRateEngine {
  typealias Values = UnsafePointer<Double>
  typealias Vector = UnsafeMutablePointer<Double>

  let rates: (Values, Values, Double, Vector) throws(SolveFailure) -> Void
  let pullRates: (Values, Values, Double, Values?, Values, Vector, Vector) throws(SolveFailure) -> Void
  let partialRates: (RatePart, Values, Values, Double, Vector) throws(SolveFailure) -> Void
  let pullInTurn:
    (Values, _ kicked: Values, Values, Double, Values, () -> Void, Vector, Vector) throws(SolveFailure) -> Void
  let solidForces: (Values, Values, Double, Vector) throws(SolveFailure) -> Void
  let pullSolidForces: (Values, Values, Double, Values, Vector, Vector) throws(SolveFailure) -> Void

  /// Must be inlined where the engine's type is concrete.
  @inline(__always) init<Engine: RateEngine>(_ engine: Engine) {
    rates = { (state, parameters, time, rates) throws(SolveFailure) in
      try engine.rates(state, parameters, time: time, into: rates)
    }
    pullRates = { (state, parameters, time, assigned, rateSeed, stateSeed, gradient) throws(SolveFailure) in
      try engine.pullRates(
        state, parameters, time: time, assigned: assigned, rateSeed: rateSeed, into: stateSeed, gradient: gradient)
    }
    partialRates = { (part, state, parameters, time, rates) throws(SolveFailure) in
      try engine.rates(of: part, state, parameters, time: time, into: rates)
    }
    pullInTurn = {
      (state, kicked, parameters, time, rateSeed, seedVelocityRates, stateSeed, gradient) throws(SolveFailure) in
      try engine.pullInTurn(
        state, kicked: kicked, parameters, time: time, rateSeed: rateSeed, seedVelocityRates: seedVelocityRates,
        into: stateSeed, gradient: gradient)
    }
    solidForces = { (state, parameters, time, forces) throws(SolveFailure) in
      try engine.solidForces(state, parameters, time: time, into: forces)
    }
    pullSolidForces = { (state, parameters, time, forceSeed, stateSeed, gradient) throws(SolveFailure) in
      try engine.pullSolidForces(
        state, parameters, time: time, forceSeed: forceSeed, into: stateSeed, gradient: gradient)
    }
  }
}
