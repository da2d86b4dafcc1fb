import Backsolve
import TestSupport
import Testing

// Forces that every scheme takes alike, with each of the schemes.
extension GradientTable {
  static let addedForces: [GradientCase] = [
    summation("surface tension", tense(VortexSample.system(8))),
    continuity("surface tension and adhesion", tense(channel())),
    incompressible("surface tension and adhesion", tense(channel(.travelling))),
    summation("power law", thinning(VortexSample.system(8))),
    continuity("yield stress", yielding(channel())),
    incompressible("yield stress", yielding(channel(.travelling))),
  ]

  private static func tense(_ system: ParticleSystem) -> ParticleSystem {
    var system = system
    system.fluid.surfaceTension = SurfaceTension(cohesion: 0.7, area: 0.3, adhesion: 0.2)
    return system
  }

  private static func thinning(_ system: ParticleSystem) -> ParticleSystem {
    var system = system
    system.fluid.rheology = Rheology(consistency: 0.1, exponent: 0.6, leastShearRate: 0.3)
    return system
  }

  private static func yielding(_ system: ParticleSystem) -> ParticleSystem {
    var system = system
    system.velocities = (0..<system.velocities.count).map { 0.3 * Double(($0 * 7) % 5) }
    system.fluid.rheology = Rheology(
      consistency: 0.1, exponent: 1.2, yieldStress: 0.2, stressGrowth: 2, leastShearRate: 0.3)
    return system
  }

  private static func channel(_ motion: WallMotion = .sliding) -> ParticleSystem {
    ChannelSample.system(
      along: 8, across: 4, viscosity: 0.1, gravity: [0.5, -1], hasLid: false, lidVelocity: 0.7, motion: motion)
  }

  private static func summation(_ name: String, _ system: ParticleSystem) -> GradientCase {
    let simulation = ParticleSimulation(
      system, scheme: SummationScheme(soundSpeed: 10), numerics: numerics(system), fixedTimeStep: 0.002)
    return row("density summed: \(name)", simulation)
  }

  private static func continuity(_ name: String, _ system: ParticleSystem) -> GradientCase {
    let simulation = ParticleSimulation(
      system, scheme: ContinuityScheme(soundSpeed: 5, artificialViscosity: 0.1), numerics: numerics(system),
      fixedTimeStep: 0.01)
    return row("density integrated: \(name)", simulation)
  }

  private static func incompressible(_ name: String, _ system: ParticleSystem) -> GradientCase {
    let simulation = ParticleSimulation(
      system,
      scheme: IncompressibleScheme(
        extent: .freeSurface, longestTimeStep: 1, densityTolerance: 1e-14, divergenceTolerance: 1e-14,
        adjointTolerance: 1e-12), numerics: numerics(system), fixedTimeStep: 0.01)
    return row("incompressible: \(name)", simulation, steps: 1, firstStep: 1e-4)
  }

  private static func numerics(_ system: ParticleSystem) -> ParticleNumerics {
    ChannelSample.numerics(spacing: system.masses[0].squareRoot())
  }

  private static func row(
    _ name: String, _ simulation: ParticleSimulation, steps: Int = 2, firstStep: Double = 1e-3
  ) -> GradientCase {
    GradientCase(
      "particles, \(name)", Rollout(simulation, until: .steps(steps)), at: VortexSample.disordered(simulation.system),
      firstStep: firstStep)
  }

  @Test(arguments: addedForces)
  func addedForce(_ row: GradientCase) throws { try row.check() }
}
