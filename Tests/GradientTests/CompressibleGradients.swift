import Backsolve
import TestSupport
import Testing

extension GradientTable {
  static let compressible: [GradientCase] = [
    gas("on a line", GasSample.system(24, dimension: 1), .symplecticEuler),
    gas("on a line, midpoint", GasSample.system(24, dimension: 1), .rungeKutta2),
    gas("in the plane, verlet", GasSample.system(8, dimension: 2), .verlet),
    gas("a shock tube", GasSample.sod(24), .symplecticEuler, spacing: 1 / 24.0, steps: 5),
  ]

  private static func gas(
    _ name: String, _ system: ParticleSystem, _ integration: TimeIntegration, spacing: Double? = nil, steps: Int = 2
  ) -> GradientCase {
    let count = Double(system.particleCount)
    let spacing = spacing ?? (system.dimension > 1 ? 1 / count.squareRoot() : 1 / count)
    let simulation = ParticleSimulation(
      system, scheme: CompressibleScheme(linearViscosity: 1, quadraticViscosity: 2, conductivity: 0.3),
      numerics: ParticleNumerics(kernel: .wendlandC4, smoothingLength: 1.5 * spacing, precision: .double),
      integration: integration, fixedTimeStep: 0.1 * spacing)
    return GradientCase(
      "particles of gas: \(name)", Rollout(simulation, until: .steps(steps)), at: disordered(system),
      firstStep: 2e-5)
  }

  /// With velocities disturbed too: pairs of equal velocities are where the artificial viscosity has its kink.
  private static func disordered(_ system: ParticleSystem) -> DenseVector {
    var parameters = VortexSample.disordered(system)
    var generator = SeededGenerator(seed: 8)
    let coordinates = system.dimension * system.particleCount, noise = generator.vector(count: coordinates)
    for k in 0..<coordinates { parameters[coordinates + k] += 0.3 * noise[k] }
    return parameters
  }

  @Test(arguments: compressible)
  func compressibleParticle(_ row: GradientCase) throws { try row.check() }
}
