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
  /// Asked for starts of the pressure solves of steps forward; zero where nil. See `PressureStart` for what that means.
  public var pressureStart: (any PressureStart)?

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

  /// A summed density is for whoever looks at a state: the next step sums it anew.
  public var entriesFoundAnew: Range<Int> {
    guard case .summation = scheme else { return 0..<0 }
    return densityStart..<densityStart + system.particleCount
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
  var bodyMotion: BodyMotion? {
    system.bodies.isEmpty ? nil : BodyMotion(system, start: system.bodyStart)
  }

  /// One caller's buffers.
  public struct Workspace {
    let stepper: SpecializedStepper
    let exchange: ParticleExchange?
    let steering: InflowSteering?
    /// How the pressure solves of the last step went; nil for explicit schemes.
    public var pressureReport: PressureReport? { stepper.pressureReport() }
  }

  public func makeWorkspace() -> Workspace {
    Workspace(
      stepper: makeStepper(), exchange: system.openFlow.map { ParticleExchange($0, system) },
      steering: InflowSteering(system))
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
      parameters.withUnsafeBufferPointer {
        InflowSteering(system)?.steer(state, $0.baseAddress!, time: 0)
        motion?.start(state, $0.baseAddress!)
      }
    }
    return DenseVector(state)
  }

  public func pullInitialState(_ seed: DenseVector, _ parameters: DenseVector, into gradient: inout DenseVector)
    throws(SolveFailure)
  {
    let count = system.particleCount, dimension = system.dimension, moving = 2 * count * dimension
    var seed = seed
    if let steering = InflowSteering(system) {
      let state = try initialState(parameters)
      state.withUnsafeBufferPointer { state in
        seed.withUnsafeMutableBufferPointer { seed in
          gradient.withUnsafeMutableBufferPointer { gradient in
            steering.pull(state.baseAddress!, time: 0, seed: seed.baseAddress!, gradient: gradient.baseAddress!)
          }
        }
      }
    }
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

  public func advance(
    _ state: inout DenseVector, _ parameters: DenseVector, _ context: StepContext, in workspace: inout Workspace
  ) throws(SolveFailure) {
    let stepper = workspace.stepper, exchange = workspace.exchange, steering = workspace.steering
    let end = context.time + context.timeStep
    try state.withUnsafeMutableBufferPointer { (state) throws(SolveFailure) in
      try parameters.withUnsafeBufferPointer { (parameters) throws(SolveFailure) in
        exchange?.remember(state.baseAddress!)
        try stepper.advance(state.baseAddress!, parameters.baseAddress!, context.time, context.timeStep)
        try exchange?.exchange(state.baseAddress!, time: end)
        steering?.steer(state.baseAddress!, parameters.baseAddress!, time: end)
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

  /// Without tension nothing else keeps the density of spray from falling, and it would meet a wall unresisted: kg/m³.
  private var leastDensity: Double? {
    guard case .continuity(let scheme) = scheme, !scheme.allowsTension else { return nil }
    return ContinuityScheme.leastCompression * system.fluid.restDensity
  }

  public func pullStep(
    from state: DenseVector, to after: DenseVector, _ parameters: DenseVector, _ context: StepContext,
    seed: inout DenseVector,
    gradient: inout DenseVector, in workspace: inout Workspace
  ) throws(SolveFailure) {
    let stepper = workspace.stepper, exchange = workspace.exchange, steering = workspace.steering
    if let least = leastDensity {
      let start = 2 * system.particleCount * system.dimension
      for k in start..<start + system.particleCount where after[k] <= least { seed[k] = 0 }
    }
    try state.withUnsafeBufferPointer { (state) throws(SolveFailure) in
      try after.withUnsafeBufferPointer { (after) throws(SolveFailure) in
        try parameters.withUnsafeBufferPointer { (parameters) throws(SolveFailure) in
          try seed.withUnsafeMutableBufferPointer { (seed) throws(SolveFailure) in
            try gradient.withUnsafeMutableBufferPointer { (gradient) throws(SolveFailure) in
              steering?.pull(
                after.baseAddress!, time: context.time + context.timeStep, seed: seed.baseAddress!,
                gradient: gradient.baseAddress!)
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
