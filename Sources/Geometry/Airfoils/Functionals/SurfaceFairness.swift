/// How much a surface wiggles: the mean square of the third derivative y''' along both sides, between 5 and 95 % of the
/// chord, in 1/chord^4. Of a NACA 0012 it is about one, of a surface with ripples hundreds.
public struct SurfaceWiggliness: SurfaceFunctional {
  public var panels = 24
  public init() {}

  public func evaluate(_ surface: DenseVector, wantsGradient: Bool) throws(SolveFailure) -> SurfaceValue {
    let step = 0.9 / Double(panels)
    let stations = (0...panels).map { 0.05 + step * Double($0) }
    let scale = 1 / (step * step * step)
    let weight = 1 / Double(2 * (panels - 2))
    return try SurfaceSections(surface, at: stations).value(wantsGradient: wantsGradient) { upper, lower in
      var total = 0.0
      func gradient(_ y: [Double]) -> [Double] {
        var gradient = [Double](repeating: 0, count: y.count)
        for i in 0..<(y.count - 3) {
          let third = (y[i + 3] - 3 * y[i + 2] + 3 * y[i + 1] - y[i]) * scale
          total += weight * third * third
          let seed = 2 * weight * third * scale
          gradient[i + 3] += seed
          gradient[i + 2] -= 3 * seed
          gradient[i + 1] += 3 * seed
          gradient[i] -= seed
        }
        return gradient
      }
      let byUpper = gradient(upper), byLower = gradient(lower)
      return (total, byUpper, byLower)
    }
  }
}

/// The largest second derivative y'' of one side between two places along the chord, outward positive: at most zero where
/// the side is convex there, above zero where it is hollow. In 1/chord; smoothed from above, so that a bound on it is
/// safe.
public struct SurfaceHollowness: SurfaceFunctional {
  public let side: SurfaceSpline.Side
  public let range: ClosedRange<Double>
  public var panels = 24
  public var sharpness = 50.0

  public init(of side: SurfaceSpline.Side, over range: ClosedRange<Double> = 0.05...0.95) {
    self.side = side
    self.range = range
  }

  public func evaluate(_ surface: DenseVector, wantsGradient: Bool) throws(SolveFailure) -> SurfaceValue {
    let step = (range.upperBound - range.lowerBound) / Double(panels)
    let stations = (0...panels).map { range.lowerBound + step * Double($0) }
    let scale = (side == .upper ? 1 : -1) / (step * step)
    return try SurfaceSections(surface, at: stations).value(wantsGradient: wantsGradient) { upper, lower in
      let y = side == .upper ? upper : lower
      let bends = (1..<panels).map { (y[$0 + 1] - 2 * y[$0] + y[$0 - 1]) * scale }
      let (smallest, weights) = softMinimum(bends.map { -$0 }, sharpness: sharpness)
      var gradient = [Double](repeating: 0, count: y.count)
      for (i, weight) in weights.enumerated() {
        gradient[i] += weight * scale
        gradient[i + 1] -= 2 * weight * scale
        gradient[i + 2] += weight * scale
      }
      let zeros = [Double](repeating: 0, count: y.count)
      return (-smallest, side == .upper ? gradient : zeros, side == .upper ? zeros : gradient)
    }
  }
}
