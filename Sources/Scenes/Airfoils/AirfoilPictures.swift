import Aerodynamics
import Geometry
import Pictures

/// A foil with the flow about it at every operating point of a scene.
struct AirfoilAnalysis {
  let name: String
  /// `[nodeCount, 2]`, the panels.
  let nodes: DenseVector
  /// One an operating point; a failure where it has no solution.
  let points: [Result<AirfoilSolution, SolveFailure>]

  init(_ name: String, nodes: DenseVector, conditions: [FlowCondition]) {
    self.name = name
    self.nodes = nodes
    points = concurrentMap(conditions.count) { index in
      let flow = AirfoilFlow(nodeCount: nodes.count / 2, condition: conditions[index])
      var workspace = flow.makeWorkspace()
      return Result { () throws(SolveFailure) in try flow.solve(surface: nodes, in: &workspace) }
    }
  }
}

/// The pictures of a foil, and of the foil that it began as.
struct AirfoilPictures {
  let conditions: [(name: String, flow: FlowCondition)]
  /// Nil where a foil is only looked at.
  let start: AirfoilAnalysis?
  let found: AirfoilAnalysis

  /// More points than this make a picture that nobody reads: the first, the middle and the last are shown.
  private var shown: [Int] {
    let count = conditions.count
    return count <= 3 ? Array(0..<count) : [0, count / 2, count - 1]
  }

  var shapes: String {
    var outlines: [FoilDrawing.Outline] = []
    if let start { outlines.append(.init(start.name, start.nodes)) }
    outlines.append(.init(found.name, found.nodes))
    return FoilDrawing.svg(outlines, title: "The foil")
  }

  /// Pressures of the foils at one operating point after the other, suction upward.
  var pressure: String {
    LinePlot.svg(
      shown.map { index in
        var series: [LinePlot.Series] = []
        for analysis in [start, found].compactMap(\.self) {
          guard case .success(let solution) = analysis.points[index] else { continue }
          let x = (0..<analysis.nodes.count / 2).map { analysis.nodes[2 * $0] }
          series.append(.init(analysis.name, x: x, y: solution.pressure.map { -$0 }))
        }
        return LinePlot(title: "-Cp at \(conditions[index].name)", xLabel: "x / chord", series: series)
      })
  }

  /// Thicknesses, shape factor and friction of both sides at one operating point; nil without a boundary layer.
  var boundaryLayer: String? {
    guard let index = shown.first(where: { conditions[$0].flow.reynolds != nil }),
      case .success(let solution) = found.points[index], !solution.shapeFactor.isEmpty
    else { return nil }
    let at = conditions[index].name
    func panel(_ title: String, _ values: [Double], limit: ClosedRange<Double>? = nil) -> LinePlot {
      let split = solution.stagnationNode, last = found.nodes.count / 2 - 1
      func side(_ name: String, _ nodes: ClosedRange<Int>) -> LinePlot.Series {
        LinePlot.Series(
          name, x: nodes.map { found.nodes[2 * $0] },
          y: nodes.map { node in
            let value = values[node]
            guard let limit else { return value }
            return min(max(value, limit.lowerBound), limit.upperBound)
          })
      }
      return LinePlot(
        title: title, xLabel: "x / chord",
        series: [side("upper side", 0...max(split, 0)), side("lower side", min(split + 1, last)...last)])
    }
    return LinePlot.svg([
      panel("Displacement thickness / chord at \(at)", solution.displacementThickness),
      panel("Momentum thickness / chord", solution.momentumThickness),
      panel("Shape factor", solution.shapeFactor, limit: 0...8),
      panel("Skin friction coefficient", solution.skinFriction, limit: -0.002...0.02),
    ])
  }

  /// Drag over lift, or lift over angle without a boundary layer, of both foils; every operating point with its
  /// neighbours, so that one sees what lies beside the points that a design was made for.
  func polar(_ rows: [(foil: String, condition: Int, row: AirfoilPolar.Row)]) -> String {
    let isViscous = conditions.contains { $0.flow.reynolds != nil }
    let names = [start?.name, found.name].compactMap(\.self)
    let series = names.map { name in
      // Of operating points with other Reynolds numbers, lines of their own: a place that is no number parts them.
      var x: [Double] = [], y: [Double] = []
      for condition in conditions.indices {
        let own = rows.filter { $0.foil == name && $0.condition == condition && $0.row.converged }.map(\.row).sorted {
          ($0.cl, $0.alpha) < ($1.cl, $1.alpha)
        }
        x += own.map { isViscous ? $0.cl : $0.alpha } + [.nan]
        y += own.map { isViscous ? 1e4 * $0.cd : $0.cl } + [.nan]
      }
      return LinePlot.Series(name, x: x, y: y)
    }
    return isViscous
      ? LinePlot(title: "Drag coefficient, in counts (1e-4)", xLabel: "lift coefficient", series: series).svg
      : LinePlot(title: "Lift coefficient", xLabel: "angle of attack, degrees", series: series).svg
  }
}
