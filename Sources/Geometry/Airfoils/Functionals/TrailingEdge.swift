import Foundation

/// The angle between the two sides at the trailing edge, in rad; from the slopes that the surface's spline has there.
public struct TrailingEdgeAngle: SurfaceFunctional {
  public init() {}

  public func evaluate(_ surface: DenseVector, wantsGradient: Bool) -> SurfaceValue {
    let spline = SurfaceSpline(surface)
    let last = spline.nodeCount - 1
    let first = SurfaceSpline.Place(interval: 0, offset: 0)
    let end = SurfaceSpline.Place(interval: last - 1, offset: spline.lengths[last - 1])
    // Both directions point to the tail.
    let upper = (x: -spline.jetX(first).slope, y: -spline.jetY(first).slope)
    let lower = (x: spline.jetX(end).slope, y: spline.jetY(end).slope)
    let cross = lower.y * upper.x - lower.x * upper.y
    let dot = upper.x * lower.x + upper.y * lower.y
    let angle = atan2(cross, dot)
    guard wantsGradient else { return SurfaceValue(value: angle, gradient: .zero) }
    let square = cross * cross + dot * dot
    let toCross = dot / square, toDot = -cross / square
    var seeds = SurfaceSpline.Seeds(spline)
    spline.add(
      x: .init(value: 0, slope: -(toCross * lower.y + toDot * lower.x), bend: 0),
      y: .init(value: 0, slope: -(-toCross * lower.x + toDot * lower.y), bend: 0), at: first, to: &seeds)
    let toOffset = spline.add(
      x: .init(value: 0, slope: -toCross * upper.y + toDot * upper.x, bend: 0),
      y: .init(value: 0, slope: toCross * upper.x + toDot * upper.y, bend: 0), at: end, to: &seeds)
    seeds.lengths[last - 1] += toOffset
    return SurfaceValue(value: angle, gradient: spline.gradient(seeds))
  }
}

/// The distance between the two ends of a surface, in chords; its gradient is zero where they meet.
public struct TrailingEdgeGap: SurfaceFunctional {
  public init() {}

  public func evaluate(_ surface: DenseVector, wantsGradient: Bool) -> SurfaceValue {
    let n = surface.count
    let dx = surface[0] - surface[n - 2], dy = surface[1] - surface[n - 1]
    let gap = (dx * dx + dy * dy).squareRoot()
    guard wantsGradient else { return SurfaceValue(value: gap, gradient: .zero) }
    var gradient = DenseVector(zeros: n)
    if gap > 0 {
      (gradient[0], gradient[1]) = (dx / gap, dy / gap)
      (gradient[n - 2], gradient[n - 1]) = (-dx / gap, -dy / gap)
    }
    return SurfaceValue(value: gap, gradient: gradient)
  }
}
