import DifferentiableCore

/// The place of the centre of mass of some particles along a direction, in m.
///
/// Along a periodic axis it jumps where a particle passes the end of the box; the gradient is that between jumps.
public struct MeanPosition: Observer {
  public let group: ParticleGroup
  /// One entry an axis.
  public let direction: [Double]
  public let moment: ObservedMoment

  public init(_ group: ParticleGroup, along direction: [Double], _ moment: ObservedMoment = .end) {
    precondition(direction.count == group.dimension, "a direction has one entry an axis")
    self.group = group
    self.direction = direction
    self.moment = moment
  }

  public var name: String { "mean-position" }
  public var unit: String { "m" }

  public func value(_ state: DenseVector, _ parameters: DenseVector, _ context: StepContext) -> Double {
    group.massMoment(state, of: group.position, along: direction) / group.mass
  }

  public func addPartials(
    _ state: DenseVector, _ parameters: DenseVector, _ context: StepContext, scale: Double, seed: inout DenseVector,
    gradient: inout DenseVector
  ) {
    group.addMassMoment(of: group.position, along: direction, scale: scale / group.mass, seed: &seed)
  }
}
