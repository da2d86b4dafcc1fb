import DifferentiableCore

/// The mean over some particles' mass of their squared distance to a point, in m².
///
/// Along a periodic axis the nearest image counts: there is a kink half a period away from the point.
public struct MeanSquaredDistance: Observer {
  public let group: ParticleGroup
  /// m, one entry an axis.
  public let point: [Double]
  public let moment: ObservedMoment

  public init(_ group: ParticleGroup, to point: [Double], _ moment: ObservedMoment = .end) {
    precondition(point.count == group.dimension, "a point has one entry an axis")
    self.group = group
    self.point = point
    self.moment = moment
  }

  public var name: String { "mean-squared-distance" }
  public var unit: String { "m^2" }

  private func offset(_ x: Double, _ axis: Int) -> Double {
    let box = group.system.box, away = x - point[axis]
    guard box.isPeriodic[axis] else { return away }
    return away - box.length(axis) * (away / box.length(axis)).rounded()
  }

  public func value(_ state: DenseVector, _ parameters: DenseVector, _ context: StepContext) -> Double {
    var sum = 0.0
    for i in group.particles {
      let x = group.position(i)
      for axis in 0..<group.dimension {
        let away = offset(state[x + axis], axis)
        sum += group.system.masses[i] * away * away
      }
    }
    return sum / group.mass
  }

  public func addPartials(
    _ state: DenseVector, _ parameters: DenseVector, _ context: StepContext, scale: Double, seed: inout DenseVector,
    gradient: inout DenseVector
  ) {
    let factor = 2 * scale / group.mass
    for i in group.particles {
      let x = group.position(i)
      for axis in 0..<group.dimension {
        seed[x + axis] += factor * group.system.masses[i] * offset(state[x + axis], axis)
      }
    }
  }
}
