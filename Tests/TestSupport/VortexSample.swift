import Foundation
import SmoothedParticles

/// The periodic vortices of Taylor and Green on a square of side 1, on a lattice of m x m particles.
public enum VortexSample {
  public static func system(_ m: Int, viscosity: Double = 0.01) -> ParticleSystem {
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

  /// m x m x m particles in a periodic cube of side 1, swirling.
  public static func cloud(_ m: Int) -> ParticleSystem {
    let spacing = 1 / Double(m)
    var positions: [Double] = [], velocities: [Double] = []
    for k in 0..<m {
      for j in 0..<m {
        for i in 0..<m {
          let place = [i, j, k].map { (Double($0) + 0.5) * spacing }
          positions += place
          velocities += (0..<3).map { sin(2 * .pi * place[($0 + 1) % 3]) }
        }
      }
    }
    return ParticleSystem(
      box: ParticleBox(lower: [0, 0, 0], upper: [1, 1, 1], isPeriodic: [true, true, true]),
      fluid: FluidPhase(restDensity: 1, viscosity: 0.01),
      masses: [Double](repeating: spacing * spacing * spacing, count: m * m * m), positions: positions,
      velocities: velocities)
  }

  /// In double precision unless said otherwise; support about three spacings with every kernel.
  public static func simulation(
    _ m: Int, kernel: SmoothingKernel = .quintic, integration: TimeIntegration = .symplecticEuler,
    precision: ParticlePrecision = .double
  ) -> ParticleSimulation {
    let spacing = 1 / Double(m)
    return ParticleSimulation(
      system(m), scheme: SummationScheme(soundSpeed: 10),
      numerics: ParticleNumerics(
        kernel: kernel, smoothingLength: 3 * spacing / kernel.supportRatio, precision: precision),
      integration: integration, fixedTimeStep: 0.25 * spacing / 11)
  }

  /// The system's parameters with the lattice disturbed, so that no symmetry hides a term.
  public static func disordered(_ system: ParticleSystem) -> DenseVector {
    var parameters = system.parameters
    var generator = SeededGenerator(seed: 7)
    let coordinates = system.dimension * system.particleCount
    let noise = generator.vector(count: coordinates)
    let spacing = pow(Double(system.particleCount), -1 / Double(system.dimension))
    for k in 0..<coordinates { parameters[k] += 0.1 * spacing * noise[k] }
    return parameters
  }

  /// Kinetic energy of a state, J/m, and its derivative by the state.
  public static func energy(_ state: DenseVector, _ system: ParticleSystem) -> (value: Double, seed: DenseVector) {
    let coordinates = 2 * system.particleCount
    var seed = DenseVector(zeros: state.count), value = 0.0
    for k in 0..<coordinates {
      let v = state[coordinates + k], mass = system.masses[k / 2]
      value += mass * v * v / 2
      seed[coordinates + k] = mass * v
    }
    return (value, seed)
  }
}
