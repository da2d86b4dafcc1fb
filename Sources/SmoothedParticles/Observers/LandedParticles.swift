import DifferentiableCore
import Foundation

/// Mean or spread along a direction of the particles that have fallen below a height, in m.
///
/// A particle counts by its mass times 1/(1 + exp(-(h - y)/w)). The numbers are means over what counts, so that they say
/// nothing of how much that is; where nothing has landed they are those of the lowest particles.
public struct LandedParticles: Observer {
  public enum Measure: Sendable, Hashable {
    /// Where they are in the mean.
    case mean
    /// The standard deviation of where they are.
    case spread
  }

  public let group: ParticleGroup
  public let measure: Measure
  /// One entry an axis.
  public let direction: [Double]
  /// h, m
  public let height: Double
  /// w, m
  public let edgeWidth: Double
  public let moment: ObservedMoment

  public init(
    _ group: ParticleGroup, _ measure: Measure, along direction: [Double], below height: Double, edgeWidth: Double,
    _ moment: ObservedMoment = .end
  ) {
    precondition(direction.count == group.dimension && edgeWidth > 0)
    self.group = group
    self.measure = measure
    self.direction = direction
    self.height = height
    self.edgeWidth = edgeWidth
    self.moment = moment
  }

  public var name: String { measure == .mean ? "landed-mean" : "landed-spread" }
  public var unit: String { "m" }

  private struct Landing {
    /// They add up to one.
    var shares: [Double]
    /// Derivative of the logarithm of a weight by the height, 1/m.
    var slopes: [Double]
    var places: [Double]
    var mean: Double
    var variance: Double
  }

  private func landing(_ state: DenseVector) -> Landing {
    var logarithms: [Double] = [], slopes: [Double] = [], places: [Double] = []
    for i in group.particles {
      let x = group.position(i), z = (height - state[x + 1]) / edgeWidth
      // ln(1/(1 + e^-z)), also far below zero.
      logarithms.append(log(group.system.masses[i]) + min(z, 0) - log1p(exp(-abs(z))))
      slopes.append(-1 / (edgeWidth * (1 + exp(z))))
      places.append((0..<group.dimension).reduce(0) { $0 + direction[$1] * state[x + $1] })
    }
    let top = logarithms.max() ?? 0, weights = logarithms.map { exp($0 - top) }, sum = weights.reduce(0, +)
    let shares = weights.map { $0 / sum }
    let mean = zip(shares, places).reduce(0) { $0 + $1.0 * $1.1 }
    let variance = zip(shares, places).reduce(0) { $0 + $1.0 * ($1.1 - mean) * ($1.1 - mean) }
    return Landing(shares: shares, slopes: slopes, places: places, mean: mean, variance: variance)
  }

  public func value(_ state: DenseVector, _ parameters: DenseVector, _ context: StepContext) -> Double {
    let landing = landing(state)
    return measure == .mean ? landing.mean : landing.variance.squareRoot()
  }

  public func addPartials(
    _ state: DenseVector, _ parameters: DenseVector, _ context: StepContext, scale: Double, seed: inout DenseVector,
    gradient: inout DenseVector
  ) {
    let landing = landing(state)
    let factor =
      measure == .mean ? scale : scale / (2 * max(landing.variance, .leastNormalMagnitude).squareRoot())
    for (k, i) in group.particles.enumerated() {
      let x = group.position(i), away = landing.places[k] - landing.mean
      let worth = measure == .mean ? away : away * away - landing.variance
      let slope = measure == .mean ? 1 : 2 * away
      for axis in 0..<group.dimension {
        seed[x + axis] += factor * landing.shares[k] * slope * direction[axis]
      }
      seed[x + 1] += factor * landing.shares[k] * worth * landing.slopes[k]
    }
  }
}
