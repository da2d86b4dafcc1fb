/// Particles as dots coloured by a number each.
public struct ParticlePicture: Sendable {
  public var map: ColorMap
  /// Pixels along the longer side of the drawing, margins included.
  public var longerSide: Int
  public var background: Color
  /// From where particles in space are seen.
  public var view: ViewPoint

  public init(
    map: ColorMap = .viridis, longerSide: Int = 1200, background: Color = .white, view: ViewPoint = ViewPoint()
  ) {
    self.map = map
    self.longerSide = longerSide
    self.background = background
    self.view = view
  }

  /// - Parameters:
  ///   - positions: `[count, dimension]` in m.
  ///   - box: the lower and the upper corner of what is shown, in m; its edges are drawn.
  ///   - diameter: of a dot, in m.
  ///   - values: one a particle.
  ///   - walls: `[count, dimension]` in m, drawn in grey.
  ///   - range: values of the first and last colour; `FieldRange.robust` of the values by default.
  public func render(
    positions: [Double], box: (lower: [Double], upper: [Double]), diameter: Double, values: [Double],
    walls: [Double] = [], range: ClosedRange<Double>? = nil
  ) -> Raster {
    let dimension = box.lower.count
    precondition((2...3).contains(dimension) && positions.count == dimension * values.count, "one value a particle")
    let range = range ?? FieldRange.robust(values)
    let span = range.upperBound - range.lowerBound
    let axes = view.frame
    func shadow(_ p: SIMD3<Double>) -> (place: SIMD2<Double>, nearness: Double) {
      dimension == 2 ? (SIMD2(p.x, p.y), 0) : (SIMD2(dot(p, axes.right), dot(p, axes.up)), dot(p, axes.back))
    }
    let corners = (0..<1 << dimension).map { corner in
      let x = (0..<3).map { $0 < dimension ? (corner >> $0 & 1 == 0 ? box.lower[$0] : box.upper[$0]) : 0 }
      return shadow(SIMD3(x[0], x[1], x[2])).place
    }
    let frame = Frame(points: corners, longerSide: longerSide)
    var canvas = Canvas(width: frame.width, height: frame.height, background: background)
    for corner in corners.indices {
      for axis in 0..<dimension where corner >> axis & 1 == 0 {
        canvas.line(
          from: frame.pixel(corners[corner]), to: frame.pixel(corners[corner | 1 << axis]), width: 1.5,
          Color(hex: 0xA8B2BC))
      }
    }
    let all = walls + positions, wallCount = walls.count / dimension
    let places = (0..<wallCount + values.count).map { i in
      let p = dimension * i
      return shadow(SIMD3(all[p], all[p + 1], dimension == 3 ? all[p + 2] : 0))
    }
    // The nearest last.
    let order =
      dimension == 2 ? Array(places.indices) : places.indices.sorted { places[$0].nearness < places[$1].nearness }
    let radius = max(0.6, frame.pixels(diameter / 2))
    let circle = Self.octagon.map { $0 * radius }
    for i in order where places[i].place.x.isFinite && places[i].place.y.isFinite {
      let center = frame.pixel(places[i].place)
      let value = i < wallCount ? nil : values[i - wallCount]
      canvas.fill(
        circle.map { center + $0 },
        value.map { map[span > 0 ? ($0 - range.lowerBound) / span : 0.5] } ?? Color(hex: 0xC9D0D6))
    }
    return canvas.raster
  }

  /// Corners of a regular octagon around a circle of radius one, nearly.
  private static let octagon: [SIMD2<Double>] = [
    SIMD2(0.924, 0.383), SIMD2(0.383, 0.924), SIMD2(-0.383, 0.924), SIMD2(-0.924, 0.383), SIMD2(-0.924, -0.383),
    SIMD2(-0.383, -0.924), SIMD2(0.383, -0.924), SIMD2(0.924, -0.383),
  ]
}
