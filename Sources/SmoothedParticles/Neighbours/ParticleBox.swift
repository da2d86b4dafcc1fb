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

  /// Puts positions (`[count, dimension]`) back into the box along its periodic axes.
  func wrap(_ position: UnsafeMutablePointer<Double>, count: Int) {
    let dimension = dimension
    for axis in 0..<dimension where isPeriodic[axis] {
      let lower = lower[axis], upper = upper[axis], length = upper - lower
      for i in 0..<count {
        let k = i &* dimension &+ axis
        if position[k] >= lower && position[k] < upper { continue }
        let periods = ((position[k] - lower) / length).rounded(.down)
        position[k] -= periods * length
        // Rounding can put a position a hair below the box onto its upper face.
        if position[k] >= upper { position[k] = lower }
      }
    }
  }
}
