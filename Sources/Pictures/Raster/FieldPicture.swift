/// A 2D mesh or grid coloured by a field, drawn in its deformed shape.
public struct FieldPicture: Sendable {
  public var map: ColorMap
  /// Pixels along the longer side of the drawing, margins included.
  public var longerSide: Int
  public var background: Color
  /// Drawn around the undeformed shape; nil for none.
  public var undeformedLine: Color?
  /// Loads and supports, drawn over the undeformed places.
  public var marks = Marks()

  public init(
    map: ColorMap = .viridis, longerSide: Int = 1200, background: Color = .white,
    undeformedLine: Color? = Color(hex: 0xA8B2BC)
  ) {
    self.map = map
    self.longerSide = longerSide
    self.background = background
    self.undeformedLine = undeformedLine
  }

  /// - Parameters:
  ///   - domain: in two dimensions.
  ///   - keeping: which cells are drawn; void cells of a density design are left out.
  ///   - field: one value per cell or one per node.
  ///   - range: values of the first and last colour; `FieldRange.robust` of the drawn values by default.
  ///   - displacement: `[nodeCount, 2]` in m, or empty.
  ///   - scale: what displacements are multiplied by.
  public func render(
    _ domain: some Domain, keeping: (Int) -> Bool = { _ in true }, field: Field, range: ClosedRange<Double>? = nil,
    displacement: DenseVector = .zero, scale: Double = 1
  ) -> Raster {
    precondition(domain.dimension == 2 && field.components == 1, "a field picture shows one value per place in 2D")
    precondition(
      displacement.isEmpty || displacement.count == 2 * domain.nodeCount, "a displacement has 2 entries per node")
    let cells = (0..<domain.cellCount).filter(keeping)
    let places = (0..<domain.nodeCount).map { node -> SIMD2<Double> in
      let point = domain.point(ofNode: node)
      let moved = displacement.isEmpty ? SIMD2.zero : SIMD2(displacement[2 * node], displacement[2 * node + 1])
      return SIMD2(point[0], point[1]) + moved * scale
    }
    let values = range ?? Self.range(domain, cells, field)
    let outline = Outline.extract(from: domain, keeping: keeping)
    let frame = Frame(
      points: places + outline.loops.flatMap { $0 }, longerSide: longerSide, margin: marks.isEmpty ? 0.03 : 0.08)
    var canvas = Canvas(width: frame.width, height: frame.height, background: background)
    let span = values.upperBound - values.lowerBound
    func color(_ value: Double) -> Color { map[span > 0 ? (value - values.lowerBound) / span : 0.5] }
    for cell in cells {
      let nodes = domain.nodesAroundCell(cell)
      for i in 1..<nodes.count - 1 {
        let corners = [nodes[0], nodes[i], nodes[i + 1]]
        let colors = corners.map { color(field.values[field.location == .cells ? cell : $0]) }
        let p = corners.map { frame.pixel(places[$0]) }
        canvas.fill(p[0], p[1], p[2], (colors[0], colors[1], colors[2]))
      }
    }
    if let undeformedLine, !displacement.isEmpty {
      for loop in outline.loops {
        for i in loop.indices {
          canvas.line(
            from: frame.pixel(loop[i]), to: frame.pixel(loop[(i + 1) % loop.count]), width: 1.2, undeformedLine)
        }
      }
    }
    marks.draw(
      on: &canvas, extent: frame.extent, unitLength: Double(longerSide) / 22, pixel: { frame.pixel($0) })
    return canvas.raster
  }

  private static func range(_ domain: some Domain, _ cells: [Int], _ field: Field) -> ClosedRange<Double> {
    FieldRange.robust(
      (field.location == .cells ? cells : cells.flatMap { domain.nodes(ofCell: $0) }).map { field.values[$0] })
  }
}

/// From metres to pixels: the whole shape with a margin, y up.
struct Frame {
  let width: Int
  let height: Int
  /// The longer side of the shape in m.
  let extent: Double
  private let lower: SIMD2<Double>
  private let pixelsPerMetre: Double

  init(points: [SIMD2<Double>], longerSide: Int, margin: Double = 0.03) {
    var low = SIMD2<Double>(repeating: .infinity), high = -low
    for p in points where p.x.isFinite && p.y.isFinite {
      low = pointwiseMin(low, p)
      high = pointwiseMax(high, p)
    }
    if !low.x.isFinite { (low, high) = (.zero, .zero) }
    let span = high - low
    let longest = span.max() > 0 && span.max().isFinite ? span.max() : 1
    extent = longest
    let gap = SIMD2(repeating: margin * longest)
    lower = low - gap
    let size = span + gap * 2
    pixelsPerMetre = Double(longerSide) / max(size.x, size.y)
    let most = Double(longerSide)
    width = Int(min(max(1, (size.x * pixelsPerMetre).rounded(.up)), most))
    height = Int(min(max(1, (size.y * pixelsPerMetre).rounded(.up)), most))
  }

  func pixel(_ p: SIMD2<Double>) -> SIMD2<Double> {
    let q = (p - lower) * pixelsPerMetre
    return SIMD2(q.x, Double(height) - q.y)
  }

  /// A length in m on the picture.
  func pixels(_ length: Double) -> Double { length * pixelsPerMetre }
}
