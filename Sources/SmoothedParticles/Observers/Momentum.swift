import DifferentiableCore

/// The momentum of some particles along a direction, in kg m/s (per metre of depth in the plane).
public struct Momentum: Observer {
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

  public var name: String { "momentum" }
  public var unit: String { "kg m/s" }

  public func value(_ state: DenseVector, _ parameters: DenseVector, _ context: StepContext) -> Double {
    group.massMoment(state, of: group.velocity, along: direction)
  }

  public func addPartials(
    _ state: DenseVector, _ parameters: DenseVector, _ context: StepContext, scale: Double, seed: inout DenseVector,
    gradient: inout DenseVector
  ) {
    group.addMassMoment(of: group.velocity, along: direction, scale: scale, seed: &seed)
  }
}
