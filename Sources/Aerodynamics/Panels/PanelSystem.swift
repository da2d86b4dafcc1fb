import DifferentiableCore
import Foundation

/// The equations of linear-strength vortex panels for the flow about one or several outlines, factored.
///
/// The stream function is the same at all nodes of an element: Σ ψ(γ) - ψ₀ = -ψ∞ - ψ(sources), with the Kutta condition
/// γ₁ + γ_N = 0. The last equation of an element with a sharp edge, which repeats the first, is replaced by no velocity
/// along the bisector just inside the corner. γ is the surface velocity, positive along x on the upper side. One
/// factorization serves all angles. Reference: Drela (1989), section 2.
struct PanelSystem: Sendable {
  let surface: PanelSurface
  let edges: [TrailingEdge]
  let table: PairTable
  let factorization: DenseFactorization
  /// The sources of the first element's surface, which a boundary layer sheds.
  let sources: SourceLine
  /// γ of all nodes for a free stream of unit speed along x and along y.
  let alongX: [Double], alongY: [Double]

  var nodeCount: Int { surface.nodeCount }
  /// Nodes, then one constant ψ₀ an element.
  var unknownCount: Int { nodeCount + edges.count }

  /// - Parameter withSources: True where the surface is to shed the sources of a boundary layer.
  init(_ surface: PanelSurface, withSources: Bool = false) throws(SolveFailure) {
    self.surface = surface
    let table = PairTable(surface, withMiddles: withSources)
    self.table = table
    let edges = surface.elements.map { TrailingEdge(surface, element: $0) }
    self.edges = edges
    let n = surface.nodeCount, size = n + edges.count
    sources = Self.sourceLine(surface)
    var matrix = DenseMatrix(rows: size, columns: size)
    let scale = 1 / (2 * Double.pi)
    matrix.entries.withUnsafeMutableBufferPointer { entries in
      for (e, element) in surface.elements.enumerated() {
        for j in element.lowerBound..<element.upperBound - 1 {
          let panel = PairTable.Panel(surface, j, j + 1)
          let first = entries.baseAddress! + size * j, second = first + size
          for i in 0..<n {
            let frame = table.frame(i, panel)
            let ramp = scale * frame.vortexRamp
            first[i] += scale * frame.vortex - ramp
            second[i] += ramp
          }
        }
        let edge = edges[e]
        if !edge.isSharp {
          let panel = PairTable.Panel(surface, edge.nodes.3, edge.nodes.0)
          for i in 0..<n {
            let frame = table.frame(i, panel)
            let jump = scale * (frame.vortex * edge.vortexFactor.value + frame.source * edge.sourceFactor.value)
            entries[i + size * edge.nodes.0] += jump
            entries[i + size * edge.nodes.3] -= jump
          }
        }
        for i in element { entries[i + size * (n + e)] -= 1 }
      }
      for (e, edge) in edges.enumerated() {
        entries[n + e + size * edge.nodes.0] = 1
        entries[n + e + size * edge.nodes.3] = 1
      }
    }
    for edge in edges where edge.isSharp {
      let row = edge.nodes.3
      for column in 0..<size { matrix[row, column] = 0 }
      let inner = SIMD2(edge.innerPoint.x.value, edge.innerPoint.y.value)
      let direction = SIMD2(edge.bisector.x.value, edge.bisector.y.value)
      Self.visitPanels(surface, edges) { a, b, closing in
        let weights = surface.frame(from: inner, panel: a, b).velocityWeights(direction * scale)
        if let closing {
          let jump =
            (weights.ga + weights.gb) * closing.vortexFactor.value
            + (weights.sa + weights.sb) * closing.sourceFactor.value
          matrix[row, closing.nodes.0] += jump
          matrix[row, closing.nodes.3] -= jump
        } else {
          matrix[row, a] += weights.ga
          matrix[row, b] += weights.gb
        }
      }
    }
    factorization = try DenseFactorization(matrix, of: "the matrix of \(n) vortex panels")
    var columns = [Double](repeating: 0, count: 2 * size)
    for i in 0..<n {
      columns[i] = -surface.y[i]
      columns[size + i] = surface.x[i]
    }
    for edge in edges where edge.isSharp {
      columns[edge.nodes.3] = -edge.bisector.x.value
      columns[size + edge.nodes.3] = -edge.bisector.y.value
    }
    factorization.solve(&columns)
    alongX = Array(columns[..<size])
    alongY = Array(columns[size...])
  }

  private static func sourceLine(_ surface: PanelSurface) -> SourceLine {
    func distance(_ i: Int, _ j: Int) -> Double {
      let difference = surface.point(j) - surface.point(i)
      return (difference * difference).sum().squareRoot()
    }
    let last = surface.elements[0].count - 1
    return SourceLine(
      lengths: (0..<last).map { distance($0, $0 + 1) },
      spans: (0...last).map { distance(max($0 - 1, 0), min($0 + 1, last)) })
  }

  /// Adds derivatives by the lengths and spans of the surface's sources to a gradient `[node, 2]`.
  func addSourceLine(_ seed: SourceLine.Strengths, at strengths: SourceLine.Strengths, to nodes: inout [Double]) {
    let (onLengths, onSpans) = sources.pullback(seed, at: strengths)
    let last = sources.count - 1
    func add(_ i: Int, _ j: Int, _ weight: Double) {
      let difference = surface.point(j) - surface.point(i)
      let part = weight / (difference * difference).sum().squareRoot() * difference
      nodes[2 * j] += part.x
      nodes[2 * j + 1] += part.y
      nodes[2 * i] -= part.x
      nodes[2 * i + 1] -= part.y
    }
    for i in 0..<last { add(i, i + 1, onLengths[i]) }
    for i in 0...last { add(max(i - 1, 0), min(i + 1, last), onSpans[i]) }
  }

  /// Visits every panel: those between nodes, and the one that closes a blunt edge.
  static func visitPanels(
    _ surface: PanelSurface, _ edges: [TrailingEdge], _ body: (_ a: Int, _ b: Int, _ closing: TrailingEdge?) -> Void
  ) {
    for (e, element) in surface.elements.enumerated() {
      for j in element.lowerBound..<element.upperBound - 1 { body(j, j + 1, nil) }
      if !edges[e].isSharp { body(edges[e].nodes.3, edges[e].nodes.0, edges[e]) }
    }
  }

  /// γ (and the constants ψ₀) at an angle of attack, in radians.
  func circulation(at angle: Double) -> [Double] {
    let c = cos(angle), s = sin(angle)
    return (0..<unknownCount).map { c * alongX[$0] + s * alongY[$0] }
  }

  /// Its derivative by the angle.
  func circulationSlope(at angle: Double) -> [Double] {
    let c = cos(angle), s = sin(angle)
    return (0..<unknownCount).map { c * alongY[$0] - s * alongX[$0] }
  }
}
