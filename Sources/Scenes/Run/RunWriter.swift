import FieldIO
import InverseDesign
import Pictures

/// Writes what people and programs look at: fields, meshes, pictures, the report.
struct RunWriter {
  let scene: BuiltScene
  let file: SceneFile
  let folder: RunDirectory

  /// The state of a design that is written.
  struct Snapshot {
    var variables: DenseVector
    var field: DenseVector
    var state: DenseVector
    var history: History
  }

  func writeAll(_ outcome: DesignLoop.Outcome, _ result: RunResult) throws {
    try writeAll(
      Snapshot(
        variables: outcome.design, field: outcome.result.field, state: outcome.result.state, history: outcome.history),
      result)
  }

  func writeAll(_ snapshot: Snapshot, _ result: RunResult) throws {
    let fields = scene.presenter.fields(field: snapshot.field, state: snapshot.state)
    try folder.write(NPYFile(shape: fieldShape, values: snapshot.field.elements).bytes, to: "design.npy")
    try folder.write(
      NPYFile(shape: [snapshot.variables.count], values: snapshot.variables.elements).bytes, to: "design-variables.npy")
    try writeFields(fields, named: "design")
    let plot = ConvergencePlot(snapshot.history, of: scene.problem)
    try folder.write(Array(plot.svg.utf8), to: "convergence.svg")
    let still = try writePicture(snapshot.field)
    let json = try result.json()
    if scene.output.report {
      try folder.write(reportPage(snapshot, fields, result, json, still: still).html, to: "report.html")
    }
    // Last, so that a folder with a result is a complete one.
    try folder.write(json, to: "result.json")
  }

  /// A step of the `.pvd` series, where the scene asks for one.
  func addToSeries(iteration: Int, _ result: ResponseValues) throws {
    guard let every = scene.output.seriesEvery, (iteration - 1) % every == 0 else { return }
    func name(_ iteration: Int) -> String { "series/design-\(iteration).\(fieldFileEnding)" }
    let fields = scene.presenter.fields(field: result.field, state: result.state)
    try folder.makeSubfolder("series")
    try folder.write(fieldFile(fields), to: name(iteration))
    let steps = stride(from: 1, through: iteration, by: every).filter { folder.contains(name($0)) }
    try folder.write(PVDFile.encode(steps.map { (time: Double($0), file: name($0)) }), to: "design.pvd")
  }

  func writeLive(_ result: ResponseValues) throws {
    try folder.write(picture(of: result.field), to: RunDirectory.livePicture)
  }

  private func picture(of field: DenseVector) -> [UInt8] {
    let threshold = scene.output.threshold
    switch scene.domain {
    case .grid(let grid) where grid.dimension == 2: return DensityPicture.render(grid, field: field).png
    case .grid(let grid):
      let surface = Isosurface.extract(from: grid, field: field, threshold: threshold)
      return SurfaceRenderer(view: view).render(smoothed(surface, grid)).png
    case .mesh(let mesh) where mesh.dimension == 2:
      let density = FieldIO.Field("density", at: .cells, values: field.elements)
      return FieldPicture(map: .grey).render(mesh, field: density, range: 0...1).png
    case .mesh(let mesh):
      let surface = BoundarySurface.extract(from: mesh) { field[$0] >= threshold }.surface
      return SurfaceRenderer(view: view).render(surface).png
    }
  }

  // MARK: - Fields

  /// Row-major extents of a cell field: z, y, x on grids.
  private var fieldShape: [Int] {
    switch scene.domain {
    case .grid(let grid): grid.cells.reversed()
    case .mesh(let mesh): [mesh.cellCount]
    }
  }

  private var fieldFileEnding: String { if case .grid = scene.domain { "vti" } else { "vtu" } }

  private func fieldFile(_ fields: [NamedField]) -> [UInt8] {
    let converted = fields.map { field in
      FieldIO.Field(
        field.name, at: field.place == .nodes ? .nodes : .cells, components: field.components,
        values: field.values.elements)
    }
    switch scene.domain {
    case .grid(let grid): return VTIFile.encode(grid, fields: converted)
    case .mesh(let mesh): return VTUFile.encode(mesh, fields: converted)
    }
  }

  func writeFields(_ fields: [NamedField], named name: String) throws {
    try folder.write(fieldFile(fields), to: "\(name).\(fieldFileEnding)")
  }

  // MARK: - Pictures

  /// Writes `design.png` with `design.svg` or `design.stl`; returns the picture.
  @discardableResult
  func writePicture(_ field: DenseVector) throws -> [UInt8] {
    let threshold = scene.output.threshold
    let png: [UInt8]
    switch scene.domain {
    case .grid(let grid) where grid.dimension == 2:
      png = DensityPicture.render(grid, field: field).png
      if scene.output.svg { try writeOutline(Outline.extract(from: grid, field: field, threshold: threshold)) }
    case .grid(let grid):
      let surface = Isosurface.extract(from: grid, field: field, threshold: threshold)
      png = SurfaceRenderer(view: view).render(smoothed(surface, grid)).png
      if scene.output.stl { try folder.write(STLFile.encode(surface, title: scene.title), to: "design.stl") }
    case .mesh(let mesh) where mesh.dimension == 2:
      png =
        FieldPicture(map: .grey).render(
          mesh, field: FieldIO.Field("density", at: .cells, values: field.elements), range: 0...1
        ).png
      if scene.output.svg { try writeOutline(Outline.extract(from: mesh) { field[$0] >= threshold }) }
    case .mesh(let mesh):
      let surface = BoundarySurface.extract(from: mesh) { field[$0] >= threshold }.surface
      png = SurfaceRenderer(view: view).render(surface).png
      if scene.output.stl { try folder.write(STLFile.encode(surface, title: scene.title), to: "design.stl") }
    }
    try folder.write(png, to: "design.png")
    return png
  }

