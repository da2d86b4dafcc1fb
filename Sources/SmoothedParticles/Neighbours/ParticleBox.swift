import DifferentiableCore

/// The box that particles live in; an axis may be periodic. A particle that leaves through another axis is an error.
public struct ParticleBox: Sendable, Equatable {
  /// m, one entry an axis (1, 2 or 3 of them).
  public var lower: [Double]
  /// m
  public var upper: [Double]
  public var isPeriodic: [Bool]

  public init(lower: [Double], upper: [Double], isPeriodic: [Bool]) {
    precondition(lower.count == upper.count && lower.count == isPeriodic.count && (1...3).contains(lower.count))
    self.lower = lower
    self.upper = upper
    self.isPeriodic = isPeriodic
  }

  public var dimension: Int { lower.count }
  /// m
  public func length(_ axis: Int) -> Double { upper[axis] - lower[axis] }

  /// The shortest periodic length that a support of this radius can live with: nearer images would meet twice.
  public static func shortestPeriod(support: Double) -> Double { 3 * support }
}
