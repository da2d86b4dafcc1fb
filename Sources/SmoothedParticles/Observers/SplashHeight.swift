import DifferentiableCore
import Foundation

/// A smooth maximum of some particles' heights, in m: w ln Σ (m_i/M) exp(y_i/w). It lies below the highest particle, by at
/// most w ln(M/m) with w its width.
public struct SplashHeight: Observer {
  public let group: ParticleGroup
  /// w, m
  public let width: Double
  public let moment: ObservedMoment

  public init(_ group: ParticleGroup, width: Double, _ moment: ObservedMoment = .end) {
    precondition(width > 0)
    self.group = group
    self.width = width
    self.moment = moment
  }

  public var name: String { "splash-height" }
  public var unit: String { "m" }

  private func highest(_ state: DenseVector) -> Double {
    group.particles.reduce(-.infinity) { max($0, state[group.position($1) + 1]) }
  }

  private func share(_ i: Int, _ state: DenseVector, below top: Double) -> Double {
    group.system.masses[i] * exp((state[group.position(i) + 1] - top) / width)
  }

  public func value(_ state: DenseVector, _ parameters: DenseVector, _ context: StepContext) -> Double {
    let top = highest(state)
    let sum = group.particles.reduce(0.0) { $0 + share($1, state, below: top) }
    return top + width * log(sum / group.mass)
  }

  public func addPartials(
    _ state: DenseVector, _ parameters: DenseVector, _ context: StepContext, scale: Double, seed: inout DenseVector,
    gradient: inout DenseVector
  ) {
    let top = highest(state)
    let sum = group.particles.reduce(0.0) { $0 + share($1, state, below: top) }
    for i in group.particles { seed[group.position(i) + 1] += scale * share(i, state, below: top) / sum }
  }
}

/// Σ (m_i/M) exp((y_i - y0)/w): its integral over time T is that of which w ln(·/T) + y0 is a smooth maximum of the heights
/// over particles and time.
public struct ExponentialHeight: Observer {
  public let group: ParticleGroup
  /// y0, m
  public let reference: Double
  /// w, m
  public let width: Double

  public init(_ group: ParticleGroup, above reference: Double, width: Double) {
    precondition(width > 0)
    self.group = group
    self.reference = reference
    self.width = width
  }

  public var name: String { "exponential-height" }
  public var unit: String { "1" }
  public var moment: ObservedMoment { .throughout }

  private func share(_ i: Int, _ state: DenseVector) -> Double {
    // Bounded where a particle of a flow that goes wrong flies off.
    group.system.masses[i] * exp(min(600, (state[group.position(i) + 1] - reference) / width)) / group.mass
  }

  public func value(_ state: DenseVector, _ parameters: DenseVector, _ context: StepContext) -> Double {
    group.particles.reduce(0) { $0 + share($1, state) }
  }

  public func addPartials(
    _ state: DenseVector, _ parameters: DenseVector, _ context: StepContext, scale: Double, seed: inout DenseVector,
    gradient: inout DenseVector
  ) {
    for i in group.particles { seed[group.position(i) + 1] += scale * share(i, state) / width }
  }
}
