import DifferentiableCore
import Foundation

/// A fluid of particles as a `TimeStepper`; `Rollout` makes a differentiable simulator of it.
///
/// State: `position [particleCount, dimension] m`, `velocity [particleCount, dimension] m/s`, `density [particleCount]`,
/// which is integrated or, in `SummationScheme`, that of the step's last evaluation, in `IncompressibleScheme` that at its end;
/// a gas has `internal-energy [particleCount] J/kg` before the density;
/// of rigid bodies `body-position [bodies, dimension] m`, `body-rotation`, an angle in rad or in space a unit quaternion
/// (x, y, z, w), `body-velocity [bodies, dimension] m/s` and `body-angular-momentum`, one entry or three, kg m²/s.
/// Parameters: see `ParticleSystem.parameterBlocks`.
///
/// The gradient is that of the discrete scheme. It is exact where the scheme is smooth; pairs that enter or leave the
/// kernel's support do so with vanishing weight and slope, so that the gradient is continuous there.
public struct ParticleSimulation: TimeStepper {
  public let system: ParticleSystem
  public let scheme: ParticleScheme
  public let numerics: ParticleNumerics
  public let integration: TimeIntegration
  /// s; nil lets the Courant condition choose.
  public let fixedTimeStep: Double?
  /// Told of every step forward; changes none.
  public var monitor: PressureMonitor?

  public init(
    _ system: ParticleSystem, scheme: ParticleScheme, numerics: ParticleNumerics,
    integration: TimeIntegration = .symplecticEuler, fixedTimeStep: Double? = nil
  ) {
    self.system = system
    self.scheme = scheme
    self.numerics = numerics
    self.integration = integration
    self.fixedTimeStep = fixedTimeStep
  }

  public init(
    _ system: ParticleSystem, scheme: SummationScheme, numerics: ParticleNumerics,
    integration: TimeIntegration = .symplecticEuler, fixedTimeStep: Double? = nil
  ) {
    self.init(
      system, scheme: .summation(scheme), numerics: numerics, integration: integration, fixedTimeStep: fixedTimeStep)
  }

  public init(
    _ system: ParticleSystem, scheme: ContinuityScheme, numerics: ParticleNumerics,
    integration: TimeIntegration = .symplecticEuler, fixedTimeStep: Double? = nil
  ) {
    self.init(
      system, scheme: .continuity(scheme), numerics: numerics, integration: integration, fixedTimeStep: fixedTimeStep)
  }

  /// Its steps are its own: it takes no `TimeIntegration`.
  public init(
    _ system: ParticleSystem, scheme: IncompressibleScheme, numerics: ParticleNumerics, fixedTimeStep: Double? = nil
  ) {
    self.init(system, scheme: .incompressible(scheme), numerics: numerics, fixedTimeStep: fixedTimeStep)
  }

  public init(
    _ system: ParticleSystem, scheme: CompressibleScheme, numerics: ParticleNumerics,
    integration: TimeIntegration = .symplecticEuler, fixedTimeStep: Double? = nil
  ) {
    self.init(
      system, scheme: .compressible(scheme), numerics: numerics, integration: integration,
      fixedTimeStep: fixedTimeStep)
  }

  public var parameterBlocks: [Block] { system.parameterBlocks }

  /// Where the densities begin in a state.
  public var densityStart: Int {
    let start = 2 * system.particleCount * system.dimension
    if case .compressible = scheme { return start + system.particleCount }
    return start
  }

  public var stateBlocks: [Block] {
    var blocks = [
      Block("position", shape: [system.particleCount, system.dimension], unit: "m"),
      Block("velocity", shape: [system.particleCount, system.dimension], unit: "m/s"),
      Block("density", shape: [system.particleCount], unit: system.densityUnit),
    ]
    if case .compressible = scheme {
      blocks.insert(Block("internal-energy", shape: [system.particleCount], unit: "J/kg"), at: 2)
    }
    return blocks + bodyBlocks
  }

