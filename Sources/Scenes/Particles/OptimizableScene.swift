import DifferentiableCore
import InverseDesign

/// What an optimization needs to know of a scene, whatever its physics.
public struct OptimizableScene: Sendable {
  public var title: String
  public var problem: DesignProblem
  public var optimizer: any Optimizer
  public var stopping: StoppingCriteria
  public var scaling: DesignLoop.ObjectiveScaling
  public var solver: SolverChoice
  /// What the physical field of the responses is called, where it is more than the design itself.
  public var fieldBlock: Block?
  /// The relative accuracy of the responses: what the step of a difference is chosen by.
  public var accuracy = 1e-10
  /// The problem whose gradients are exact at a design: where time steps adapt, with the steps taken there held fixed.
  var steadied: (@Sendable (DenseVector) throws(SolveFailure) -> DesignProblem)?
  /// How far from the start a check of gradients looks, as a part of the width of the bounds; nil: anywhere between them.
  var checkedReach: Double? = nil
  /// What writes the files of a run into its folder.
  let makeFiles: @Sendable (SceneFile, RunDirectory) -> any DesignFiles

  /// The problem begun at another design.
  public func problem(from design: DenseVector) -> DesignProblem {
    var result = problem
    result.start = problem.bounds.project(design)
    return result
  }

  /// A run of the scene's optimizer.
  ///
  /// - Parameters:
  ///   - design: Where it begins; nil for the scene's own start.
  ///   - iterations: At most; nil for as many as the scene allows.
  public func optimized(from design: DenseVector? = nil, iterations: Int? = nil) throws -> DesignLoop.Outcome {
    var stopping = stopping
    if let iterations { stopping.iterations = iterations }
    let problem = design.map(problem(from:)) ?? problem
    return try DesignLoop(problem: problem, optimizer: optimizer, stopping: stopping, scaling: scaling).run()
  }
}

/// Writes what people and programs look at in the course of an optimization and at its end.
protocol DesignFiles {
  func addToSeries(iteration: Int, _ result: ResponseValues) throws
  /// A picture of the design at hand, for those who watch the run.
  func writeLive(_ result: ResponseValues) throws
  func writeAll(_ outcome: DesignLoop.Outcome, _ result: RunResult) throws
}

extension DesignFiles {
  func writeLive(_ result: ResponseValues) throws {}
}

extension RunWriter: DesignFiles {}

extension BuiltScene {
  public var optimizable: OptimizableScene {
    OptimizableScene(
      title: title, problem: problem, optimizer: optimizer, stopping: stopping, scaling: scaling, solver: solver,
      fieldBlock: Block("physical-density", shape: [domain.domain.cellCount]), steadied: nil,
      makeFiles: { file, folder in RunWriter(scene: self, file: file, folder: folder) })
  }
}

extension ParticleScene {
  /// Nil where the scene is only simulated.
  public var optimizable: OptimizableScene? {
    guard let design else { return nil }
    let choice = SolverChoice(name: "rollout", reason: "steps in time", unknowns: design.unknowns)
    return OptimizableScene(
      title: title, problem: design.problem, optimizer: design.method.optimizer, stopping: design.method.stopping,
      scaling: design.method.scaling, solver: choice,
      accuracy: simulation.numerics.precision == .single ? 1e-6 : 1e-11,
      steadied: { point throws(SolveFailure) in try design.steadied(point) },
      makeFiles: { file, folder in ParticleDesignFiles(file: file, scene: self, design: design, folder: folder) })
  }
}

extension RunnableScene {
  /// The scene as something to optimize.
  ///
  /// - Throws: `SceneErrors` where it has no design or no objective.
  public func optimizable(_ file: SceneFile) throws -> OptimizableScene {
    try OptimizationRun.checkIsDesignProblem(file)
    switch self {
    case .field(let scene): return scene.optimizable
    case .particles(let scene):
      guard let optimizable = scene.optimizable else {
        throw CommandFailure(.usage, "\(file.path): error: there is nothing to optimize")
      }
      return optimizable
    case .airfoil(let scene):
      guard let optimizable = scene.withReachableStart().optimizable else {
        throw CommandFailure(.usage, "\(file.path): error: there is nothing to optimize")
      }
      return optimizable
    }
  }
}
