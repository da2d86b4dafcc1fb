import Backsolve
import TestSupport
import Testing

// The pressure solves are tight here: what they leave is noise in the differences that the gradient is compared with.
extension GradientTable {
  static let incompressible: [GradientCase] = [
    incompressible("periodic", VortexSample.system(8), .filled),
    incompressible("no slip", channel(.noSlip, .sliding, hasLid: true), .filled),
    incompressible("travelling lid", channel(.noSlip, .travelling, hasLid: true), .filled, steps: 2),
    incompressible("free slip, free surface", channel(.freeSlip, .sliding, hasLid: false), .freeSurface),
    incompressible(
      "one solve, no slip", channel(.noSlip, .sliding, hasLid: true), .filled, solves: .density),
    incompressible(
      "one solve by relaxed Jacobi, free surface", channel(.freeSlip, .travelling, hasLid: false), .freeSurface,
      solves: .density, iteration: .relaxedJacobi(weight: 0.5)),
  ]

  private static func channel(_ friction: WallFriction, _ motion: WallMotion, hasLid: Bool) -> ParticleSystem {
    ChannelSample.system(
      along: 8, across: 4, viscosity: 0.1, gravity: [0.5, -1], hasLid: hasLid, lidVelocity: 0.7, friction: friction,
      motion: motion)
  }

  private static func incompressible(
    _ name: String, _ system: ParticleSystem, _ extent: FluidExtent, steps: Int = 1,
    solves: PressureSolves = .densityAndDivergence, iteration: PressureIteration = .conjugateGradients
  ) -> GradientCase {
    let spacing = system.masses[0].squareRoot()
    // Relaxed Jacobi iterations are many.
    let tolerance = iteration == .conjugateGradients ? 1e-14 : 1e-11
    let simulation = ParticleSimulation(
      system,
      scheme: IncompressibleScheme(
        extent: extent, longestTimeStep: 1, shiftingSpeed: 1, densityTolerance: tolerance,
        divergenceTolerance: tolerance,
        adjointTolerance: 1e-12, maxIterations: 20000, solves: solves, iteration: iteration),
      numerics: ChannelSample.numerics(spacing: spacing), fixedTimeStep: 0.01)
    return GradientCase(
      "particles, incompressible: \(name)", Rollout(simulation, until: .steps(steps)),
      at: VortexSample.disordered(system), firstStep: 1e-4)
  }

  @Test(arguments: incompressible)
  func incompressibleParticle(_ row: GradientCase) throws { try row.check() }
}
