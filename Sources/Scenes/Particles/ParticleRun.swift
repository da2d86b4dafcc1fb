import DifferentiableCore
import InverseDesign
import SmoothedParticles

/// One simulation of a scene of particles, with its files.
public struct ParticleRun {
  private let file: SceneFile
  private let scene: ParticleScene
  private let isInterrupted: @Sendable () -> Bool

  public init(file: SceneFile, scene: ParticleScene, isInterrupted: @escaping @Sendable () -> Bool = { false }) {
    self.file = file
    self.scene = scene
    self.isInterrupted = isInterrupted
  }

  /// - Parameters:
  ///   - directory: where the results go.
  ///   - withGradient: also takes the gradient of the final kinetic energy by the initial velocities.
  /// - Throws: `SolveFailure` where the flow diverges, `CommandFailure` where it is interrupted or the machine refuses;
  ///   history, pictures and `last.vtp` with the last good particles are there all the same.
  public func run(into directory: String, withGradient: Bool) throws -> ParticleResult {
    let wall = ProcessUsage.wallSeconds
    let folder = try RunDirectory(directory)
    folder.remove("result.json")
    try folder.write(file.resolvedText, to: "scene.yaml")
    let writer = ParticleWriter(file: file, scene: scene, folder: folder)
    let progress = Progress(scene, writer)
    var simulation = scene.simulation
    simulation.monitor = progress.monitor
    let rollout = Rollout(simulation, until: scene.stop)
    var workspace = rollout.makeWorkspace()
    let system = scene.simulation.system
    let final: DenseVector
    do {
      final = try rollout.solve(system.parameters, in: &workspace, frames: .everySteps(1)) { frame in
        let isEnding = isInterrupted()
        progress.look(at: frame, isEnding: isEnding)
        return progress.refusal == nil && !isEnding
      }
    } catch {
      try writer.writeLast(progress)
      if let refusal = progress.refusal { throw refusal }
      if error.kind == .cancelled {
        throw CommandFailure(
          .interrupted, "interrupted: \(error); the last particles are in \(folder.file("last.vtp"))")
      }
      throw error
    }
    progress.finish(final)
    let report = workspace.report ?? RolloutReport()
    let gradient: ParticleGradient?
    do {
      gradient = withGradient ? try ParticleGradient(scene, isCancelled: isInterrupted) : nil
    } catch let failure as SolveFailure where failure.kind == .cancelled {
      try writer.writeLast(progress)
      throw CommandFailure(.interrupted, "interrupted in the gradient: \(failure)")
    }
    let updates = Double(system.particleCount) * Double(report.steps)
    let measures = ParticleMeasures(final, scene.simulation)
    let result = ParticleResult(
      title: scene.title, particles: system.particleCount, steps: report.steps, endTime: report.endTime,
      shortestStep: report.shortestStep, longestStep: report.longestStep,
      precision: scene.simulation.numerics.precision.rawValue, energy: measures.kineticEnergy,
      firstEnergy: progress.history.rows.first?.measures.kineticEnergy ?? .nan, greatestSpeed: measures.greatestSpeed,
      particleUpdatesPerCPUSecond: updates / progress.steppingCPUSeconds,
      particleUpdatesPerWallSecond: updates / progress.steppingWallSeconds, gradientNorm: gradient?.norm,
      gradientOverForward: gradient?.overForward, checkpointBytes: gradient?.report.peakCheckpointBytes,
      checkpointDiskBytes: gradient?.report.peakSpilledBytes, recomputedSteps: gradient?.report.recomputedSteps,
      wallSeconds: ProcessUsage.wallSeconds - wall,
      cpuSeconds: ProcessUsage.cpuSeconds, peakMemoryBytes: ProcessUsage.peakMemoryBytes, threads: Threads.count,
      versions: .init(backsolve: Version.backsolve, swift: Version.swift, system: Version.system))
    try writer.writeAll(progress, result)
    return result
  }
}

extension ParticleRun {
  /// What is gathered on the way. The time spent in here does not count as stepping.
  final class Progress {
    private(set) var history: ParticleHistory
    let film: ParticleFilm
    /// Nil where the scheme solves for no pressure.
    let monitor: PressureMonitor?
    /// The last state looked at closely, and where it lies in time.
    private(set) var last = DenseVector.zero
    private(set) var lastContext = StepContext(index: 0, time: 0)
    private(set) var steppingCPUSeconds = 0.0
    private(set) var steppingWallSeconds = 0.0
    /// Why a file could not be written, if so.
    private(set) var refusal: CommandFailure?
    private let scene: ParticleScene
    private let writer: ParticleWriter
    private var solids: SolidMeasures
    private var cpu = 0.0
    private var wall = 0.0
    private var nextInstant = 0.0

    init(_ scene: ParticleScene, _ writer: ParticleWriter) {
      self.scene = scene
      self.writer = writer
      film = ParticleFilm(scene)
      if case .incompressible = scene.simulation.scheme { monitor = PressureMonitor() } else { monitor = nil }
      solids = SolidMeasures(scene)
      history = ParticleHistory(
        dimension: scene.simulation.system.dimension, hasPressureSolves: monitor != nil, solidColumns: solids.columns)
    }

    /// About this many rows in a history.
    private static let wantedRows = 200

    func look(at frame: Frame, isEnding: Bool) {
      if frame.context.index > 0 {
        steppingCPUSeconds += ProcessUsage.cpuSeconds - cpu
        steppingWallSeconds += ProcessUsage.wallSeconds - wall
      }
      if isRow(frame.context) || isEnding { keep(frame.state, frame.context) }
      film.look(at: frame)
      if let every = scene.output.seriesEvery, frame.context.index % every == 0 {
        do {
          try writer.addToSeries(frame.state, frame.context)
        } catch {
          refusal = error as? CommandFailure ?? CommandFailure(.machine, "\(error)")
        }
      }
      cpu = ProcessUsage.cpuSeconds
      wall = ProcessUsage.wallSeconds
    }

    private func isRow(_ context: StepContext) -> Bool {
      // Every frame but the last has a step ahead of it.
      if context.index == 0 || context.timeStep == 0 { return true }
      switch scene.stop {
      case .steps(let count): return context.index % max(1, count / Self.wantedRows) == 0
      case .time(let end, _):
        guard context.time >= nextInstant else { return false }
        nextInstant = context.time + end / Double(Self.wantedRows)
        return true
      case .replay: return true
      }
    }

    /// Copied into the same storage: a shared state would have to be copied by the next step.
    private func keep(_ state: DenseVector, _ context: StepContext) {
      if last.count == state.count {
        last.withUnsafeMutableBufferPointer { target in
          state.withUnsafeBufferPointer { _ = target.update(fromContentsOf: $0) }
        }
      } else {
        last = DenseVector(count: state.count) { entries in
          state.withUnsafeBufferPointer { _ = entries.initialize(from: $0) }
        }
      }
      lastContext = context
      history.append(
        .init(
          time: context.time, step: context.index, measures: .init(state, scene.simulation),
          pressure: monitor?.last, solids: solids.row(state, context)))
    }

    func finish(_ state: DenseVector) { last = state }
  }
}
