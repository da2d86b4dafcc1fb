import Foundation

/// Pushes balls (discs in the plane) apart until no two overlap, all inside a box. Every overlapping pair is moved apart along
/// the line of its centres, each ball by half; sweeps go on until none is left. What comes is near to what was given, not the
/// nearest there is.
public struct BallSeparation: Sendable {
  public let radii: [Double]
  /// The lowest and the highest corner of the box, in m.
  public let low: [Double]
  public let high: [Double]
  /// Sweeps over all pairs, at most.
  public var mostSweeps = 20_000

  /// - Parameters:
  ///   - radii: In m, one a ball.
  ///   - low: The lowest corner of the box, in m, one entry an axis.
  ///   - high: The highest corner, in m.
  public init(radii: [Double], low: [Double], high: [Double]) {
    precondition(low.count == high.count && !low.isEmpty, "a box of \(low.count) and \(high.count) axes")
    self.radii = radii
    self.low = low
    self.high = high
  }

  private var axes: Int { low.count }

  /// Whether no two balls overlap and all are inside.
  ///
  /// - Parameter places: `[balls, axes]`, centres in m.
  public func holds(_ places: DenseVector) -> Bool {
    for i in radii.indices {
      for axis in 0..<axes {
        let x = places[axes * i + axis]
        guard x - radii[i] >= low[axis], x + radii[i] <= high[axis] else { return false }
      }
      for j in 0..<i where distance(places, i, j) < radii[i] + radii[j] { return false }
    }
    return true
  }

  /// Places without overlap, near those given; those given where they have none.
  ///
  /// - Parameter places: `[balls, axes]`, centres in m.
  /// - Throws: `SolveFailure` where a ball does not fit into the box, or the balls find no room.
  public func separated(_ places: DenseVector) throws(SolveFailure) -> DenseVector {
    precondition(places.count == axes * radii.count, "\(places.count) entries for \(radii.count) balls")
    guard places.elements.allSatisfy(\.isFinite) else { throw SolveFailure(.unsupported, "places that are no numbers") }
    for (i, radius) in radii.enumerated() {
      for axis in 0..<axes where high[axis] - low[axis] < 2 * radius {
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
        for axis in 0..<axes { places[axes * i + axis] = inside(places[axes * i + axis], radii[i], axis) }
      }
      if holds(places) { return places }
    }
    throw SolveFailure(.stalled, "\(radii.count) balls find no room in the box after \(mostSweeps) sweeps")
  }

  /// The nearest coordinate at which a ball is inside, by the test of `holds`, rounding included.
  private func inside(_ x: Double, _ radius: Double, _ axis: Int) -> Double {
    var result = min(high[axis] - radius, max(low[axis] + radius, x))
    if result - radius < low[axis] { result = result.nextUp }
    if result + radius > high[axis] { result = result.nextDown }
    return result
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
