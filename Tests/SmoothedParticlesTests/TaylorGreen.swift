import DifferentiableCore
import Foundation

@testable import SmoothedParticles

/// The periodic vortices of Taylor and Green on a square of side 1, on a lattice of m x m particles.
enum TaylorGreen {
  static func system(_ m: Int, viscosity: Double = 0.01) -> ParticleSystem {
    let spacing = 1 / Double(m)
    var positions: [Double] = [], velocities: [Double] = []
    for j in 0..<m {
      for i in 0..<m {
        let x = (Double(i) + 0.5) * spacing, y = (Double(j) + 0.5) * spacing
        positions += [x, y]
        velocities += [-cos(2 * .pi * x) * sin(2 * .pi * y), sin(2 * .pi * x) * cos(2 * .pi * y)]
      }
    }
    return ParticleSystem(
      box: ParticleBox(lower: [0, 0], upper: [1, 1], isPeriodic: [true, true]),
      fluid: FluidPhase(restDensity: 1, viscosity: viscosity),
      masses: [Double](repeating: spacing * spacing, count: m * m), positions: positions, velocities: velocities)
  }

  static func simulation(
    _ m: Int, precision: ParticlePrecision = .double, integration: TimeIntegration = .symplecticEuler
  ) -> ParticleSimulation {
    let h = 1 / Double(m)
    return ParticleSimulation(
      system(m), scheme: SummationScheme(soundSpeed: 10),
      numerics: ParticleNumerics(kernel: .quintic, smoothingLength: h, precision: precision),
      integration: integration, fixedTimeStep: 0.25 * h / 11)
  }

  /// Kinetic energy of a state, J/m, and its derivative by the state.
  static func energy(_ state: DenseVector, _ system: ParticleSystem) -> (value: Double, seed: DenseVector) {
    let n = system.particleCount
    var seed = DenseVector(zeros: state.count), value = 0.0
    for i in 0..<n {
      for axis in 0..<2 {
        let v = state[2 * n + 2 * i + axis]
        value += system.masses[i] * v * v / 2
        seed[2 * n + 2 * i + axis] = system.masses[i] * v
      }
    }
    return (value, seed)
  }
}
