import DifferentiableCore
import FieldIO
import InverseDesign
import SmoothedParticles

/// The design problem of a scene of particles: what may change, and what is wanted of the flow.
struct ParticleDesignBuilder {
  let scene: Scene
  let simulation: ParticleSimulation
  let stop: StopRule
  let checkpoints: CheckpointPolicy
  let fluids: FluidNames
  /// Solids, tools and bodies that a force may be asked of.
  let named: SolidNames
  let tools: [PlacedTool]
  /// Solids by their particles among the walls.
  let solids: [(name: String, particles: Range<Int>)]
  let inlets: [(name: String, axis: Int, particles: Range<Int>)]
  /// m
  let spacing: Double
  /// Where particles of a region would be.
  let places: ParticleRows.Places

  /// Nil where the scene has no complete design, or after reporting what is wrong with it.
  func build(_ diagnostics: inout DiagnosticList) -> ParticleDesign? {
    guard let declared = scene.design else { return nil }
    let built = ParticleVariablesBuilder(
      system: simulation.system, fluids: fluids, tools: tools, spacing: spacing, solids: solids, inlets: inlets
    ).build(declared, &diagnostics)
    guard var variables = built else { return nil }
    if let file = scene.startDesign { variables.givenStart = start(file, count: variables.start.count, &diagnostics) }
    guard let objective = scene.objective else { return nil }
    var rows = ParticleRows(
      simulation, fluids: fluids, solids: named, spacing: spacing, stop: stop, variables: variables, places: places)
    var parts: [ParticleRows.Row] = []
    var constraints: [DesignProblem.Constraint] = []
    let functional = objective.value.functional
    if let terms = rows.add(functional.value, mark: functional.mark, &diagnostics) {
      parts.append(terms.row(functional.value.word))
    }
    for constraint in scene.constraints {
      guard let terms = rows.add(constraint.value.functional, mark: constraint.mark, &diagnostics) else { continue }
      parts.append(terms.row(constraint.value.name))
      if let bound = constraint.value.atMost { constraints.append(.init(row: parts.count - 1, .atMost(bound.value))) }
      if let bound = constraint.value.atLeast { constraints.append(.init(row: parts.count - 1, .atLeast(bound.value))) }
      if let bound = constraint.value.equals { constraints.append(.init(row: parts.count - 1, .equal(bound.value))) }
    }
    if case .optimalityCriteria = scene.optimizer.value {
      diagnostics.add(scene.optimizer.error("optimality criteria are for densities", remedy: "use `mma` or `l-bfgs-b`"))
    }
    let method = OptimizerBuilder.build(
      scene.optimizer, constraints: constraints.map(\.inequalityCount).reduce(0, +), boundForm: false,
      continuationEnd: 0, &diagnostics)
    guard let method, parts.count == 1 + scene.constraints.count else { return nil }
    return ParticleDesign(
      variables: variables, rows: parts, observers: rows.observers, sense: objective.value.sense,
      constraints: constraints, simulation: simulation, stop: stop, checkpoints: checkpoints, method: method)
  }

  /// Nil after reporting why not.
  private func start(_ file: SceneFilePath, count: Int, _ diagnostics: inout DiagnosticList) -> DenseVector? {
    guard let values = file.array(&diagnostics)?.values else { return nil }
    if values.count == count, values.allSatisfy(\.isFinite) { return DenseVector(values) }
    diagnostics.add(
      SceneDiagnostic(
        mark: file.mark, problem: "`\(file.written)` is not a design of this scene", found: "\(values.count) entries",
        expected: "\(count) finite numbers"))
    return nil
  }
}
