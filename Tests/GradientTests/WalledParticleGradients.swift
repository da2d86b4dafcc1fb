import Backsolve
import TestSupport
import Testing

extension GradientTable {
  static let continuity: [GradientCase] = TimeIntegration.allCases.map { integration in
    row("periodic, \(integration.rawValue)", VortexSample.system(8), speed: 10, integration)
  }

  static let walledParticles: [GradientCase] = [
    row("no slip", channel(), speed: 5, .symplecticEuler),
    row("free slip", channel(friction: .freeSlip), speed: 5, .symplecticEuler),
    row("corrected gradients", channel(), speed: 5, .symplecticEuler, correctsGradients: true),
    row(
      "corrected gradients, travelling, verlet", channel(friction: .freeSlip, motion: .travelling), speed: 5, .verlet,
      correctsGradients: true),
    row("renormalized diffusion", channel(), speed: 5, .symplecticEuler, diffusion: .renormalized),
    row("travelling lid, verlet", channel(motion: .travelling), speed: 5, .verlet),
    row("plain diffusion, linear", channel(), speed: 5, .rungeKutta2, diffusion: .plain, equation: .linear),
    row("without tension", channel(), speed: 5, .verlet, allowsTension: false),
    row("mirror points", ChannelSample.mirrored(channel()), speed: 5, .symplecticEuler),
    row(
      "mirror points, travelling, free slip",
      ChannelSample.mirrored(channel(friction: .freeSlip, motion: .travelling)), speed: 5, .verlet,
      allowsTension: false),
    row(
      "mirror points, plain diffusion, corrected gradients", ChannelSample.mirrored(channel()), speed: 5, .rungeKutta2,
      diffusion: .plain, equation: .linear, correctsGradients: true),
  ]

  static let shiftedParticles: [GradientCase] = [
    row("shifted, no slip", channel(), speed: 5, .symplecticEuler, shifting: ParticleShifting(pairing: 0.2)),
    row("shifted, verlet", channel(motion: .travelling), speed: 5, .verlet, shifting: ParticleShifting(pairing: 0.2)),
    row("shifted, relaxed density", channel(), speed: 5, .verlet, shifting: ParticleShifting(), relaxation: 0.3),
    row("shifted, midpoint", VortexSample.system(8), speed: 10, .rungeKutta2, shifting: ParticleShifting(pairing: 0.2)),
    GradientCase(
      "particles, density summed: shifted",
      Rollout(
        ParticleSimulation(
          VortexSample.system(8), scheme: SummationScheme(soundSpeed: 10, shifting: ParticleShifting(pairing: 0.2)),
          numerics: ParticleNumerics(kernel: .quintic, smoothingLength: 1 / 8.0, precision: .double),
          fixedTimeStep: 0.002), until: .steps(3)), at: VortexSample.disordered(VortexSample.system(8)),
      firstStep: 1e-3),
  ]

  private static func channel(friction: WallFriction = .noSlip, motion: WallMotion = .sliding) -> ParticleSystem {
    var system = ChannelSample.system(
      along: 8, across: 4, viscosity: 0.1, gravity: [0.5, -1], lidVelocity: 0.7, friction: friction, motion: motion)
    system.densities = (0..<system.particleCount).map { 1.02 + 0.01 * Double($0 % 3) }
    return system
  }

  private static func row(
    _ name: String, _ system: ParticleSystem, speed: Double, _ integration: TimeIntegration,
    diffusion: DensityDiffusion = .dynamic, equation: EquationOfState = .tait(exponent: 7),
    shifting: ParticleShifting? = nil, allowsTension: Bool = true,
    correctsGradients: Bool = false, relaxation: Double = 0
  ) -> GradientCase {
    let spacing = system.masses[0].squareRoot()
    var scheme = ContinuityScheme(
      soundSpeed: speed, equationOfState: equation, artificialViscosity: 0.1, diffusion: diffusion,
      shifting: shifting, allowsTension: allowsTension)
    scheme.correctsGradients = correctsGradients
    scheme.densityRelaxation = relaxation
    let simulation = ParticleSimulation(
      system, scheme: scheme,
      numerics: ChannelSample.numerics(spacing: spacing), integration: integration,
      fixedTimeStep: 0.2 * spacing / speed)
    return GradientCase(
      "particles, density integrated: \(name)", Rollout(simulation, until: .steps(2)),
      at: VortexSample.disordered(system), firstStep: 1e-3)
  }

  @Test(arguments: continuity + walledParticles + shiftedParticles)
  func walledParticle(_ row: GradientCase) throws { try row.check() }

  #if !DEBUG
    @Test("a channel in space")
    func channelInSpace() throws {
      var system = ChannelSample.system(along: 8, across: 4, viscosity: 0.1, gravity: [0.5, -1, 0.2], lidVelocity: 0.7)
      system.densities = (0..<system.particleCount).map { 1.02 + 0.01 * Double($0 % 3) }
      for system in [system, ChannelSample.mirrored(system)] {
        let simulation = ParticleSimulation(
          system, scheme: ContinuityScheme(soundSpeed: 5, artificialViscosity: 0.1),
          numerics: ChannelSample.numerics(spacing: 0.25), fixedTimeStep: 0.01)
        try GradientCase(
          "particles, density integrated: in space", Rollout(simulation, until: .steps(2)),
          at: VortexSample.disordered(system), firstStep: 1e-3
        ).check()
      }
    }
  #endif
}
