import DifferentiableCore
import SmoothedParticles

/// Numbers that describe a state of a fluid of particles.
struct ParticleMeasures {
  /// J (J/m in the plane)
  var kineticEnergy = 0.0
  /// m/s
  var greatestSpeed = 0.0
  /// kg/m³
  var leastDensity = Double.infinity
  /// kg/m³
  var greatestDensity = -Double.infinity
  /// By how much densities lie above that at rest, over it: the mean over all particles.
  var compression = 0.0
  /// kg m/s, one an axis (per metre of depth in the plane).
  var momentum: [Double] = []

  init(_ state: DenseVector, _ simulation: ParticleSimulation) {
    let system = simulation.system, densities = simulation.densityStart
    let n = system.particleCount, dimension = system.dimension
    var momentum = [Double](repeating: 0, count: dimension)
    state.withUnsafeBufferPointer { state in
      for i in 0..<n {
        let mass = system.masses[i]
        var square = 0.0
        for axis in 0..<dimension {
          let v = state[(n + i) * dimension + axis]
          square += v * v
          momentum[axis] += mass * v
        }
        kineticEnergy += mass * square / 2
        greatestSpeed = max(greatestSpeed, square)
        let density = state[densities + i]
        // Parked beside an inlet.
        if density == 0 { continue }
        leastDensity = min(leastDensity, density)
        greatestDensity = max(greatestDensity, density)
        compression += max(density / system.fluid.restDensity - 1, 0)
      }
    }
    greatestSpeed = greatestSpeed.squareRoot()
    compression /= Double(max(1, n))
    self.momentum = momentum
  }

  /// The derivative of the kinetic energy by the state.
  static func energySeed(_ state: DenseVector, _ system: ParticleSystem) -> DenseVector {
    let n = system.particleCount, dimension = system.dimension
    var seed = DenseVector(zeros: state.count)
    for i in 0..<n {
      for axis in 0..<dimension {
        let k = (n + i) * dimension + axis
        seed[k] = system.masses[i] * state[k]
      }
    }
    return seed
  }

  /// Speeds of the particles, m/s.
  static func speeds(_ state: DenseVector, _ system: ParticleSystem) -> [Double] {
    let n = system.particleCount, dimension = system.dimension
    return (0..<n).map { i in
      var square = 0.0
      for axis in 0..<dimension { square += state[(n + i) * dimension + axis] * state[(n + i) * dimension + axis] }
      return square.squareRoot()
    }
  }
}