  private var bodyBlocks: [Block] {
    if system.bodies.isEmpty { return [] }
    let count = system.bodies.count, isFlat = system.dimension == 2
    return [
      Block("body-position", shape: [count, system.dimension], unit: "m"),
      Block("body-rotation", shape: [count, isFlat ? 1 : 4], unit: isFlat ? "rad" : "1"),
      Block("body-velocity", shape: [count, system.dimension], unit: "m/s"),
      Block("body-angular-momentum", shape: [count, isFlat ? 1 : 3], unit: isFlat ? "kg m/s" : "kg m^2/s"),
    ]
  }

  /// Nil without bodies.
  private var bodyMotion: BodyMotion? {
    system.bodies.isEmpty ? nil : BodyMotion(system, start: system.bodyStart)
  }

  /// One caller's buffers.
  public struct Workspace {
    fileprivate let stepper: SpecializedStepper
    fileprivate let exchange: ParticleExchange?
    /// How the pressure solves of the last step went; nil for explicit schemes.
    public var pressureReport: PressureReport? { stepper.pressureReport() }
  }

  public func makeWorkspace() -> Workspace {
    Workspace(stepper: makeStepper(), exchange: system.openFlow.map { ParticleExchange($0, system) })
  }

  private func makeStepper() -> SpecializedStepper {
    // Each call has concrete types: see `SpecializedRateEngine`.
    switch (scheme, numerics.precision, system.dimension) {
    case (.summation(let scheme), .single, 3):
      integrate(SpecializedRateEngine(SummationEngine<PairFloats, Space>(system, scheme, numerics)))
    case (.summation(let scheme), .single, _):
      integrate(SpecializedRateEngine(SummationEngine<PairFloats, Plane>(system, scheme, numerics)))
    case (.summation(let scheme), .double, 3):
      integrate(SpecializedRateEngine(SummationEngine<PairDoubles, Space>(system, scheme, numerics)))
    case (.summation(let scheme), .double, _):
      integrate(SpecializedRateEngine(SummationEngine<PairDoubles, Plane>(system, scheme, numerics)))
    case (.continuity(let scheme), .single, 3):
      integrate(SpecializedRateEngine(ContinuityEngine<PairFloats, Space>(system, scheme, numerics)))
    case (.continuity(let scheme), .single, _):
      integrate(SpecializedRateEngine(ContinuityEngine<PairFloats, Plane>(system, scheme, numerics)))
    case (.continuity(let scheme), .double, 3):
      integrate(SpecializedRateEngine(ContinuityEngine<PairDoubles, Space>(system, scheme, numerics)))
    case (.continuity(let scheme), .double, _):
      integrate(SpecializedRateEngine(ContinuityEngine<PairDoubles, Plane>(system, scheme, numerics)))
    case (.compressible(let scheme), .single, 3):
      integrate(SpecializedRateEngine(CompressibleEngine<PairFloats, Space>(system, scheme, numerics)))
    case (.compressible(let scheme), .single, _):
      integrate(SpecializedRateEngine(CompressibleEngine<PairFloats, Plane>(system, scheme, numerics)))
    case (.compressible(let scheme), .double, 3):
      integrate(SpecializedRateEngine(CompressibleEngine<PairDoubles, Space>(system, scheme, numerics)))
    case (.compressible(let scheme), .double, _):
      integrate(SpecializedRateEngine(CompressibleEngine<PairDoubles, Plane>(system, scheme, numerics)))
    case (.incompressible(let scheme), .single, 3):
      SpecializedStepper(IncompressibleStepper<PairFloats, Space>(system, scheme, numerics))
    case (.incompressible(let scheme), .single, _):
      SpecializedStepper(IncompressibleStepper<PairFloats, Plane>(system, scheme, numerics))
    case (.incompressible(let scheme), .double, 3):
      SpecializedStepper(IncompressibleStepper<PairDoubles, Space>(system, scheme, numerics))
    case (.incompressible(let scheme), .double, _):
      SpecializedStepper(IncompressibleStepper<PairDoubles, Plane>(system, scheme, numerics))
    }
  }