  private func writeOutline(_ outline: Outline) throws {
    let domain = scene.domain.domain
    var low = SIMD2(Double.infinity, Double.infinity), high = -low
    for node in 0..<domain.nodeCount {
      let x = domain.point(ofNode: node)
      low = pointwiseMin(low, SIMD2(x[0], x[1]))
      high = pointwiseMax(high, SIMD2(x[0], x[1]))
    }
    try folder.write(OutlineDrawing.svg(outline, frame: (low, high), title: scene.title), to: "design.svg")
  }

  private func smoothed(_ surface: TriangleSurface, _ grid: StructuredGrid) -> TriangleSurface {
    let low = SIMD3(grid.origin[0], grid.origin[1], grid.origin[2])
    return surface.smoothed(keepingOn: (low, low + SIMD3(grid.size[0], grid.size[1], grid.size[2])))
  }

  private var view: ViewPoint {
    ViewPoint(azimuth: scene.output.view.azimuth, elevation: scene.output.view.elevation)
  }

  // MARK: - The report

  private func reportPage(
    _ snapshot: Snapshot, _ fields: [NamedField], _ result: RunResult, _ json: String, still: [UInt8]
  ) -> ReportPage {
    let reached = result.constraints.map { constraint in
      ReportPage.Row(
        constraint.name,
        "\(Self.number(constraint.value)) (\(constraint.sense.replacing("-", with: " ")) \(Self.number(constraint.bound)))"
      )
    }
    let summary =
      [
        ReportPage.Row(
          result.objective.name, "\(Self.number(result.objective.first)) → \(Self.number(result.objective.last))")
      ] + reached + [
        ReportPage.Row("iterations", "\(result.iterations)"), ReportPage.Row("ended because", result.reason),
      ]
    let timings = [
      ReportPage.Row("wall time", "\(Self.number(result.wallSeconds)) s"),
      ReportPage.Row("CPU time", "\(Self.number(result.cpuSeconds)) s"),
      ReportPage.Row("CPU time an iteration (median)", "\(Self.number(result.cpuSecondsPerIteration)) s"),
      ReportPage.Row("peak memory", "\(Self.number(Double(result.peakMemoryBytes) / 1e6)) MB"),
      ReportPage.Row("linear solver", "\(result.solver.name): \(result.solver.reason)"),
      ReportPage.Row("solver iterations", "\(result.solver.iterations)"),
      ReportPage.Row("unknowns", "\(result.solver.unknowns)"),
      ReportPage.Row("threads", "\(result.threads)"),
    ]
    return ReportPage(
      title: scene.title, subtitle: file.scene.description ?? "", summary: summary,
      model: model(snapshot, fields), still: .init("The design", .png(still)),
      convergence: snapshot.history.rows.isEmpty ? nil : ConvergencePlot(snapshot.history, of: scene.problem),
      timings: timings,
      sceneText: file.resolvedText, resultJSON: json, footer: "Backsolve \(Version.backsolve)")
  }

  /// The body as it turns and deforms under the mouse.
  func model(_ snapshot: Snapshot, _ fields: [NamedField]) -> ReportModel {
    let displacement = fields.first { $0.name == scene.presenter.deformation }?.values ?? .zero
    let shown = fields.filter { $0.components == 1 }.map { field in
      (
        field: FieldIO.Field(field.name, at: field.place == .nodes ? .nodes : .cells, values: field.values.elements),
        unit: field.unit == "1" ? "" : field.unit
      )
    }
    let threshold = scene.output.threshold
    switch scene.domain {
    case .grid(let grid) where grid.dimension == 3:
      return ReportModel(
        grid: grid, density: snapshot.field, threshold: threshold, displacement: displacement, fields: shown, view: view
      )
    case .grid(let grid):
      return ReportModel(
        domain: grid, keeping: { snapshot.field[$0] >= threshold }, displacement: displacement, fields: shown,
        view: view)
    case .mesh(let mesh):
      return ReportModel(
        domain: mesh, keeping: { snapshot.field[$0] >= threshold }, displacement: displacement, fields: shown,
        view: view)
    }
  }

  private static func number(_ value: Double) -> String { NumberFormat.significant(value, digits: 5) }
}

extension RunWriter {
  /// What a single solve leaves behind.
  func writeSimulation(field: DenseVector, state: DenseVector, responses: [String: Double], result: Simulation.Result)
    throws
  {
    let fields = scene.presenter.fields(field: field, state: state)
    try writeFields(fields, named: "state")
    let still = try writePicture(field)
    let json = try result.json()
    let page = ReportPage(
      title: scene.title, subtitle: file.scene.description ?? "",
      summary: responses.sorted { $0.key < $1.key }.map {
        .init($0.key, NumberFormat.significant($0.value, digits: 6))
      },
      model: model(
        Snapshot(variables: .zero, field: field, state: state, history: History(constraintNames: [])), fields),
      still: .init("The body", .png(still)),
      timings: [.init("linear solver", "\(result.solver.name): \(result.solver.reason)")],
      sceneText: file.resolvedText, resultJSON: json, footer: "Backsolve \(Version.backsolve)")
    try folder.write(page.html, to: "report.html")
    try folder.write(json, to: "result.json")
  }
}

extension ConvergencePlot {
  /// How a run went.
  init(_ history: History, of problem: DesignProblem) {
    self.init(
      objectiveName: problem.objectiveName, objective: history.rows.map(\.objective),
      constraints: history.constraintNames.enumerated().map { index, name in
        Constraint(
          name, values: history.rows.map { $0.constraints[index] }, bound: problem.constraints[index].bound.value)
      }, change: history.rows.map(\.change))
  }
}
