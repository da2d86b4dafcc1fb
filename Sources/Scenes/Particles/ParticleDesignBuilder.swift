import InverseDesign
import SmoothedParticles

/// The design problem of a scene of particles: what may change, and what is wanted of the flow.
struct ParticleDesignBuilder {
  let scene: Scene
  let simulation: ParticleSimulation
  let stop: StopRule
  let checkpoints: CheckpointPolicy
  let fluids: FluidNames
  /// Solids by their particles among the walls.
  let solids: [(name: String, particles: Range<Int>)]
  let inlets: [(name: String, axis: Int, particles: Range<Int>)]
  /// m
  let spacing: Double

  /// Nil where the scene has no complete design, or after reporting what is wrong with it.
  func build(_ diagnostics: inout DiagnosticList) -> ParticleDesign? {
    guard let declared = scene.design else { return nil }
    let variables = ParticleVariablesBuilder(system: simulation.system, fluids: fluids, solids: solids, inlets: inlets)
      .build(
        declared, &diagnostics)
    guard let variables, let objective = scene.objective else { return nil }
    var rows = ParticleRows(simulation.system, fluids: fluids, spacing: spacing, stop: stop)
    var parts: [(name: String, terms: [(observer: Int, weight: Double)])] = []
    var constraints: [DesignProblem.Constraint] = []
    let functional = objective.value.functional
    if let terms = rows.add(functional.value, mark: functional.mark, &diagnostics) {
      parts.append((functional.value.word, terms))
    }
    for constraint in scene.constraints {
      guard let terms = rows.add(constraint.value.functional, mark: constraint.mark, &diagnostics) else { continue }
      parts.append((constraint.value.name, terms))
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
    let first = simulation.stateBlocks.entryCount
    return ParticleDesign(
      variables: variables,
      rows: parts.map { part in
        (part.name, ObservedSum(terms: part.terms.map { (index: first + $0.observer, weight: $0.weight) }))
      },
      observers: rows.observers, sense: objective.value.sense, constraints: constraints, simulation: simulation,
      stop: stop, checkpoints: checkpoints, method: method)
  }
}
