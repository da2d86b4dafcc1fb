import DifferentiableCore

/// Some particles of a system, one after the other, that an observer looks at.
public struct ParticleGroup: Sendable {
  public let particles: Range<Int>
  public let system: ParticleSystem

  /// All particles, or a range of them.
  public init(_ system: ParticleSystem, _ particles: Range<Int>? = nil) {
    self.system = system
    self.particles = particles ?? 0..<system.particleCount
    precondition(
      !self.particles.isEmpty && self.particles.upperBound <= system.particleCount, "a group of particles of the system"
    )
  }

  var dimension: Int { system.dimension }
  /// kg
  var mass: Double { particles.reduce(0) { $0 + system.masses[$1] } }
  /// Where the position of a particle begins in the state.
  func position(_ particle: Int) -> Int { particle * dimension }
  /// Where its velocity begins.
  func velocity(_ particle: Int) -> Int { (system.particleCount + particle) * dimension }

  /// Σ m q·direction with a vector q of each particle, which begins in the state where `place` says.
  func massMoment(_ state: DenseVector, of place: (Int) -> Int, along direction: [Double]) -> Double {
    var sum = 0.0
    for i in particles {
      let q = place(i)
      for axis in 0..<dimension { sum += system.masses[i] * state[q + axis] * direction[axis] }
    }
    return sum
  }

  /// Adds `scale` times the derivative of `massMoment`.
  func addMassMoment(
    of place: (Int) -> Int, along direction: [Double], scale: Double, seed: inout DenseVector
  ) {
    for i in particles {
      let q = place(i)
      for axis in 0..<dimension { seed[q + axis] += scale * system.masses[i] * direction[axis] }
    }
  }
}
