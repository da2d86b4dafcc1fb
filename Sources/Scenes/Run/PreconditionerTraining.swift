import FieldIO
import FiniteElements
import InverseDesign
import LearnedPreconditioners

/// Trains the cycle of `multigrid-cg` for the physics of a scene, on small random bodies of the same material and cells of
/// the same shape, with the smoothing that the scene asks for.
public struct PreconditionerTraining {
  public struct Options: Sendable {
    public var steps = 100
    public var seed: UInt64 = 1
    /// Random bodies, each at two steps of its design.
    public var bodies = 16
    /// Cells along their longest axis.
    public var longest = 24
    public init() {}
  }

  /// How training ended.
  public struct Outcome: Sendable {
    public let step: Int
    public let isComplete: Bool
    public let seconds: Double
    /// Iterations to 1e-8 over bodies not trained on, half as large again: of the plain cycle and of the learned one.
    public let iterations: (plain: Int, learned: Int)
  }

  public let options: Options
  private let scene: String
  private let designs: @Sendable (Int) -> RandomDesigns
  private let dimension: Int
  private let components: Int
  private let smoothing: Smoothing?

  /// - Throws: `SceneErrors` where the scene has no grid, or is of a physics without cells.
  public init(_ file: SceneFile, _ options: Options = Options()) throws {
    let built = try SceneBuilder.build(file)
    guard case .grid(let grid) = built.domain, let presenter = built.presenter as? CellwisePresenter<GridStiffness>
    else {
      throw SceneErrors([
        file.scene.domain.error("a learned cycle is for multigrid, which needs a grid", expected: "`grid`")
      ])
    }
    self.options = options
    scene = file.scene.title
    if case .multigridCG(let multigrid) = file.scene.solver.value {
      smoothing = multigrid.smoothing.map { Smoothing(degrees: $0) }
    } else {
      smoothing = nil
    }
    let form = presenter.form
    let spacing = grid.spacing.map { $0 / grid.spacing.max()! }
    dimension = grid.dimension
    components = presenter.equations.stiffness.componentsPerNode
    designs = { longest in
      RandomDesigns(longest: longest, spacing: spacing) { grid in
        switch form {
        case .elasticity(let poissonRatio, let assumption):
          .elasticity(grid, poissonRatio: poissonRatio, assumption: assumption)
        case .diffusion: .diffusion(grid)
        }
      }
    }
  }

  /// Trains until the steps are taken or `stops` says so; the checkpoint `path + ".checkpoint"` is taken up where
  /// `resumes` asks for it, and written every ten steps and at the end.
  public func run(
    to path: String, resumes: Bool, stops: () -> Bool, progress: (TrainingProgress) -> Void
  ) throws -> Outcome {
    let start = ProcessUsage.wallSeconds
    let systems = try systems(longest: options.longest, seeds: 0..<options.bodies)
    var training = CycleTraining(systems)
    // Small grids would have no coarse levels otherwise.
    training.options.directCost = dimension == 3 ? 2e5 : 2e4
    training.options.smoothing = smoothing
    training.batch = min(training.batch, systems.count)
    var trainerOptions = Trainer.Options()
    trainerOptions.steps = options.steps
    trainerOptions.rate = RateSchedule(0.02)
    trainerOptions.averageDecay = 0.95
    trainerOptions.seed = options.seed
    let trainer = Trainer(training.network.layout, AdamW(), trainerOptions)
    var state = trainer.start(seed: options.seed)
    let checkpoint = path + ".checkpoint", method = trainer.optimizer.name
    if resumes { state = try state.resumed(from: checkpoint, method: method) }
    let first = state.step
    while !trainer.isDone(state), !stops() {
      let here = state.parameters
      do {
        try trainer.advance(&state) { p, part in try training.loss(p, here, &part) }
      } catch {
        try state.write(to: checkpoint, method: method)
        throw error
      }
      progress(
        TrainingProgress(
          state, of: options.steps, seconds: ProcessUsage.wallSeconds - start, taken: state.step - first))
      if state.step % 10 == 0 { try state.write(to: checkpoint, method: method) }
    }
    try state.write(to: checkpoint, method: method)
    let cycle = LearnedCycle(trainer.answer(state), network: training.network)
    let seconds = ProcessUsage.wallSeconds - start
    try cycle.write(
      to: path, dimension: dimension, components: components,
      recipe: [
        "scene": scene, "seed": "\(options.seed)", "steps": "\(state.step)", "bodies": "\(options.bodies)",
        "cells along the longest axis": "\(options.longest)", "minutes": "\(Int((seconds / 60).rounded(.up)))",
      ])
    let others = try self.systems(longest: options.longest * 3 / 2, seeds: 1000..<1003)
    return Outcome(
      step: state.step, isComplete: trainer.isDone(state), seconds: seconds,
      iterations: (try iterations(others, nil), try iterations(others, cycle)))
  }

  private func systems(longest: Int, seeds: Range<Int>) throws -> [TrainingSystem] {
    try seeds.flatMap { index in
      try designs(longest).systems(seed: options.seed &* 1_000_003 &+ UInt64(index), steps: [6, 20])
    }
  }

  private func iterations(_ systems: [TrainingSystem], _ rule: LearnedCycle?) throws -> Int {
    let solver = MultigridCG(
      MultigridOptions(relativeTolerance: 1e-8, maxIterations: 2000, smoothing: smoothing), rule: rule)
    return try systems.reduce(0) { sum, system in
      let prepared = try solver.prepare(system.matrix, reusing: nil)
      return sum + (try solver.solve(prepared, columns: [system.load], from: nil).report.iterations)
    }
  }
}
