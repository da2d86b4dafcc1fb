/// The vertical thickness of a surface at places along the chord, and their smallest where there are several.
///
/// Of several the smallest is smoothed (Kreisselmeier & Steinhauser), so that it is differentiable: it lies below the
/// smallest by at most ln(n) / `sharpness` of a chord.
public struct SectionThickness: SurfaceFunctional {
  public let stations: [Double]
  public var sharpness = 2000.0

  public init(at stations: [Double]) { self.stations = stations }

  public func evaluate(_ surface: DenseVector, wantsGradient: Bool) throws(SolveFailure) -> SurfaceValue {
    try SurfaceSections(surface, at: stations).value(wantsGradient: wantsGradient) { upper, lower in
      let thickness = zip(upper, lower).map { $0 - $1 }
      let (value, weights) = softMinimum(thickness, sharpness: sharpness)
      return (value, weights, weights.map { -$0 })
    }
  }
}

/// The largest vertical thickness of a surface, in chords.
public struct LargestThickness: SurfaceFunctional {
  public init() {}

  public func evaluate(_ surface: DenseVector, wantsGradient: Bool) throws(SolveFailure) -> SurfaceValue {
    let place = try SurfaceSections.crest(of: surface) { $0 - $1 }
    return try SurfaceSections(surface, at: [place]).value(wantsGradient: wantsGradient) { upper, lower in
      (upper[0] - lower[0], [1], [-1])
    }
  }
}

/// The height of the line midway between the two sides above the chord, at a place or at its highest point, in chords.
public struct SectionCamber: SurfaceFunctional {
  /// Nil for the highest point.
  public let station: Double?

  public init(at station: Double? = nil) { self.station = station }

  public func evaluate(_ surface: DenseVector, wantsGradient: Bool) throws(SolveFailure) -> SurfaceValue {
    let place: Double
    if let station { place = station } else { place = try SurfaceSections.crest(of: surface) { ($0 + $1) / 2 } }
    return try SurfaceSections(surface, at: [place]).value(wantsGradient: wantsGradient) { upper, lower in
      ((upper[0] + lower[0]) / 2, [0.5], [0.5])
    }
  }
}
