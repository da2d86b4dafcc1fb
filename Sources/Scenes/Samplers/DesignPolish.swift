import DesignSamplers

/// An optimizer begun at a design that a sampler drew.
struct DesignPolish {
  struct Outcome: Sendable {
    var design: DenseVector
    var record: SampleResult.Polished
    /// To one percent.
    var keepsConstraints: Bool
    /// Least for the best: violated constraints come last.
    var rank: Double
  }

  private let scene: OptimizableScene
  private let space: any DesignSpace

  init(_ scene: OptimizableScene, in space: any DesignSpace) {
    self.scene = scene
    self.space = space
  }

  /// - Parameters:
  ///   - design: Where to begin; nil for the scene's own start.
  ///   - sample: What the record calls it.
  func run(from design: DenseVector?, sample: Int) throws -> Outcome {
    let problem = scene.problem
    let outcome = try scene.optimized(from: design)
    let violation = max(0, problem.worstViolation(outcome.values))
    let objective = problem.objectiveValue(outcome.values)
    let keepsConstraints = problem.nearlyKeepsConstraints(outcome.values)
    return Outcome(
      design: outcome.design,
      record: SampleResult.Polished(
        sample: sample, before: outcome.history.rows.first?.objective, objective: objective, violation: violation,
        iterations: outcome.history.rows.count, reason: outcome.reason.status,
        measures: Dictionary(space.measures(outcome.design).map { ($0.name, $0.value) }) { first, _ in first }),
      keepsConstraints: keepsConstraints,
      rank: keepsConstraints ? problem.loss(outcome.values) : .greatestFiniteMagnitude)
  }
}

extension OptimizableScene {
  /// The scene with the optimizer of its guidance; as it is where guidance names none.
  ///
  /// - Throws: `SceneErrors` where the problem is not one for that optimizer.
  func polisher(_ file: SceneFile) throws -> OptimizableScene {
    guard let declared = file.scene.guidance.value.optimizer else { return self }
    var diagnostics = DiagnosticList()
    if case .optimalityCriteria = declared.value, !(file.scene.design?.value is Scene.DensityDesign) {
      diagnostics.add(declared.error("optimality criteria are for densities", remedy: "use `mma` or `cma-es`"))
    }
    let method = OptimizerBuilder.build(
      declared, constraints: problem.constraints.map(\.inequalityCount).reduce(0, +), boundForm: problem.isBoundForm,
      continuationEnd: stopping.notBefore, &diagnostics)
    try diagnostics.throwIfAny()
    guard let method else { return self }
    var result = self
    (result.optimizer, result.stopping, result.scaling) = method
    return result
  }
}