  private func integrate(_ engine: SpecializedRateEngine) -> SpecializedStepper {
    let count = system.particleCount, integrates = scheme.integratesDensity
    let motion = bodyMotion
    var shape = StateShape(
      coordinates: count * system.dimension, integrated: integrates ? count : 0, assigned: integrates ? 0 : count,
      bodies: motion.map { $0.layout.end - system.bodyStart } ?? 0)
    if case .compressible = scheme {
      shape = StateShape(coordinates: count * system.dimension, integrated: count, assigned: count)
    }
    return SpecializedStepper(Integrator(engine, shape, integration, box: system.box, bodies: motion))
  }

  public func initialState(_ parameters: DenseVector) throws(SolveFailure) -> DenseVector {
    if let whyUnsupported { throw SolveFailure(.unsupported, whyUnsupported) }
    let count = system.particleCount, moving = 2 * count * system.dimension
    var state = Array(parameters.elements[..<moving])
    if case .compressible = scheme, let start = ParameterOffsets(system).gas {
      state += parameters.elements[start + 1..<start + 1 + count]
    }
    if let start = ParameterOffsets(system).density {
      state += parameters.elements[start..<start + count]
    } else {
      state += [Double](repeating: system.fluid.restDensity, count: count)
    }
    let motion = bodyMotion
    if let motion { state += [Double](repeating: 0, count: motion.layout.end - state.count) }
    state.withUnsafeMutableBufferPointer { state in
      guard let state = state.baseAddress else { return }
      system.box.wrap(state, count: system.particleCount)
      if let openFlow = system.openFlow {
        let exchange = ParticleExchange(openFlow, system)
        for i in count - openFlow.parked..<count { exchange.park(i, in: state) }
      }
      parameters.withUnsafeBufferPointer { motion?.start(state, $0.baseAddress!) }
    }
    return DenseVector(state)
  }

  public func pullInitialState(_ seed: DenseVector, _ parameters: DenseVector, into gradient: inout DenseVector)
    throws(SolveFailure)
  {
    let count = system.particleCount, dimension = system.dimension, moving = 2 * count * dimension
    // Where parked particles begin is no parameter.
    let flowing = count - (system.openFlow?.parked ?? 0)
    for k in 0..<flowing * dimension {
      gradient[k] += seed[k]
      gradient[count * dimension + k] += seed[count * dimension + k]
    }
    if case .compressible = scheme {
      guard let start = ParameterOffsets(system).gas else { return }
      for k in 0..<count { gradient[start + 1 + k] += seed[moving + k] }
    } else if let start = ParameterOffsets(system).density {
      for k in 0..<flowing { gradient[start + k] += seed[moving + k] }
    }
    guard let motion = bodyMotion else { return }
    seed.withUnsafeBufferPointer { seed in
      parameters.withUnsafeBufferPointer { parameters in
        gradient.withUnsafeMutableBufferPointer { gradient in
          motion.pullStart(seed.baseAddress!, parameters.baseAddress!, gradient: gradient.baseAddress!)
        }
      }
    }
  }

  /// The fastest sound in a gas, m/s.
  private func fastestSound(_ state: DenseVector, _ parameters: DenseVector) -> Double {
    guard let start = ParameterOffsets(system).gas else { return 0 }
    let gamma = parameters[start], first = 2 * system.particleCount * system.dimension
    let energy = state.elements[first..<first + system.particleCount].reduce(0, max)
    return (gamma * (gamma - 1) * energy).squareRoot()
  }

