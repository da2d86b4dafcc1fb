import Backsolve
import TestSupport
import Testing

extension GradientTable {
  static let prescribedMotions: [GradientCase] = [
    tools("weakly compressible, verlet", motion: .sliding, .verlet),
    tools("weakly compressible, midpoint", motion: .travelling, .rungeKutta2),
    tools(
      "incompressible",
      scheme: .incompressible(
        IncompressibleScheme(
          extent: .filled, longestTimeStep: 1, shiftingSpeed: 1, densityTolerance: 1e-14, divergenceTolerance: 1e-14,
          adjointTolerance: 1e-12)), motion: .travelling, .symplecticEuler, steps: 1),
  ]

  /// Two tools in a channel's walls that shift and turn.
  static func tools(
    _ name: String, scheme: ParticleScheme = .continuity(ContinuityScheme(soundSpeed: 5, artificialViscosity: 0.1)),
    motion: WallMotion, _ integration: TimeIntegration, inSpace: Bool = false, steps: Int = 2
  ) -> GradientCase {
    var system = ChannelSample.system(
      along: 8, across: 4, viscosity: 0.1, gravity: inSpace ? [0.5, -1, 0.2] : [0.5, -1], lidVelocity: 0.4,
      motion: motion)
    let half = system.walls.count / 2, dimension = system.dimension
    var generator = SeededGenerator(seed: 3)
    func spline(_ entries: Int, _ size: Double) -> [Double] {
      generator.vector(count: entries).scaled(by: size).elements
    }
    system.walls.motions = [
      PrescribedMotion(
        of: 0..<half, pivot: inSpace ? [0.9, -0.4, 1] : [0.9, -0.4], axis: [0.3, -0.5, 1],
        translation: spline(5 * dimension, 0.05), rotation: spline(5, 0.03), duration: 0.04),
      PrescribedMotion(
        of: half..<system.walls.count - 3, pivot: inSpace ? [0.9, 1.4, 1] : [0.9, 1.4],
        translation: spline(4 * dimension, 0.05), rotation: spline(4, 0.03), duration: 0.02),
    ]
    system.box.lower[1] -= 0.5
    system.box.upper[1] += 0.5
    let simulation = ParticleSimulation(
      system, scheme: scheme, numerics: ChannelSample.numerics(spacing: 0.25), integration: integration,
      fixedTimeStep: 0.01)
    return GradientCase(
      "particles and moving tools: \(name)", Rollout(simulation, until: .steps(steps)),
      at: VortexSample.disordered(system),
      firstStep: 1e-3)
  }

  @Test(arguments: prescribedMotions)
  func prescribedMotion(_ row: GradientCase) throws { try row.check() }

  #if !DEBUG
    @Test("moving tools in space")
    func toolsInSpace() throws { try Self.tools("in space", motion: .sliding, .verlet, inSpace: true).check() }
  #endif
}
