import InverseDesign
import SmoothedParticles

/// Velocities of groups of particles at the start as the parameters of a simulation.
struct InitialVelocityParameters: ParameterMap {
  /// The parameters as the scene gives them.
  let base: DenseVector
  /// Particles that share a velocity, one range for each `dimension` entries of the design.
  let groups: [Range<Int>]
  let dimension: Int
  /// Where the velocities begin in the parameters.
  private let velocities: Int

  init(_ system: ParticleSystem, groups: [Range<Int>]) {
    base = system.parameters
    self.groups = groups
    dimension = system.dimension
    velocities = system.parameterBlocks.range(of: "velocity")?.lowerBound ?? 0
  }

  /// The design that the scene's own velocities come nearest to.
  var start: DenseVector {
    var start: [Double] = []
    for group in groups {
      for axis in 0..<dimension {
        start.append(group.reduce(0) { $0 + base[velocities + $1 * dimension + axis] } / Double(group.count))
      }
    }
    return DenseVector(start)
  }

  func parameters(of field: DenseVector) throws(SolveFailure) -> DenseVector {
    var parameters = base
    for (number, group) in groups.enumerated() {
      for i in group {
        for axis in 0..<dimension {
          parameters[velocities + i * dimension + axis] = field[number * dimension + axis]
        }
      }
    }
    return parameters
  }

  func pullback(_ seed: DenseVector, at field: DenseVector) throws(SolveFailure) -> DenseVector {
    var gradient = DenseVector(zeros: field.count)
    for (number, group) in groups.enumerated() {
      for i in group {
        for axis in 0..<dimension {
          gradient[number * dimension + axis] += seed[velocities + i * dimension + axis]
        }
      }
    }
    return gradient
  }
}
