import DifferentiableCore
import FieldIO
import InverseDesign
import Pictures
import SmoothedParticles

/// Writes what people and programs look at: particles, pictures, history, report.
struct ParticleWriter {
  let file: SceneFile
  let scene: ParticleScene
  let folder: RunDirectory

  private var system: ParticleSystem { scene.simulation.system }

  func writeAll(_ progress: ParticleRun.Progress, _ result: ParticleResult) throws {
    try folder.write(progress.history.csv, to: "history.csv")
    try folder.write(particles(progress.last), to: "state.vtp")
    folder.remove("last.vtp")
    let parameters = system.parameters
    let picture = picture(progress.last, parameters, at: progress.lastContext.time)
    try folder.write(picture, to: "particles.png")
    try progress.film.write("film", into: folder)
    let json = try result.json()
    if scene.output.report {
      try folder.write(page(progress, result, json, still: picture).html, to: "report.html")
    }
    // Last, so that a folder with a result is a complete one.
    try folder.write(json, to: "result.json")
  }

  /// What is left of a run that did not come to its end: the history and the last good particles.
  func writeLast(_ progress: ParticleRun.Progress) throws {
    guard !progress.history.rows.isEmpty else { return }
    try folder.write(progress.history.csv, to: "history.csv")
    try folder.write(particles(progress.last), to: "last.vtp")
    try folder.write(picture(progress.last, system.parameters, at: progress.lastContext.time), to: "last.png")
  }

  /// A frame of the `.pvd` series.
  func addToSeries(_ state: DenseVector, _ context: StepContext) throws {
    let name = "frames/frame-\(context.index).vtp"
    if context.index == 0 { try folder.makeSubfolder("frames") }
    try folder.write(particles(state), to: name)
    series.steps.append((time: context.time, file: name))
    try folder.write(PVDFile.encode(series.steps), to: "frames.pvd")
  }

  /// The frames written so far.
  final class Series {
    var steps: [(time: Double, file: String)] = []
  }

  let series = Series()

  // MARK: - Particles

  /// A `.vtp` file of a state.
  func particles(_ state: DenseVector) -> [UInt8] {
    let n = system.particleCount, dimension = system.dimension
    let start = scene.simulation.densityStart
    // Particles kept for an inlet are not there.
    let there = (0..<n).filter { state[start + $0] != 0 }
    let density = there.map { state[start + $0] }
    func vectors(_ start: Int) -> [Double] {
      there.flatMap { i in (0..<dimension).map { state[(start + i) * dimension + $0] } }
    }
    var energies: [FieldIO.Field] = []
    var pressures = density.map { scene.simulation.scheme.pressure($0, restDensity: system.fluid.restDensity) }
    if let gas = system.fluid.gas {
      let energy = there.map { state[2 * n * dimension + $0] }
      pressures = zip(density, energy).map {
        IdealGas.pressure(density: $0, energy: $1, heatCapacityRatio: gas.heatCapacityRatio)
      }
      energies = [FieldIO.Field("internal energy [J/kg]", at: .nodes, values: energy)]
    }
    return VTPFile.encode(
      positions: dimension == 1 ? vectors(0).flatMap { [$0, 0] } : vectors(0), dimension: max(2, dimension),
      fields: energies + [
        FieldIO.Field("velocity [m/s]", at: .nodes, components: dimension, values: vectors(n)),
        FieldIO.Field("density [kg/m^3]", at: .nodes, values: density),
        FieldIO.Field("pressure [Pa]", at: .nodes, values: pressures),
      ])
  }

  /// The particles coloured by speed.
  func picture(_ state: DenseVector, _ parameters: DenseVector, at time: Double) -> [UInt8] {
    let fluid = scene.drawnFluid(state)
    return ParticlePicture(view: scene.output.viewPoint).render(
      positions: fluid.positions, box: scene.drawnBox, diameter: scene.spacing, values: fluid.speeds,
      walls: scene.drawnSolids(state, parameters, at: time)
    ).png
  }

  // MARK: - The report

  private func page(_ progress: ParticleRun.Progress, _ result: ParticleResult, _ json: String, still: [UInt8])
    -> ReportPage
  {
    func number(_ value: Double, _ unit: String) -> String {
      "\(NumberFormat.significant(value, digits: 6)) \(unit)"
    }
    let times = progress.history.rows.map(\.time)
    func plot(_ title: String, _ value: (ParticleMeasures) -> Double) -> ReportPage.Picture {
      let line = LinePlot.Series(title, x: times, y: progress.history.rows.map { value($0.measures) })
      return .init("\(title) over time", .svg(LinePlot(title: title, xLabel: "time [s]", series: [line]).svg))
    }
    return ReportPage(
      title: scene.title, subtitle: file.scene.description ?? "",
      summary: [
        .init("particles", "\(result.particles)"), .init("steps", "\(result.steps)"),
        .init("time at the end", number(result.endTime, "s")),
        .init("kinetic energy", "\(number(result.firstEnergy, "→")) \(number(result.energy, "J"))"),
        .init("greatest speed at the end", number(result.greatestSpeed, "m/s")),
      ],
      players: [progress.film.player("The flow")],
      pictures: [
        .init("The particles at the end, coloured by their speed", .png(still)),
        plot("Kinetic energy [J]", \.kineticEnergy), plot("Greatest speed [m/s]", \.greatestSpeed),
        plot("Greatest density [kg/m^3]", \.greatestDensity),
      ],
      timings: [
        .init("wall time", number(result.wallSeconds, "s")), .init("CPU time", number(result.cpuSeconds, "s")),
        .init("particle updates a CPU second", number(result.particleUpdatesPerCPUSecond / 1e6, "million")),
        .init("peak memory", number(Double(result.peakMemoryBytes) / 1e6, "MB")),
        .init("threads", "\(result.threads)"),
      ], sceneText: file.resolvedText, resultJSON: json, footer: "Backsolve \(Version.backsolve)")
  }
}
