import FieldIO
import FiniteElements
import InverseDesign
import LearnedPreconditioners

/// Trains the preconditioner that a scene's solver can learn: the cycle of `multigrid-cg`, on small random bodies of the same
/// material and cells of the same shape, with the smoothing that the scene asks for; or the factor of `incomplete-cholesky-cg`, on
/// small random planes of diffusion.
public struct PreconditionerTraining {
  /// What is left out follows from what is trained.
  public struct Options: Sendable {
    /// 100 for a cycle, 1000 for a factor.
    public var steps: Int?
    public var seed: UInt64 = 1
    /// Random bodies, each at two steps of its design; or planes. 16 and 24.
    public var bodies: Int?
    /// Cells along the longest axis; interior nodes along both axes of a plane. 24 and 32.
    public var longest: Int?
    public init() {}
  }

  /// How training ended.
  public struct Outcome: Sendable {
    public let step: Int
    public let isComplete: Bool
    public let seconds: Double
    /// Iterations to 1e-8 over bodies not trained on, half as large again, or a plane of three times the nodes along an axis: of
    /// the plain method and of the learned one.
    public let iterations: (plain: Int, learned: Int)
  }

  /// What is trained.
  private enum Subject {
    case cycle(designs: @Sendable (Int) -> RandomDesigns, components: Int, smoothing: Smoothing?)
    case factor
  }

  /// A subject with its systems made.
  private struct Course {
    let layout: ParameterLayout
    let rate: Double
    let averageDecay: Double
    /// The loss at the parameters of the state.
    let loss: (BoundParameters<Float>, Tensor<Float>, inout Trainer.Part) throws -> Variable<Float>
    let write: (Tensor<Float>, _ recipe: [String: String]) throws -> Void
    let iterations: (Tensor<Float>) throws -> (plain: Int, learned: Int)
  }

  public let options: Options
  private let scene: String
  private let subject: Subject
  private let dimension: Int
  private let steps: Int
  private let bodies: Int
  private let longest: Int

  /// - Throws: `SceneErrors` where the scene's solver learns nothing: a cycle needs a grid, a factor diffusion in the plane.
  public init(_ file: SceneFile, _ options: Options = Options()) throws {
    let built = try SceneBuilder.build(file)
    self.options = options
    scene = file.scene.title
    dimension = built.domain.domain.dimension
    if case .incompleteCholeskyCG = file.scene.solver.value {
      guard built.presenter.isScalar, dimension == 2 else {
        throw SceneErrors([
          file.scene.solver.error(
            "a learned factor is for diffusion in the plane", expected: "a scene of steady diffusion in 2D",
            remedy: "train the cycle of `multigrid-cg` instead")
        ])
      }
      subject = .factor
      (steps, bodies, longest) = (options.steps ?? 1000, options.bodies ?? 24, options.longest ?? 32)
      return
    }
    guard case .grid(let grid) = built.domain, let presenter = built.presenter as? CellwisePresenter<GridStiffness>
    else {
      throw SceneErrors([
        file.scene.domain.error(
          "a learned cycle is for multigrid, which needs a grid", expected: "`grid`",
          remedy: "on a mesh ask for `solver: { incomplete-cholesky-cg: {} }`, whose factor learns")
      ])
    }
    (steps, bodies, longest) = (options.steps ?? 100, options.bodies ?? 16, options.longest ?? 24)
    var smoothing: Smoothing?
    if case .multigridCG(let multigrid) = file.scene.solver.value {
      smoothing = multigrid.smoothing.map { Smoothing(degrees: $0) }
    }
    let form = presenter.form
    let spacing = grid.spacing.map { $0 / grid.spacing.max()! }
    subject = .cycle(
      designs: { longest in
        RandomDesigns(longest: longest, spacing: spacing) { grid in
          switch form {
          case .elasticity(let poissonRatio, let assumption):
            .elasticity(grid, poissonRatio: poissonRatio, assumption: assumption)
          case .diffusion: .diffusion(grid)
          }
        }
      }, components: presenter.equations.stiffness.componentsPerNode, smoothing: smoothing)
  }

