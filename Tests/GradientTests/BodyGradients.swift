import Backsolve
import TestSupport
import Testing

extension GradientTable {
  static let bodies: [GradientCase] = [
    body("symplectic Euler", .symplecticEuler), body("verlet, slip", .verlet, friction: .freeSlip),
    body("midpoint, a second body in contact", .rungeKutta2, touches: true),
    incompressibleBody("two solves", .densityAndDivergence),
    incompressibleBody("one solve, slip, a second body in contact", .density, friction: .freeSlip, touches: true),
  ]

  /// A block half under water, turning and drifting.
  static func body(
    _ name: String, _ integration: TimeIntegration, friction: WallFriction = .noSlip, touches: Bool = false,
    inSpace: Bool = false
  ) -> GradientCase {
    let spacing = inSpace ? 1.0 / 3 : 0.25, speed = 8.0
    let system = swimming(soundSpeed: speed, friction: friction, touches: touches, inSpace: inSpace)
    let simulation = ParticleSimulation(
      system, scheme: ContinuityScheme(soundSpeed: speed, artificialViscosity: 0.1),
      numerics: ChannelSample.numerics(spacing: spacing), integration: integration,
      fixedTimeStep: 0.2 * spacing / speed)
    return GradientCase(
      "particles with rigid bodies: \(name)", Rollout(simulation, until: .steps(2)),
      at: VortexSample.disordered(system), firstStep: 1e-3)
  }

  /// The pressure solves are tight: what they leave is noise in the differences that the gradient is compared with.
  static func incompressibleBody(
    _ name: String, _ solves: PressureSolves, friction: WallFriction = .noSlip, touches: Bool = false,
    inSpace: Bool = false
  ) -> GradientCase {
    var system = swimming(soundSpeed: 8, friction: friction, touches: touches, inSpace: inSpace)
    system.densities = nil
    let simulation = ParticleSimulation(
      system,
      scheme: IncompressibleScheme(
        extent: .freeSurface, longestTimeStep: 0.02, densityTolerance: 1e-14, divergenceTolerance: 1e-14,
        adjointTolerance: 1e-12, maxIterations: 20000, solves: solves),
      numerics: ChannelSample.numerics(spacing: inSpace ? 1.0 / 3 : 0.25), fixedTimeStep: 0.01)
    return GradientCase(
      "particles with rigid bodies, incompressible: \(name)", Rollout(simulation, until: .steps(2)),
      at: VortexSample.disordered(system), firstStep: 1e-4)
  }

  private static func swimming(soundSpeed speed: Double, friction: WallFriction, touches: Bool, inSpace: Bool)
    -> ParticleSystem
  {
    let deep = inSpace ? 3 : 4
    var system = FloatingBodySample.system(
      along: 8, deep: deep, block: inSpace ? [3, 3, 2] : [3, 2], under: inSpace ? 2 : 1, densityRatio: 0.6,
      gravity: inSpace ? [0.3, -1, 0.2] : [0.3, -1], soundSpeed: speed, viscosity: 0.1, friction: friction)
    system.densities = (0..<system.particleCount).map { 1.02 + 0.01 * Double($0 % 3) }
    system.bodies[0].rotation = inSpace ? [0.3, -0.2, 0.4] : [0.3]
    system.bodies[0].velocity = inSpace ? [0.2, -0.5, 0.1] : [0.2, -0.5]
    system.bodies[0].angularVelocity = inSpace ? [1, -2, 1.5] : [1.5]
    if touches {
      var other = system.bodies[0]
      other.name = "second"
      other.position[1] += 0.6
      other.density = 1.7
      system.bodies.append(other)
    }
    return system
  }

  @Test(arguments: bodies)
  func rigidBody(_ row: GradientCase) throws { try row.check() }

  #if !DEBUG
    @Test("a body in space")
    func rigidBodyInSpace() throws { try Self.body("in space", .verlet, inSpace: true).check() }

    @Test("a body in space, in incompressible flow")
    func incompressibleBodyInSpace() throws {
      try Self.incompressibleBody("in space", .densityAndDivergence, inSpace: true).check()
    }
  #endif
}
