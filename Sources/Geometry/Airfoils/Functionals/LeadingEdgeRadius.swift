/// The radius of curvature at the foremost point of a surface, in chords.
public struct LeadingEdgeRadius: SurfaceFunctional {
  public init() {}

  public func evaluate(_ surface: DenseVector, wantsGradient: Bool) throws(SolveFailure) -> SurfaceValue {
    let spline = SurfaceSpline(surface)
    let (place, radius) = spline.leadingEdge
    guard radius.isFinite else { throw SolveFailure(.unsupported, "the surface has no rounded leading edge") }
    guard wantsGradient else { return SurfaceValue(value: radius, gradient: .zero) }
    // radius = y'^2 / x'' where x' = 0. The place moves with x': its shift is -dx' / x''.
    let x = spline.jetX(place), y = spline.jetY(place), h = spline.lengths[place.interval]
    let toSlopeY = 2 * y.slope / x.bend, toBendX = -radius / x.bend
    let j = place.interval
    let byOffset = toSlopeY * y.bend + toBendX * (spline.bendX[j + 1] - spline.bendX[j]) / h
    var seeds = SurfaceSpline.Seeds(spline)
    spline.add(
      x: .init(value: 0, slope: -byOffset / x.bend, bend: toBendX), y: .init(value: 0, slope: toSlopeY, bend: 0),
      at: place, to: &seeds)
    return SurfaceValue(value: radius, gradient: spline.gradient(seeds))
  }
}
