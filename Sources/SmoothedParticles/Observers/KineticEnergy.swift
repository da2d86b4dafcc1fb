import DifferentiableCore

/// Kinetic energy of some particles, Σ m v²/2, in J (J/m in the plane).
public struct KineticEnergy: Observer {
  public let group: ParticleGroup
  public let moment: ObservedMoment

  public init(_ group: ParticleGroup, _ moment: ObservedMoment = .end) {
    self.group = group
    self.moment = moment
  }

  public var name: String { "kinetic-energy" }
  public var unit: String { "J" }

  public func value(_ state: DenseVector, _ parameters: DenseVector, _ context: StepContext) -> Double {
    var sum = 0.0
    for i in group.particles {
      let mass = group.system.masses[i], v = group.velocity(i)
      for axis in 0..<group.dimension { sum += mass * state[v + axis] * state[v + axis] / 2 }
    }
    return sum
  }

  public func addPartials(
    _ state: DenseVector, _ parameters: DenseVector, _ context: StepContext, scale: Double, seed: inout DenseVector,
    gradient: inout DenseVector
  ) {
    for i in group.particles {
      let mass = group.system.masses[i], v = group.velocity(i)
      for axis in 0..<group.dimension { seed[v + axis] += scale * mass * state[v + axis] }
    }
  }
}
