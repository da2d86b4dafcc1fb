import Aerodynamics
import FieldIO
import Foundation
import InverseDesign
import Pictures

/// Writes the files that a foil leaves behind, optimized or only looked at.
struct AirfoilFiles {
  let file: SceneFile
  let scene: AirfoilScene
  let folder: RunDirectory

  /// What was written, for a report.
  struct Written {
    var pictures: [ReportPage.Picture]
    var polar: [(foil: String, condition: Int, row: AirfoilPolar.Row)]
  }

  /// - Parameters:
  ///   - start: the panels that a design began as; nil where a foil is only looked at.
  ///   - found: the panels of the foil itself.
  func write(start: DenseVector?, found: DenseVector) throws -> Written {
    let name = start == nil ? scene.foilName : "result"
    try folder.write(AirfoilFile(title: "\(scene.title)", surface: found).text, to: "airfoil.dat")
    if let start { try folder.write(AirfoilFile(title: scene.foilName, surface: start).text, to: "start.dat") }
    let pictures = AirfoilPictures(
      conditions: scene.conditions,
      start: start.map { AirfoilAnalysis("start", nodes: $0, conditions: scene.flowConditions) },
      found: AirfoilAnalysis(name, nodes: found, conditions: scene.flowConditions))
    var polar: [(foil: String, condition: Int, row: AirfoilPolar.Row)] = []
    for (foil, nodes) in [("start", start), (name, found)] {
      guard let nodes else { continue }
      let points = sweep
      // A chain for each operating point: those near stall, which take many times as long, then run side by side.
      let rows = AirfoilPolar(surface: nodes).rows(
        points.map(\.flow), chainLength: max(1, points.count / max(1, scene.conditions.count)))
      polar += zip(points, rows).map { (foil: foil, condition: $0.condition, row: $1) }
    }
    try writePolar(polar)
    try writeSurface(pictures.found)
    var written: [ReportPage.Picture] = []
    func add(_ svg: String, _ file: String, _ caption: String) throws {
      try folder.write(svg, to: file)
      written.append(.init(caption, .svg(svg)))
    }
    try add(pictures.shapes, "shapes.svg", "The foil\(start == nil ? "" : " and its start")")
    try add(pictures.pressure, "cp.svg", "Pressure along the chord, suction upward")
    if let layer = pictures.boundaryLayer { try add(layer, "boundary-layer.svg", "The boundary layer") }
    try add(pictures.polar(polar), "polar.svg", "Around the operating points")
    return Written(pictures: written, polar: polar)
  }

  /// Every operating point with neighbours in lift or angle.
  private var sweep: [(condition: Int, flow: FlowCondition)] {
    scene.conditions.enumerated().flatMap { index, condition -> [(condition: Int, flow: FlowCondition)] in
      [-2, -1, 0, 1, 2].map { step in
        var flow = condition.flow
        switch flow.loading {
        case .lift(let lift): flow.loading = .lift(lift + 0.05 * step)
        case .angle(let angle): flow.loading = .angle(angle + 0.5 * step * .pi / 180)
        }
        return (index, flow)
      }
    }
  }

  /// What the surface has at every node: pressure and, with viscosity, the boundary layer.
  private func writeSurface(_ analysis: AirfoilAnalysis) throws {
    var table = CSVFile(
      columns: [
        "condition", "x", "y", "cp", "displacement_thickness", "momentum_thickness", "shape_factor", "skin_friction",
      ])
    for (condition, point) in zip(scene.conditions, analysis.points) {
      guard case .success(let solution) = point else { continue }
      let pressure = solution.pressure
      let layer = [
        solution.displacementThickness, solution.momentumThickness, solution.shapeFactor, solution.skinFriction,
      ]
      for node in pressure.indices {
        let place: [CSVFile.Entry] = [
          .text(condition.name), .real(analysis.nodes[2 * node]), .real(analysis.nodes[2 * node + 1]),
          .real(pressure[node]),
        ]
        table.append(place + layer.map { node < $0.count ? .real($0[node]) : .text("") })
      }
    }
    try folder.write(table.bytes, to: "surface.csv")
  }

  private func writePolar(_ polar: [(foil: String, condition: Int, row: AirfoilPolar.Row)]) throws {
    var table = CSVFile(
      columns: ["foil", "condition", "alpha_deg", "cl", "cd", "cm", "xtr_top", "xtr_bottom", "converged"])
    for (foil, condition, row) in polar {
      table.append([
        .text(foil), .text(scene.conditions[condition].name), .real(row.alpha), .real(row.cl), .real(row.cd),
        .real(row.cm), .real(row.xtrTop), .real(row.xtrBottom), .integer(row.converged ? 1 : 0),
      ])
    }
    try folder.write(table.bytes, to: "polar.csv")
  }
}

/// Writes what an optimization of an airfoil leaves behind.
struct AirfoilDesignFiles: DesignFiles {
  let file: SceneFile
  let scene: AirfoilScene
  let design: AirfoilDesign
  let folder: RunDirectory

  func addToSeries(iteration: Int, _ result: ResponseValues) throws {
    guard let every = scene.output.seriesEvery, (iteration - 1) % every == 0 else { return }
    try folder.makeSubfolder("series")
    try folder.write(
      AirfoilFile(title: "\(scene.title), iteration \(iteration)", surface: result.field).text,
      to: "series/airfoil-\(iteration).dat")
  }

  func writeAll(_ outcome: DesignLoop.Outcome, _ result: RunResult) throws {
    try folder.write(
      NPYFile(
        shape: design.held == nil ? design.shape.block.shape : [outcome.design.count], values: outcome.design.elements
      ).bytes, to: "design.npy")
    let repanelling = Repanelling(nodeCount: scene.panels)
    let begun = repanelling.apply(try design.surface(design.problem.start))
    let found = repanelling.apply(try design.surface(outcome.design))
    let written = try AirfoilFiles(file: file, scene: scene, folder: folder).write(start: begun, found: found)
    let plot = ConvergencePlot(outcome.history, of: design.problem)
    try folder.write(Array(plot.svg.utf8), to: "convergence.svg")
    let json = try result.json()
    if scene.output.report {
      func number(_ value: Double) -> String { NumberFormat.significant(value, digits: 5) }
      var summary = [
        ReportPage.Row(result.objective.name, "\(number(result.objective.first)) → \(number(result.objective.last))")
      ]
      summary += result.constraints.map {
        .init($0.name, "\(number($0.value)) (\($0.sense.replacing("-", with: " ")) \(number($0.bound)))")
      }
      summary += [.init("iterations", "\(result.iterations)"), .init("ended because", result.reason)]
      if let note = design.shape.note { summary.append(.init("start", note)) }
      summary += scene.notes.map { .init("foil's file", $0) }
      let page = ReportPage(
        title: scene.title, subtitle: file.scene.description ?? "", summary: summary, pictures: written.pictures,
        convergence: outcome.history.rows.isEmpty ? nil : plot,
        timings: [
          .init("wall time", "\(number(result.wallSeconds)) s"), .init("CPU time", "\(number(result.cpuSeconds)) s"),
          .init("CPU time an iteration (median)", "\(number(result.cpuSecondsPerIteration)) s"),
          .init("peak memory", "\(number(Double(result.peakMemoryBytes) / 1e6)) MB"),
        ], sceneText: file.resolvedText, resultJSON: json, footer: "Backsolve \(Version.backsolve)")
      try folder.write(page.html, to: "report.html")
    }
    // Last, so that a folder with a result is a complete one.
    try folder.write(json, to: "result.json")
  }
}
