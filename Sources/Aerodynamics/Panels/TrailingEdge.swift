/// The corner where the surface ends: its gap, the strengths of the panel that closes it, its bisector.
///
/// With a finite gap the panel from the last node to the first carries sources and vorticity in proportion to the jump
/// of the surface velocity, σ = ½ |ŝ×t̂| (γ₁ - γ_N), γ = -½ |ŝ·t̂| (γ₁ - γ_N), ŝ the bisector and t̂ the panel's
/// direction. Reference: Drela (1989), section 2.
struct TrailingEdge: Sendable {
  /// Derivatives by the coordinates of the first, second, last but one and last node.
  typealias Number = Dual<SIMD8<Double>>

  /// True where the surface closes to within 1e-4 chords: the corner is then a point.
  let isSharp: Bool
  /// The factors of (γ₁ - γ_N) in the strengths of the closing panel.
  let sourceFactor: Number, vortexFactor: Number
  /// The gap normal to the bisector, in chords.
  let gap: Number
  /// The tangent of the angle between the two surfaces, positive where they meet downstream.
  let wedgeSlope: Number
  /// The unit bisector, downstream.
  let bisector: (x: Number, y: Number)
  /// The middle of the gap.
  let middle: (x: Number, y: Number)
  /// The point inside the corner where a sharp edge is asked to have no velocity along the bisector.
  let innerPoint: (x: Number, y: Number)
  /// The mean length of the panels beside the edge.
  let panelLength: Number
  /// The node numbers that the lanes of a derivative belong to, x and y of each.
  let nodes: (Int, Int, Int, Int)

  init(_ surface: PanelSurface, element: Range<Int>) {
    let (first, second, before, last) = (
      element.lowerBound, element.lowerBound + 1, element.upperBound - 2, element.upperBound - 1
    )
    nodes = (first, second, before, last)
    let x1 = Number(surface.x[first], lane: 0), y1 = Number(surface.y[first], lane: 1)
    let x2 = Number(surface.x[second], lane: 2), y2 = Number(surface.y[second], lane: 3)
    let x3 = Number(surface.x[before], lane: 4), y3 = Number(surface.y[before], lane: 5)
    let x4 = Number(surface.x[last], lane: 6), y4 = Number(surface.y[last], lane: 7)
    let upperX = x1 - x2, upperY = y1 - y2, lowerX = x4 - x3, lowerY = y4 - y3
    let upperLength = (upperX.squared + upperY.squared).squareRoot
    let lowerLength = (lowerX.squared + lowerY.squared).squareRoot
    let ux = upperX / upperLength, uy = upperY / upperLength
    let lx = lowerX / lowerLength, ly = lowerY / lowerLength
    let sumX = 0.5 * (ux + lx), sumY = 0.5 * (uy + ly)
    let sum = (sumX.squared + sumY.squared).squareRoot
    let gapX = x1 - x4, gapY = y1 - y4
    let normal = sumX * gapY - sumY * gapX, along = sumX * gapX + sumY * gapY
    let gapSize = (gapX.value * gapX.value + gapY.value * gapY.value).squareRoot()
    isSharp = gapSize < 1e-4 * surface.chord
    if isSharp {
      sourceFactor = Number(0.5)
      vortexFactor = Number(0)
    } else {
      let size = (gapX.squared + gapY.squared).squareRoot
      sourceFactor = 0.5 * normal / size
      vortexFactor = -0.5 * along / size
    }
    gap = isSharp ? Number(0) : normal
    let cross = ux * ly - uy * lx
    wedgeSlope = cross / (1 - cross.squared).squareRoot
    bisector = (sumX / sum, sumY / sum)
    middle = (0.5 * (x1 + x4), 0.5 * (y1 + y4))
    panelLength = 0.5 * (upperLength + lowerLength)
    let depth = 0.1 * panelLength
    innerPoint = (middle.x - depth * bisector.x, middle.y - depth * bisector.y)
  }

  var innerPlace: SIMD2<Double> { SIMD2(innerPoint.x.value, innerPoint.y.value) }
  var bisectorDirection: SIMD2<Double> { SIMD2(bisector.x.value, bisector.y.value) }

  /// Adds seed · (derivative) to derivatives by the nodes.
  func add(_ seed: Double, _ number: Number, to gradient: inout PointDerivatives) {
    if seed == 0 { return }
    for (k, node) in [nodes.0, nodes.1, nodes.2, nodes.3].enumerated() {
      gradient.add(seed * SIMD2(number.slope[2 * k], number.slope[2 * k + 1]), at: node)
    }
  }
}
