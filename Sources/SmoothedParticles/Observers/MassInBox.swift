import DifferentiableCore
import Foundation

/// The mass of some particles inside a box, in kg (kg/m in the plane), with a smooth edge: a particle counts by the
/// product over the faces of 1/(1 + exp(-d/w)), with d its depth behind the face.
public struct MassInBox: Observer {
  public let group: ParticleGroup
  /// m, one entry an axis; infinite where there is no face.
  public let lower: [Double]
  public let upper: [Double]
  /// w, m
  public let edgeWidth: Double
  public let moment: ObservedMoment

  public init(
    _ group: ParticleGroup, from lower: [Double], to upper: [Double], edgeWidth: Double, _ moment: ObservedMoment = .end
  ) {
    precondition(lower.count == group.dimension && upper.count == group.dimension && edgeWidth > 0)
    self.group = group
    self.lower = lower
    self.upper = upper
    self.edgeWidth = edgeWidth
    self.moment = moment
  }

  public var name: String { "mass-in-box" }
  public var unit: String { "kg" }

  /// The share that counts along one axis, and its logarithmic derivative in 1/m.
  private func share(_ x: Double, _ axis: Int) -> (value: Double, slope: Double) {
    let below = 1 / (1 + exp(-(x - lower[axis]) / edgeWidth)), above = 1 / (1 + exp(-(upper[axis] - x) / edgeWidth))
    return (below * above, ((1 - below) - (1 - above)) / edgeWidth)
  }

  public func value(_ state: DenseVector, _ parameters: DenseVector, _ context: StepContext) -> Double {
    var sum = 0.0
    for i in group.particles {
      let x = group.position(i)
      sum += (0..<group.dimension).reduce(group.system.masses[i]) { $0 * share(state[x + $1], $1).value }
    }
    return sum
  }

  public func addPartials(
    _ state: DenseVector, _ parameters: DenseVector, _ context: StepContext, scale: Double, seed: inout DenseVector,
    gradient: inout DenseVector
  ) {
    for i in group.particles {
      let x = group.position(i)
      let worth = (0..<group.dimension).reduce(scale * group.system.masses[i]) { $0 * share(state[x + $1], $1).value }
      for axis in 0..<group.dimension { seed[x + axis] += worth * share(state[x + axis], axis).slope }
    }
  }
}
