import DifferentiableCore
import FieldIO
import InverseDesign
import Pictures
import SmoothedParticles

/// Writes what an optimization of particles leaves behind.
struct ParticleDesignFiles: DesignFiles {
  let file: SceneFile
  let scene: ParticleScene
  let design: ParticleDesign
  let folder: RunDirectory

  private var writer: ParticleWriter { ParticleWriter(file: file, scene: scene, folder: folder) }

  /// The particles at the end, in a step of the `.pvd` series.
  func addToSeries(iteration: Int, _ result: ResponseValues) throws {
    guard let every = scene.output.seriesEvery, (iteration - 1) % every == 0 else { return }
    func name(_ iteration: Int) -> String { "series/design-\(iteration).vtp" }
    try folder.makeSubfolder("series")
    try folder.write(writer.particles(result.state), to: name(iteration))
    let steps = stride(from: 1, through: iteration, by: every).filter { folder.contains(name($0)) }
    try folder.write(PVDFile.encode(steps.map { (time: Double($0), file: name($0)) }), to: "design.pvd")
  }

  func writeLive(_ result: ResponseValues) throws {
    let parameters = try design.variables.map.parameters(of: result.field)
    var end = 0.0
    if case .time(let time, _) = scene.stop { end = time }
    try folder.write(writer.picture(result.state, parameters, at: end), to: RunDirectory.livePicture)
  }

  func writeAll(_ outcome: DesignLoop.Outcome, _ result: RunResult) throws {
    try folder.write(
      NPYFile(shape: design.variables.shape, values: outcome.design.elements).bytes, to: "design.npy")
    try folder.write(writer.particles(outcome.result.state), to: "state.vtp")
    let before = try film(of: design.variables.start), after = try film(of: outcome.design)
    try before.write("film-before", into: folder)
    try after.write("film", into: folder)
    let found = try design.variables.map.parameters(of: outcome.design)
    let first = writer.picture(try scene.simulation.initialState(found), found, at: 0)
    let last = writer.picture(outcome.result.state, found, at: after.frames.last?.time ?? 0)
    try folder.write(first, to: "start.png")
    try folder.write(last, to: "particles.png")
    let plot = ConvergencePlot(outcome.history, of: design.problem)
    try folder.write(Array(plot.svg.utf8), to: "convergence.svg")
    let json = try result.json()
    if scene.output.report {
      func number(_ value: Double) -> String { NumberFormat.significant(value, digits: 6) }
      let page = ReportPage(
        title: scene.title, subtitle: file.scene.description ?? "",
        summary: [
          .init(result.objective.name, "\(number(result.objective.first)) → \(number(result.objective.last))")
        ]
          + result.constraints.map {
            .init($0.name, "\(number($0.value)) (\($0.sense.replacing("-", with: " ")) \(number($0.bound)))")
          } + [.init("iterations", "\(result.iterations)"), .init("ended because", result.reason)],
        players: [after.player("The flow that was found"), before.player("The flow before")],
        pictures: [
          .init("The particles at the start, coloured by their speed, as found", .png(first)),
          .init("The particles at the end, coloured by their speed", .png(last)),
        ], convergence: outcome.history.rows.isEmpty ? nil : plot,
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

  /// A simulation that fails half-way, as that of a bad start may, is shown as far as it goes.
  private func film(of point: DenseVector) throws -> ParticleFilm {
    let parameters = try design.variables.map.parameters(of: point)
    let film = ParticleFilm(scene, parameters: parameters)
    let rollout = Rollout(scene.simulation, until: scene.stop)
    var workspace = rollout.makeWorkspace()
    do {
      _ = try rollout.solve(parameters, in: &workspace, frames: .everySteps(1)) {
        film.look(at: $0)
        return true
      }
    } catch  where film.frames.isEmpty {
      throw error
    } catch {}
    return film
  }
}
