import Backsolve
import TestSupport
import Testing

extension GradientTable {
  static let solidForces: [GradientCase] = [
    force("force on a wall and on a body", .force, .end),
    force("force over time, slip", .force, .throughout, friction: .freeSlip),
    force(
      "force beside a history, over time", .squaredDeviation(from: [0.2, -0.3, 0.4], duration: 0.02), .throughout),
    force("force beside a constant", .squaredDeviation(from: [0.2], duration: 1), .instant(0.006)),
    forceWithMirrors,
  ]

  /// On a floor and a lid whose density is that at their mirror points.
  private static var forceWithMirrors: GradientCase {
    var system = ChannelSample.mirrored(
      ChannelSample.system(along: 8, across: 4, viscosity: 0.1, gravity: [0.5, -1], lidVelocity: 0.7))
    system.densities = (0..<system.particleCount).map { 1.02 + 0.01 * Double($0 % 3) }
    let simulation = ParticleSimulation(
      system, scheme: ContinuityScheme(soundSpeed: 5, artificialViscosity: 0.1),
      numerics: ChannelSample.numerics(spacing: 0.25), fixedTimeStep: 0.01)
    let rollout = Rollout(
      simulation, until: .steps(2),
      observers: [
        ForceOnSolid(on: 0..<system.walls.count, in: simulation, along: [0.6, 0.8], .force, .throughout)
      ])
    return observed("force on walls with mirror points", rollout, at: VortexSample.disordered(system))
  }

  /// A block half under water, turning and drifting.
  private static func force(
    _ name: String, _ measure: ForceOnSolid.Measure, _ moment: ObservedMoment, friction: WallFriction = .noSlip
  ) -> GradientCase {
    var system = FloatingBodySample.system(
      along: 8, deep: 4, block: [3, 2], under: 1, densityRatio: 0.6, gravity: [0.3, -1], soundSpeed: 8, viscosity: 0.1,
      friction: friction)
    system.densities = (0..<system.particleCount).map { 1.02 + 0.01 * Double($0 % 3) }
    system.bodies[0].velocity = [0.2, -0.5]
    system.bodies[0].angularVelocity = [1.5]
    let simulation = ParticleSimulation(
      system, scheme: ContinuityScheme(soundSpeed: 8, artificialViscosity: 0.1),
      numerics: ChannelSample.numerics(spacing: 0.25), integration: .verlet, fixedTimeStep: 0.006)
    let walls = system.walls.count
    let rollout = Rollout(
      simulation, until: .steps(2),
      observers: [
        ForceOnSolid(on: 0..<walls, in: simulation, along: [0.6, 0.8], measure, moment),
        ForceOnSolid(on: walls..<system.solidCount, in: simulation, along: [0, 1], measure, moment),
      ])
    return observed(name, rollout, at: VortexSample.disordered(system))
  }

  @Test(arguments: solidForces)
  func solidForce(_ row: GradientCase) throws { try row.check() }
}
