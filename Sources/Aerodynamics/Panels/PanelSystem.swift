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
  let sourcePath: SourcePath
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
    sourcePath = SourcePath(surface.elements[0].map { surface.point($0) })
    var matrix = DenseMatrix(rows: size, columns: size)
    let scale = 1 / (2 * Double.pi)
    matrix.entries.withUnsafeMutableBufferPointer { entries in
      table.withView { view in
        for (e, element) in surface.elements.enumerated() {
          for j in element.lowerBound..<element.upperBound - 1 {
            let panel = PairTable.Panel(surface, j, j + 1)
            let first = entries.baseAddress! + size * j, second = first + size
            PanelLanes.forEachGroup(n) { i, weight in
              let frame = view.frame(i, panel)
              let ramp = frame.vortexRamp
              ((scale * weight) * (frame.vortex - ramp)).add(to: first + i)
              ((scale * weight) * ramp).add(to: second + i)
            }
          }
          let edge = edges[e]
          if !edge.isSharp {
            let panel = PairTable.Panel(surface, edge.nodes.3, edge.nodes.0)
            let first = entries.baseAddress! + size * edge.nodes.0, last = entries.baseAddress! + size * edge.nodes.3
            PanelLanes.forEachGroup(n) { i, weight in
              let frame = view.frame(i, panel)
              let seen = frame.vortex * edge.vortexFactor.value + frame.source * edge.sourceFactor.value
              let jump = (scale * weight) * seen
              jump.add(to: first + i)
              (.zero - jump).add(to: last + i)
            }
          }
          for i in element { entries[i + size * (n + e)] -= 1 }
        }
      }
      for (e, edge) in edges.enumerated() {
        entries[n + e + size * edge.nodes.0] = 1
        entries[n + e + size * edge.nodes.3] = 1
      }
    }
    for edge in edges where edge.isSharp {
      var row = [Double](repeating: 0, count: size)
      let sight = surface.line.sight(from: edge.innerPlace)
      Self.addVelocityWeights(surface, edges, at: sight, seed: edge.bisectorDirection, to: &row)
      for column in 0..<size { matrix[edge.nodes.3, column] = row[column] }
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
    SourceLine(count: surface.elements[0].count) { from, to in
      let difference = surface.point(to) - surface.point(from)
      return (difference * difference).sum().squareRoot()
    }
  }

  /// Adds derivatives by the strengths of the surface's sources, through the distances that they are made of, to those by
  /// the nodes.
  func addSourceLine(_ seed: [Double], at strengths: [Double], to nodes: inout PointDerivatives) {
    for (k, onSpan) in sources.pullback(seed, at: strengths).enumerated() {
      let (from, to) = sources.ends(k)
      let part = onSpan / sources.spans[k] * (surface.point(to) - surface.point(from))
      nodes.add(part, at: to)
      nodes.add(-part, at: from)
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
