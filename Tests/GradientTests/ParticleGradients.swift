import Backsolve
import Foundation
import TestSupport
import Testing

extension GradientTable {
  static let particles: [GradientCase] = TimeIntegration.allCases.flatMap { integration in
    SmoothingKernel.allCases.compactMap { kernel -> GradientCase? in
      // Every integration with one kernel, and every kernel with one integration.
      guard kernel == .wendlandC4 || integration == .symplecticEuler else { return nil }
      let simulation = VortexSample.simulation(9, kernel: kernel, integration: integration)
      return GradientCase(
        "particles: \(kernel.rawValue), \(integration.rawValue)", Rollout(simulation, until: .steps(3)),
        at: VortexSample.disordered(simulation.system), firstStep: 1e-3)
    }
  }

  /// A cloud in space: the third axis, and pressure that is not linear in the density.
  static let particlesInSpace: [GradientCase] = {
    let system = VortexSample.cloud(6)
    let simulation = ParticleSimulation(
      system, scheme: SummationScheme(soundSpeed: 10, equationOfState: .tait(exponent: 7)),
      numerics: ParticleNumerics(kernel: .wendlandC2, smoothingLength: 1 / 6.0, precision: .double),
      integration: .verlet, fixedTimeStep: 1e-3)
    return [
      GradientCase(
        "particles: in space, Tait", Rollout(simulation, until: .steps(2)), at: VortexSample.disordered(system),
        firstStep: 2e-4)
    ]
  }()

  @Test(arguments: particles + particlesInSpace)
  func particle(_ row: GradientCase) throws { try row.check() }

  #if !DEBUG
    /// 50 steps of 50 x 50 particles in double precision, recomputed independently: the set-up is the one that
    /// `Benchmarks/reference/taylor-green.json` describes.
    @Test("Taylor-Green: energy and gradient of the reference case")
    func taylorGreenReference() throws {
      let simulation = VortexSample.simulation(50, kernel: .quintic, integration: .symplecticEuler)
      let system = simulation.system, n = system.particleCount
      let rollout = Rollout(simulation, until: .steps(50))
      var workspace = rollout.makeWorkspace()
      let linearization = try rollout.linearize(at: system.parameters, in: &workspace)
      let (energy, seed) = VortexSample.energy(linearization.state, system)
      #expect(abs(energy - 0.24007584) < 1e-8)
      let gradient = try linearization.pullback(seed)
      #expect(abs(DenseVector(gradient.elements[2 * n..<4 * n]).norm / 0.01352023 - 1) < 1e-6)
      // Along velocities that follow the initial positions.
      var slope = 0.0
      for i in 0..<n {
        let x = system.positions[2 * i], y = system.positions[2 * i + 1]
        slope += gradient[2 * n + 2 * i] * sin(7 * x + 3 * y) + gradient[2 * n + 2 * i + 1] * cos(5 * x - 2 * y)
      }
      #expect(abs(slope / -0.10418638 - 1) < 1e-6)
    }
  #endif
}
