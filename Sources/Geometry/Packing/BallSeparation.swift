import Foundation

/// Pushes balls (discs in the plane) apart until no two overlap, each centre inside its own bounds. Every overlapping pair is
/// moved apart along the line of its centres, each ball by half; sweeps go on until none is left. What comes is near to what
/// was given, not the nearest there is.
public struct BallSeparation: Sendable {
  public let radii: [Double]
  /// The lowest and the highest centres, `[balls, axes]` in m.
  public let lowest: DenseVector
  public let highest: DenseVector
  /// Sweeps over all pairs, at most.
  public var mostSweeps = 20_000
  /// Of the sum of two radii, how much of an overlap counts as none.
  public var slack = 0.0

  private let axes: Int

  /// Balls wholly inside a box.
  ///
  /// - Parameters:
  ///   - radii: In m, one a ball.
  ///   - low: The lowest corner of the box, in m, one entry an axis.
  ///   - high: The highest corner, in m.
  public init(radii: [Double], low: [Double], high: [Double]) {
    precondition(low.count == high.count && !low.isEmpty, "a box of \(low.count) and \(high.count) axes")
    self.init(
      radii: radii, lowest: DenseVector(radii.flatMap { radius in low.map { $0 + radius } }),
      highest: DenseVector(radii.flatMap { radius in high.map { $0 - radius } }))
  }

  /// Balls whose centres have bounds of their own.
  ///
  /// - Parameters:
  ///   - radii: In m, one a ball.
  ///   - lowest: The lowest centres, `[balls, axes]` in m.
  ///   - highest: The highest centres.
  public init(radii: [Double], lowest: DenseVector, highest: DenseVector) {
    precondition(lowest.count == highest.count, "\(lowest.count) and \(highest.count) bounds")
    precondition(
      !radii.isEmpty && !lowest.isEmpty && lowest.count % radii.count == 0,
      "\(lowest.count) bounds of \(radii.count) balls")
    self.radii = radii
    self.lowest = lowest
    self.highest = highest
    axes = lowest.count / radii.count
  }

  /// Whether no two balls overlap and all centres are inside their bounds.
  ///
  /// - Parameter places: `[balls, axes]`, centres in m.
  public func holds(_ places: DenseVector) -> Bool {
    for k in places.indices {
      guard places[k] >= lowest[k], places[k] <= highest[k] else { return false }
    }
    return overlapping(places) == nil
  }

  /// The first pair of balls that overlap; nil where none do.
  ///
  /// - Parameter places: `[balls, axes]`, centres in m.
  public func overlapping(_ places: DenseVector) -> (Int, Int)? {
    for i in radii.indices {
      for j in 0..<i where distance(places, i, j) < (radii[i] + radii[j]) * (1 - slack) { return (j, i) }
    }
    return nil
  }

  /// Places without overlap, near those given; those given where they have none.
  ///
  /// - Parameter places: `[balls, axes]`, centres in m.
  /// - Throws: `SolveFailure` where a ball does not fit into the box, or the balls find no room.
  public func separated(_ places: DenseVector) throws(SolveFailure) -> DenseVector {
    precondition(places.count == axes * radii.count, "\(places.count) entries for \(radii.count) balls")
    guard places.elements.allSatisfy(\.isFinite) else { throw SolveFailure(.unsupported, "places that are no numbers") }
    for (i, radius) in radii.enumerated() {
      for axis in 0..<axes where highest[axes * i + axis] < lowest[axes * i + axis] {
        throw SolveFailure(.unsupported, "ball \(i) of radius \(radius) m does not fit into the box")
      }
    }
    if holds(places) { return places }
    var places = places
    for _ in 0..<mostSweeps {
      for i in radii.indices {
        for j in 0..<i { pushApart(&places, i, j) }
      }
      for i in radii.indices {
        for k in axes * i..<axes * (i + 1) { places[k] = min(highest[k], max(lowest[k], places[k])) }
      }
      if holds(places) { return places }
    }
    throw SolveFailure(.stalled, "\(radii.count) balls find no room in the box after \(mostSweeps) sweeps")
  }

  private func distance(_ places: DenseVector, _ i: Int, _ j: Int) -> Double {
    var sum = 0.0
    for axis in 0..<axes {
      let difference = places[axes * i + axis] - places[axes * j + axis]
      sum += difference * difference
    }
    return sum.squareRoot()
  }

  private func pushApart(_ places: inout DenseVector, _ i: Int, _ j: Int) {
    let needed = radii[i] + radii[j]
    let found = distance(places, i, j)
    guard found < needed else { return }
    // A little more than needed, so that sweeps end.
    let push = 0.5 * (needed * (1 + 1e-9) - found)
    for axis in 0..<axes {
      let towards: Double
      if found > 1e-12 * needed {
        towards = (places[axes * i + axis] - places[axes * j + axis]) / found
      } else {
        // On one spot: along a direction that depends on the pair alone.
        let angle = Double(i * radii.count + j)
        towards = axes == 1 ? 1 : axis == 0 ? cos(angle) : axis == 1 ? sin(angle) : 0
      }
      places[axes * i + axis] += push * towards
      places[axes * j + axis] -= push * towards
    }
  }
}
