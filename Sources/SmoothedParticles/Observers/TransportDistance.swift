import DifferentiableCore

/// How far the mass of some particles is from that of a target cloud: the debiased entropic transport distance of their
/// shares of mass (Sinkhorn divergence), in m². Feydy et al., "Interpolating between optimal transport and MMD using
/// Sinkhorn divergences", AISTATS 2019.
///
/// With a small blur it is the mean squared way that mass has to go (the squared Wasserstein distance), with a large one
/// only the squared distance of the centres of mass. It is zero for the same clouds only. The gradient is that of the
/// converged transport (Danskin): the plan need not be differentiated.
public struct TransportDistance: Observer {
  public let group: ParticleGroup
  /// m, `[count, dimension]`
  public let target: [Double]
  /// The root of the entropic regularization, m.
  public let blur: Double
  public let tolerance: Double
  public let moment: ObservedMoment
  private let ofTarget: Double

  /// - Parameters:
  ///   - group: the particles.
  ///   - target: places of equal mass, `[count, dimension]` in m.
  ///   - blur: distances that do not matter, m.
  ///   - tolerance: the largest error of a particle's share of mass, relative to that share.
  ///   - moment: when it is taken.
  public init(
    _ group: ParticleGroup, to target: [Double], blur: Double, tolerance: Double = 1e-4, _ moment: ObservedMoment = .end
  ) {
    precondition(blur > 0 && !target.isEmpty && target.count % group.dimension == 0)
    self.group = group
    self.target = target
    self.blur = blur
    self.tolerance = tolerance
    self.moment = moment
    let count = target.count / group.dimension
    let shares = [Double](repeating: 1 / Double(count), count: count)
    ofTarget =
      EntropicTransport(dimension: group.dimension, blur: blur, tolerance: tolerance).ofItself(target, shares).cost
  }

  public var name: String { "transport-distance" }
  public var unit: String { "m^2" }

  private var transport: EntropicTransport {
    EntropicTransport(dimension: group.dimension, blur: blur, tolerance: tolerance)
  }

  private func cloud(_ state: DenseVector) -> (places: [Double], shares: [Double]) {
    let range = group.position(group.particles.lowerBound)..<group.position(group.particles.upperBound)
    let total = group.mass
    return (Array(state.elements[range]), group.particles.map { group.system.masses[$0] / total })
  }

  private var targetShares: [Double] {
    let count = target.count / group.dimension
    return [Double](repeating: 1 / Double(count), count: count)
  }

  public func value(_ state: DenseVector, _ parameters: DenseVector, _ context: StepContext) -> Double {
    let (places, shares) = cloud(state)
    guard places.allSatisfy(\.isFinite) else { return .nan }
    return transport.between(places, shares, target, targetShares).cost
      - (transport.ofItself(places, shares).cost + ofTarget) / 2
  }

  public func addPartials(
    _ state: DenseVector, _ parameters: DenseVector, _ context: StepContext, scale: Double, seed: inout DenseVector,
    gradient: inout DenseVector
  ) {
    let (places, shares) = cloud(state)
    let toTarget = transport.between(places, shares, target, targetShares).slope
    let toItself = transport.ofItself(places, shares).slope
    let first = group.position(group.particles.lowerBound)
    for k in toTarget.indices { seed[first + k] += scale * (toTarget[k] - toItself[k]) }
  }
}
