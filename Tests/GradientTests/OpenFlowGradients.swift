import Backsolve
import TestSupport
import Testing

extension GradientTable {
  static let openFlows: [GradientCase] = [
    open("verlet", .verlet), open("no slip, symplectic Euler", .symplecticEuler, friction: .noSlip),
    open("midpoint", .rungeKutta2), open("under a surface", .verlet, surface: 1.05),
    open("a history of the inflow", .verlet, inflow: [1, 1.2, 0.9, 1.1, 1.05]),
    open("the same, symplectic Euler", .symplecticEuler, inflow: [1, 0.9, 1.1, 1.2]),
  ]

  /// A column of particles enters and another leaves in the second of three steps.
  private static func open(
    _ name: String, _ integration: TimeIntegration, friction: WallFriction = .freeSlip,
    surface: Double? = nil, inflow: [Double] = []
  ) -> GradientCase {
    var system = OpenChannelSample.system(
      along: 5, across: 4, speed: 1, offset: 0.93, parked: 6, viscosity: 0.1, friction: friction)
    if let surface {
      system.gravity = [0.3, -1]
      system.openFlow?.boundaries[1].surface = surface
    }
    if !inflow.isEmpty {
      system.openFlow?.boundaries[0].history = InflowHistory(coefficients: inflow, duration: 0.04)
    }
    system.densities = (0..<system.particleCount).map { 1.02 + 0.01 * Double($0 % 3) }
    let simulation = ParticleSimulation(
      system, scheme: ContinuityScheme(soundSpeed: 5, artificialViscosity: 0.1),
      numerics: ChannelSample.numerics(spacing: 0.25), integration: integration, fixedTimeStep: 0.01)
    return GradientCase(
      "particles that enter and leave: \(name)", Rollout(simulation, until: .steps(3)),
      at: OpenChannelSample.disordered(system), firstStep: 1e-3)
  }

  @Test(arguments: openFlows)
  func openFlow(_ row: GradientCase) throws { try row.check() }
}
