import DifferentiableCore

/// What is simulated, apart from how: the box, the fluid, its particles' masses and where and how fast they begin.
public struct ParticleSystem: Sendable {
  public var box: ParticleBox
  public var fluid: FluidPhase
  /// kg, one a particle.
  public var masses: [Double]
  /// m, `[particleCount, dimension]`
  public var positions: [Double]
  /// m/s, `[particleCount, dimension]`
  public var velocities: [Double]
  /// m/s², one an axis.
  public var gravity: [Double]

  public init(
    box: ParticleBox, fluid: FluidPhase, masses: [Double], positions: [Double], velocities: [Double],
    gravity: [Double]? = nil
  ) {
    let dimension = box.dimension
    precondition(positions.count == masses.count * dimension && velocities.count == positions.count)
    self.box = box
    self.fluid = fluid
    self.masses = masses
    self.positions = positions
    self.velocities = velocities
    self.gravity = gravity ?? [Double](repeating: 0, count: dimension)
  }

  public var dimension: Int { box.dimension }
  public var particleCount: Int { masses.count }

  /// The parameters a simulation depends on, in order.
  public var parameterBlocks: [Block] {
    [
      Block("position", shape: [particleCount, dimension], unit: "m"),
      Block("velocity", shape: [particleCount, dimension], unit: "m/s"),
      Block("gravity", shape: [dimension], unit: "m/s^2"),
      Block("viscosity", shape: [1], unit: "m^2/s"),
    ]
  }

  /// The parameters as the system gives them.
  public var parameters: DenseVector { DenseVector(positions + velocities + gravity + [fluid.viscosity]) }
}