  /// Trains until the steps are taken or `stops` says so; the checkpoint `path + ".checkpoint"` is taken up where
  /// `resumes` asks for it, and written every ten steps and at the end.
  public func run(
    to path: String, resumes: Bool, stops: () -> Bool, progress: (TrainingProgress) -> Void
  ) throws -> Outcome {
    let start = ProcessUsage.wallSeconds
    let course = try course(to: path)
    var trainerOptions = Trainer.Options()
    trainerOptions.steps = steps
    trainerOptions.rate = RateSchedule(course.rate)
    trainerOptions.averageDecay = course.averageDecay
    trainerOptions.seed = options.seed
    let trainer = Trainer(course.layout, AdamW(), trainerOptions)
    var state = trainer.start(seed: options.seed)
    let checkpoint = path + ".checkpoint", method = trainer.optimizer.name
    if resumes { state = try state.resumed(from: checkpoint, method: method) }
    let first = state.step
    while !trainer.isDone(state), !stops() {
      let here = state.parameters
      do {
        try trainer.advance(&state) { p, part in try course.loss(p, here, &part) }
      } catch {
        try state.write(to: checkpoint, method: method)
        throw error
      }
      progress(
        TrainingProgress(
          state, of: steps, seconds: ProcessUsage.wallSeconds - start, taken: state.step - first))
      if state.step % 10 == 0 { try state.write(to: checkpoint, method: method) }
    }
    try state.write(to: checkpoint, method: method)
    let answer = trainer.answer(state)
    let seconds = ProcessUsage.wallSeconds - start
    try course.write(
      answer,
      [
        "scene": scene, "seed": "\(options.seed)", "steps": "\(state.step)", "bodies": "\(bodies)",
        "cells along the longest axis": "\(longest)", "minutes": "\(Int((seconds / 60).rounded(.up)))",
      ])
    return Outcome(
      step: state.step, isComplete: trainer.isDone(state), seconds: seconds, iterations: try course.iterations(answer))
  }

  private func course(to path: String) throws -> Course {
    switch subject {
    case .cycle(let designs, let components, let smoothing):
      return try cycleCourse(designs, components: components, smoothing, to: path)
    case .factor: return try factorCourse(to: path)
    }
  }

  private func cycleCourse(
    _ designs: @escaping @Sendable (Int) -> RandomDesigns, components: Int, _ smoothing: Smoothing?, to path: String
  ) throws -> Course {
    func systems(longest: Int, seeds: Range<Int>) throws -> [TrainingSystem] {
      try seeds.flatMap { index in
        try designs(longest).systems(seed: options.seed &* 1_000_003 &+ UInt64(index), steps: [6, 20])
      }
    }
    func iterations(_ systems: [TrainingSystem], _ rule: LearnedCycle?) throws -> Int {
      let solver = MultigridCG(
        MultigridOptions(relativeTolerance: 1e-8, maxIterations: 2000, smoothing: smoothing), rule: rule)
      return try systems.reduce(0) { sum, system in
        let prepared = try solver.prepare(system.matrix, reusing: nil)
        return sum + (try solver.solve(prepared, columns: [system.load], from: nil).report.iterations)
      }
    }
    let learned = try systems(longest: longest, seeds: 0..<bodies)
    var training = CycleTraining(learned)
    // Small grids would have no coarse levels otherwise.
    training.options.directCost = dimension == 3 ? 2e5 : 2e4
    training.options.smoothing = smoothing
    training.batch = min(training.batch, learned.count)
    let network = training.network
    let final = training
    return Course(
      layout: network.layout, rate: 0.02, averageDecay: 0.95,
      loss: { p, parameters, part in try final.loss(p, parameters, &part) },
      write: { parameters, recipe in
        try LearnedCycle(parameters, network: network)
          .write(to: path, dimension: dimension, components: components, recipe: recipe)
      },
      iterations: { parameters in
        let others = try systems(longest: longest * 3 / 2, seeds: 1000..<1003)
        return (
          try iterations(others, nil), try iterations(others, LearnedCycle(parameters, network: network))
        )
      })
  }

  private func factorCourse(to path: String) throws -> Course {
    let systems = try (0..<bodies).map { index in
      try FactorSystem.random(side: longest, index, seed: options.seed)
    }
    let training = FactorTraining(systems)
    return Course(
      layout: training.layout, rate: 3e-3, averageDecay: 0.98,
      loss: { p, _, part in try training.loss(p, &part) },
      write: { parameters, recipe in
        try LearnedFactor(parameters, dimension: dimension).write(to: path, recipe: recipe)
      },
      iterations: { parameters in
        let plane = try LogNormalPlane(side: 3 * longest, seed: options.seed)
        let learned = LearnedFactor(parameters, dimension: dimension)
        return (
          try Self.iterations(IncompleteCholeskyPreconditioner<SymmetricSparseMatrix>(), on: plane),
          try Self.iterations(LearnedCholeskyPreconditioner<SymmetricSparseMatrix>(learned), on: plane)
        )
      })
  }

  private static func iterations<Factory: PreconditionerFactory<SymmetricSparseMatrix>>(
    _ factory: Factory, on plane: LogNormalPlane
  ) throws -> Int {
    let solver = ConjugateGradient(factory, options: IterationOptions(relativeTolerance: 1e-8))
    let prepared = try solver.prepare(try plane.matrix(), reusing: nil)
    let (_, report) = try solver.solve(prepared, columns: [plane.load], from: nil)
    return report.iterations
  }
}