  /// The shortest of the acoustic (or, where there is no sound, the convective), the viscous and the body force's bound.
  /// Monaghan, Rep. Prog. Phys. 68 (2005).
  public func timeStep(
    _ state: DenseVector, _ parameters: DenseVector, _ context: StepContext, in workspace: inout Workspace
  ) throws(SolveFailure) -> Double {
    if let fixedTimeStep { return fixedTimeStep }
    let h = numerics.smoothingLength
    let fastest = fastestSpeed(state)
    let spacing = pow(system.masses.reduce(0, max) / system.fluid.restDensity, 1 / Double(system.dimension))
    var step: Double
    if case .incompressible(let scheme) = scheme {
      // A particle travels 0.4 spacings at most. Bender & Koschier (2015), section 3.4.
      let wall = system.walls.motion == .travelling ? system.walls.velocities.reduce(0) { max($0, abs($1)) } : 0
      step = min(scheme.longestTimeStep, 0.4 * spacing / max(fastest, wall, .leastNormalMagnitude))
    } else if case .compressible(let scheme) = scheme {
      // Monaghan (1992), section 10, with the fastest sound and speed anywhere.
      let sound = fastestSound(state, parameters)
      step = integration.courantFactor * h / (sound + fastest + 0.6 * scheme.linearViscosity * sound)
    } else {
      step = integration.courantFactor * h / (scheme.soundSpeed + fastest)
    }
    if let tension = system.fluid.surfaceTension?.cohesion, tension > 0 {
      // Brackbill, Kothe, Zemach, J. Comput. Phys. 100 (1992), eq. 61.
      step = min(step, 0.25 * (system.fluid.restDensity * h * h * h / tension).squareRoot())
    }
    let viscosity =
      system.fluid.viscosity
      + (system.fluid.rheology?.largestViscosity(upTo: 2 * fastest / spacing) ?? 0) / system.fluid.restDensity
    if viscosity > 0 { step = min(step, 0.125 * h * h / viscosity) }
    let pull = system.gravity.reduce(0) { $0 + $1 * $1 }.squareRoot()
    if pull > 0 { step = min(step, 0.25 * (h / pull).squareRoot()) }
    return step
  }

  /// The fluid's forces on the particles of walls and then of bodies, N (N/m in the plane), `[solid particles, dimension]`;
  /// zero in schemes without forces of their own on walls.
  public func solidForces(
    _ state: DenseVector, _ parameters: DenseVector, _ context: StepContext, in workspace: inout Workspace
  ) throws(SolveFailure) -> [Double] {
    var forces = [Double](repeating: 0, count: max(1, system.solidCount * system.dimension))
    let stepper = workspace.stepper
    try state.withUnsafeBufferPointer { (state) throws(SolveFailure) in
      try parameters.withUnsafeBufferPointer { (parameters) throws(SolveFailure) in
        try forces.withUnsafeMutableBufferPointer { (forces) throws(SolveFailure) in
          try stepper.solidForces(
            state.baseAddress!, parameters.baseAddress!, context.time, forces.baseAddress!)
        }
      }
    }
    return system.solidCount == 0 ? [] : forces
  }

  /// Adds to `stateSeed` and `gradient` what `forceSeed` on `solidForces` at the same state is worth.
  public func pullSolidForces(
    _ state: DenseVector, _ parameters: DenseVector, _ context: StepContext, forceSeed: [Double],
    into stateSeed: inout DenseVector, gradient: inout DenseVector, in workspace: inout Workspace
  ) throws(SolveFailure) {
    if system.solidCount == 0 { return }
    precondition(forceSeed.count == system.solidCount * system.dimension)
    let stepper = workspace.stepper
    try state.withUnsafeBufferPointer { (state) throws(SolveFailure) in
      try parameters.withUnsafeBufferPointer { (parameters) throws(SolveFailure) in
        try forceSeed.withUnsafeBufferPointer { (forceSeed) throws(SolveFailure) in
          try stateSeed.withUnsafeMutableBufferPointer { (stateSeed) throws(SolveFailure) in
            try gradient.withUnsafeMutableBufferPointer { (gradient) throws(SolveFailure) in
              try stepper.pullSolidForces(
                state.baseAddress!, parameters.baseAddress!, context.time, forceSeed.baseAddress!,
                stateSeed.baseAddress!, gradient.baseAddress!)
            }
          }
        }
      }
    }
  }

  private func fastestSpeed(_ state: DenseVector) -> Double {
    let dimension = system.dimension, start = system.particleCount * dimension
    return state.withUnsafeBufferPointer { state in
      var fastest = 0.0
      for i in 0..<system.particleCount {
        var square = 0.0
        for axis in 0..<dimension {
          let v = state[start &+ i &* dimension &+ axis]
          square += v * v
        }
        fastest = max(fastest, square)
      }
      return fastest.squareRoot()
    }
  }

