import DifferentiableCore

/// Where the centre of mass of a rigid body is along a direction, m.
public struct BodyPlace: Observer {
  public let moment: ObservedMoment
  private let direction: [Double]
  private let start: Int

  /// - Parameters:
  ///   - body: which of the system's bodies.
  ///   - system: the particles with their bodies; of a scheme that moves bodies.
  ///   - direction: one entry an axis.
  ///   - moment: when.
  public init(_ body: Int, of system: ParticleSystem, along direction: [Double], _ moment: ObservedMoment = .end) {
    precondition(system.bodies.indices.contains(body) && direction.count == system.dimension, "a body of the system")
    self.moment = moment
    self.direction = direction
    start = BodyLayout(system, start: system.bodyStart).position + body * system.dimension
  }

  public var name: String { "body-position" }
  public var unit: String { "m" }

  public func value(_ state: DenseVector, _ parameters: DenseVector, _ context: StepContext) -> Double {
    direction.indices.reduce(0.0) { $0 + direction[$1] * state[start + $1] }
  }

  public func addPartials(
    _ state: DenseVector, _ parameters: DenseVector, _ context: StepContext, scale: Double, seed: inout DenseVector,
    gradient: inout DenseVector
  ) {
    for axis in direction.indices { seed[start + axis] += scale * direction[axis] }
  }
}
