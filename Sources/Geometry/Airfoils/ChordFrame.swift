import Foundation

/// A foil moved, turned and scaled so that its chord lies from (0, 0) to (1, 0): the chord is the longest line from the
/// middle of the trailing edge to the surface.
public struct ChordFrame: Sendable {
  /// `[nodeCount, 2]`, in chords.
  public let surface: DenseVector
  /// What the foil was turned by, nose up positive, in rad.
  public let rotation: Double
  /// Its chord in the units of the given surface.
  public let chord: Double

  public init(_ nodes: DenseVector) {
    let n = nodes.count / 2
    let tail = (x: 0.5 * (nodes[0] + nodes[2 * n - 2]), y: 0.5 * (nodes[1] + nodes[2 * n - 1]))
    let spline = SurfaceSpline(nodes)
    func square(_ place: SurfaceSpline.Place) -> Double {
      let point = spline.point(place)
      return (point.x - tail.x) * (point.x - tail.x) + (point.y - tail.y) * (point.y - tail.y)
    }
    var node = 1
    for i in 1..<n - 1
    where square(.init(interval: i, offset: 0)) > square(.init(interval: node, offset: 0)) { node = i }
    // Where the curve is perpendicular to the line from the tail, by bisection on the sign of the product.
    func turning(_ place: SurfaceSpline.Place) -> Double {
      let x = spline.jetX(place), y = spline.jetY(place)
      return (x.value - tail.x) * x.slope + (y.value - tail.y) * y.slope
    }
    let interval = turning(.init(interval: node, offset: 0)) > 0 ? node : node - 1
    var low = 0.0, high = spline.lengths[interval]
    for _ in 0..<60 {
      let middle = 0.5 * (low + high)
      if turning(.init(interval: interval, offset: middle)) > 0 { low = middle } else { high = middle }
    }
    let nose = spline.point(.init(interval: interval, offset: 0.5 * (low + high)))
    let (dx, dy) = (tail.x - nose.x, tail.y - nose.y)
    let length = (dx * dx + dy * dy).squareRoot()
    let (c, s) = (dx / length, dy / length)
    chord = length
    rotation = atan2(s, c)
    surface = DenseVector(count: 2 * n) { result in
      for i in 0..<n {
        let x = (nodes[2 * i] - nose.x) / length, y = (nodes[2 * i + 1] - nose.y) / length
        result[2 * i] = c * x + s * y
        result[2 * i + 1] = c * y - s * x
      }
    }
  }
}