  public func advance(
    _ state: inout DenseVector, _ parameters: DenseVector, _ context: StepContext, in workspace: inout Workspace
  ) throws(SolveFailure) {
    let stepper = workspace.stepper, exchange = workspace.exchange
    try state.withUnsafeMutableBufferPointer { (state) throws(SolveFailure) in
      try parameters.withUnsafeBufferPointer { (parameters) throws(SolveFailure) in
        exchange?.remember(state.baseAddress!)
        try stepper.advance(state.baseAddress!, parameters.baseAddress!, context.time, context.timeStep)
        try exchange?.exchange(state.baseAddress!, time: context.time + context.timeStep)
      }
    }
    monitor?.hear(stepper.pressureReport())
    if let least = leastDensity {
      let start = 2 * system.particleCount * system.dimension
      state.withUnsafeMutableBufferPointer { state in
        for k in start..<start + system.particleCount where state[k] < least && state[k] > 0 { state[k] = least }
      }
    }
    try checkSpeeds(state)
    if case .compressible = scheme { try checkEnergies(state) }
  }

  /// A gas cannot be colder than cold.
  private func checkEnergies(_ state: DenseVector) throws(SolveFailure) {
    let first = 2 * system.particleCount * system.dimension
    guard let particle = (0..<system.particleCount).first(where: { !(state[first + $0] > 0) }) else { return }
    let place = (0..<system.dimension).map { "\(state[particle * system.dimension + $0])" }.joined(separator: ", ")
    throw SolveFailure(
      .diverged,
      "the internal energy of particle \(particle) at (\(place)) m fell to \(state[first + particle]) J/kg; a shorter time step or more artificial viscosity helps"
    )
  }

  /// Without tension nothing else keeps the density of spray from falling, and it would meet a wall unresisted: kg/m³.
  private var leastDensity: Double? {
    guard case .continuity(let scheme) = scheme, !scheme.allowsTension else { return nil }
    return ContinuityScheme.leastCompression * system.fluid.restDensity
  }

  /// A weakly compressible flow faster than sound has blown up.
  private func checkSpeeds(_ state: DenseVector) throws(SolveFailure) {
    let fastest = fastestSpeed(state)
    if fastest.isFinite, fastest <= scheme.soundSpeed { return }
    let dimension = system.dimension, start = system.particleCount * dimension
    let particle = (0..<system.particleCount).first { i in
      let square = (0..<dimension).reduce(0.0) {
        $0 + state[start + i * dimension + $1] * state[start + i * dimension + $1]
      }
      return !(square.squareRoot() < fastest)
    }
    guard let particle else { return }
    func short(_ value: Double) -> String { value.isFinite ? "\((value * 1e4).rounded() / 1e4)" : "\(value)" }
    let place = (0..<dimension).map { short(state[particle * dimension + $0]) }.joined(separator: ", ")
    throw SolveFailure(
      .diverged,
      "the flow blew up: particle \(particle) moves at \(short(fastest)) m/s at (\(place)) m, faster than sound at \(scheme.soundSpeed) m/s"
    )
  }

  public func pullStep(
    from state: DenseVector, to after: DenseVector, _ parameters: DenseVector, _ context: StepContext,
    seed: inout DenseVector,
    gradient: inout DenseVector, in workspace: inout Workspace
  ) throws(SolveFailure) {
    let stepper = workspace.stepper, exchange = workspace.exchange
    if let least = leastDensity {
      let start = 2 * system.particleCount * system.dimension
      for k in start..<start + system.particleCount where after[k] <= least { seed[k] = 0 }
    }
    try state.withUnsafeBufferPointer { (state) throws(SolveFailure) in
      try after.withUnsafeBufferPointer { (after) throws(SolveFailure) in
        try parameters.withUnsafeBufferPointer { (parameters) throws(SolveFailure) in
          try seed.withUnsafeMutableBufferPointer { (seed) throws(SolveFailure) in
            try gradient.withUnsafeMutableBufferPointer { (gradient) throws(SolveFailure) in
              exchange?.pull(from: state.baseAddress!, after: after.baseAddress!, seed: seed.baseAddress!)
              try stepper.pull(
                state.baseAddress!, after.baseAddress!, parameters.baseAddress!, context.time, context.timeStep,
                seed.baseAddress!, gradient.baseAddress!)
              exchange?.pullVelocities(into: seed.baseAddress!)
            }
          }
        }
      }
    }
  }
}
