import DifferentiableCore

/// A whole step of particles, forward and in reverse, as `Integrator` makes it of rates and an implicit scheme by itself.
protocol ParticleStepper: AnyObject {
  func advance(
    _ y: UnsafeMutablePointer<Double>, _ parameters: UnsafePointer<Double>, time: Double, step dt: Double
  ) throws(SolveFailure)

  /// Replaces `seed` on the state after the step by the seed on `y`, the state before it.
  func pull(
    from y: UnsafePointer<Double>, to after: UnsafePointer<Double>, _ parameters: UnsafePointer<Double>, time: Double,
    step dt: Double, seed: UnsafeMutablePointer<Double>, gradient: UnsafeMutablePointer<Double>
  ) throws(SolveFailure)

  /// Of the last step; nil for explicit schemes.
  var pressureReport: PressureReport? { get }

  /// See `RateEngine`.
  func solidForces(
    _ y: UnsafePointer<Double>, _ parameters: UnsafePointer<Double>, time: Double,
    into forces: UnsafeMutablePointer<Double>
  ) throws(SolveFailure)

  func pullSolidForces(
    _ y: UnsafePointer<Double>, _ parameters: UnsafePointer<Double>, time: Double,
    forceSeed: UnsafePointer<Double>, into stateSeed: UnsafeMutablePointer<Double>,
    gradient: UnsafeMutablePointer<Double>
  ) throws(SolveFailure)
}

extension ParticleStepper {
  var pressureReport: PressureReport? { nil }

  func solidForces(
    _ y: UnsafePointer<Double>, _ parameters: UnsafePointer<Double>, time: Double,
    into forces: UnsafeMutablePointer<Double>
  ) throws(SolveFailure) {}

  func pullSolidForces(
    _ y: UnsafePointer<Double>, _ parameters: UnsafePointer<Double>, time: Double,
    forceSeed: UnsafePointer<Double>, into stateSeed: UnsafeMutablePointer<Double>,
    gradient: UnsafeMutablePointer<Double>
  ) throws(SolveFailure) {}
}

extension Integrator: ParticleStepper {}

/// A stepper whose type is forgotten only after its methods were specialized; see `SpecializedRateEngine`.
struct SpecializedStepper {
  typealias Values = UnsafePointer<Double>
  typealias Vector = UnsafeMutablePointer<Double>

  let advance: (Vector, Values, _ time: Double, _ step: Double) throws(SolveFailure) -> Void
  let pull: (Values, Values, Values, _ time: Double, _ step: Double, Vector, Vector) throws(SolveFailure) -> Void
  let pressureReport: () -> PressureReport?
  let solidForces: (Values, Values, _ time: Double, Vector) throws(SolveFailure) -> Void
  let pullSolidForces: (Values, Values, _ time: Double, Values, Vector, Vector) throws(SolveFailure) -> Void

  /// Must be inlined where the stepper's type is concrete.
  @inline(__always) init<Stepper: ParticleStepper>(_ stepper: Stepper) {
    advance = { (y, parameters, time, step) throws(SolveFailure) in
      try stepper.advance(y, parameters, time: time, step: step)
    }
    pull = { (y, after, parameters, time, step, seed, gradient) throws(SolveFailure) in
      try stepper.pull(from: y, to: after, parameters, time: time, step: step, seed: seed, gradient: gradient)
    }
    pressureReport = { stepper.pressureReport }
    solidForces = { (y, parameters, time, forces) throws(SolveFailure) in
      try stepper.solidForces(y, parameters, time: time, into: forces)
    }
    pullSolidForces = { (y, parameters, time, forceSeed, stateSeed, gradient) throws(SolveFailure) in
      try stepper.pullSolidForces(
        y, parameters, time: time, forceSeed: forceSeed, into: stateSeed, gradient: gradient)
    }
  }
}
