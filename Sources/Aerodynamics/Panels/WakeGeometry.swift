import DifferentiableCore
import Foundation

/// The line on which the wake's sources lie: it leaves along the bisector of the trailing edge and follows the flow
/// without viscosity for a chord, in steps that grow in proportion.
///
/// Reference: Drela (1989), section 2.
struct WakeGeometry: Sendable {
  /// How far behind the edge the first point is, so that it is not a node.
  static let offset = 1e-4
  static let totalLength = 1.0

  let points: [SIMD2<Double>]
  /// Along the flow; the first is the bisector.
  let directions: [SIMD2<Double>]
  /// The velocity without viscosity; of the first point only the direction is known.
  let velocities: [SIMD2<Double>]
  /// The surface's nodes and the middles of its panels as each point sees them.
  let sights: [PanelLine.Sight]
  /// The nodes alone, as the points and the middles between them see them.
  private let nodeSightsAlongPath: [PanelLine.Sight]
  /// Between one point and the next.
  let lengths: [Double]
  /// The derivative of each length by the first.
  let lengthSlopes: [Double]

  var count: Int { points.count }

  init(_ system: PanelSystem, circulation: [Double], angle: Double, count: Int) {
    let edge = system.edges[0]
    let stream = SIMD2(cos(angle), sin(angle))
    let first = edge.panelLength.value
    (lengths, lengthSlopes) = Self.spacing(first: first, steps: count - 1)
    let bisector = SIMD2(edge.bisector.x.value, edge.bisector.y.value)
    var point = SIMD2(edge.middle.x.value, edge.middle.y.value) + Self.offset * bisector
    var points = [point], directions = [bisector], velocities = [bisector]
    var sights = [system.sourcePath.line.sight(from: point)], nodeSights = [sights[0].ofEverySecond]
    for w in 1..<count {
      point += lengths[w - 1] * directions[w - 1]
      sights.append(system.sourcePath.line.sight(from: point))
      nodeSights.append(system.surface.line.sight(from: 0.5 * (points[w - 1] + point)))
      nodeSights.append(sights[w].ofEverySecond)
      let velocity = stream + system.velocity(at: nodeSights[2 * w], circulation: circulation)
      points.append(point)
      velocities.append(velocity)
      directions.append(velocity / (velocity * velocity).sum().squareRoot())
    }
    self.points = points
    self.directions = directions
    self.velocities = velocities
    self.sights = sights
    nodeSightsAlongPath = nodeSights
  }

  /// The surface's nodes as a point sees them.
  func nodeSight(_ point: Int) -> PanelLine.Sight { nodeSightsAlongPath[2 * point] }

  /// Visits the surface's nodes in groups as field points of a panel of the wake's path.
  @inline(__always)
  func forEachGroup(
    of surface: PanelSurface, seenByPanel panel: Int, _ body: (_ start: Int, _ weight: PanelLanes, PanelFrame) -> Void
  ) {
    surface.line.forEachGroup(seenBy: nodeSightsAlongPath[panel], nodeSightsAlongPath[panel + 1], body)
  }

  /// Lengths in geometric progression from the first to a given sum, with their derivatives by the first.
  static func spacing(first: Double, steps n: Int) -> (lengths: [Double], slopes: [Double]) {
    // first (r^n - 1)/(r - 1) = total, by Newton's method on the logarithm of the sum.
    var ratio = 1.2
    func sum(_ r: Double) -> (value: Double, slope: Double) {
      var value = 0.0, slope = 0.0, power = 1.0, below = 0.0
      for k in 0..<n {
        value += power
        slope += Double(k) * below
        below = power
        power *= r
      }
      return (value, slope)
    }
    for _ in 0..<60 {
      let (value, slope) = sum(ratio)
      let step = log(first * value / totalLength) * value / slope
      ratio = max(ratio - step, 0.5 * ratio)
      if abs(step) < 1e-15 { break }
    }
    let (value, slope) = sum(ratio)
    let byFirst = -value / (first * slope)
    var lengths: [Double] = [], slopes: [Double] = []
    for k in 0..<n {
      let power = pow(ratio, Double(k))
      lengths.append(first * power)
      slopes.append(power + first * Double(k) * power / ratio * byFirst)
    }
    return (lengths, slopes)
  }

  /// Carries derivatives by points, directions and lengths back to the nodes, the circulation and the angle.
  func pullback(
    points onPoints: [SIMD2<Double>], directions onDirections: [SIMD2<Double>], lengths onLengths: [Double],
    _ system: PanelSystem, circulation: [Double], angle: Double, nodes: inout PointDerivatives,
    circulation onCirculation: inout [Double]
  ) -> Double {
    var onPoints = onPoints, onDirections = onDirections, onLengths = onLengths
    let c = cos(angle), s = sin(angle)
    var onAngle = 0.0
    for w in stride(from: count - 1, to: 0, by: -1) {
      let t = directions[w], v = velocities[w]
      let onDirection = onDirections[w]
      let seed = (onDirection - (onDirection * t).sum() * t) / (v * v).sum().squareRoot()
      if seed != .zero {
        onAngle += -s * seed.x + c * seed.y
        _ = system.velocityPullback(
          at: nodeSight(w), seed: seed, circulation: circulation, nodes: &nodes, field: &onPoints[w])
        system.addVelocityWeights(at: nodeSight(w), seed: seed, to: &onCirculation)
      }
      onPoints[w - 1] += onPoints[w]
      onDirections[w - 1] += lengths[w - 1] * onPoints[w]
      onLengths[w - 1] += (onPoints[w] * directions[w - 1]).sum()
    }
    let edge = system.edges[0]
    let onBisector = onDirections[0] + Self.offset * onPoints[0]
    edge.add(onBisector.x, edge.bisector.x, to: &nodes)
    edge.add(onBisector.y, edge.bisector.y, to: &nodes)
    edge.add(onPoints[0].x, edge.middle.x, to: &nodes)
    edge.add(onPoints[0].y, edge.middle.y, to: &nodes)
    edge.add(zip(onLengths, lengthSlopes).reduce(0) { $0 + $1.0 * $1.1 }, edge.panelLength, to: &nodes)
    return onAngle
  }

  /// The sources of the wake.
  var sources: SourceLine {
    SourceLine(count: count) { from, to in lengths[from..<to].reduce(0, +) }
  }

  /// Derivatives by strengths of the sources to derivatives by the lengths.
  func strengthsByLengths(_ seed: [Double], at strengths: [Double]) -> [Double] {
    let line = sources
    var result = [Double](repeating: 0, count: count - 1)
    for (k, onSpan) in line.pullback(seed, at: strengths).enumerated() {
      let (from, to) = line.ends(k)
      for w in from..<to { result[w] += onSpan }
    }
    return result
  }
}
