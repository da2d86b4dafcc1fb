import InverseDesign
import SmoothedParticles

/// The design problem of a scene of particles: velocities at the start, and what is wanted of the flow.
struct ParticleDesignBuilder {
  let scene: Scene
  let simulation: ParticleSimulation
  let stop: StopRule
  let checkpoints: CheckpointPolicy
  let fluids: [(name: String, particles: Range<Int>)]

  /// Nil where the scene has no complete design, or after reporting what is wrong with it.
  func build(_ diagnostics: inout DiagnosticList) -> ParticleDesign? {
    guard let declared = scene.design else { return nil }
    guard let design = declared.value as? Scene.VelocityDesign else {
      diagnostics.add(
        declared.error(
          "a fluid of particles takes no `\(type(of: declared.value).word)`", expected: "`initial-velocity`"))
      return nil
    }
    var rows = ParticleRows(simulation.system, fluids: fluids)
    guard let groups = groups(design, rows, &diagnostics) else { return nil }
    let map = InitialVelocityParameters(simulation.system, groups: groups)
    let start = map.start
    if let fastest = start.elements.map(abs).max(), fastest > design.limit * (1 + 1e-9) {
      diagnostics.add(
        declared.error("the fluid starts faster than `limit`", found: "\(fastest) m/s", expected: "\(design.limit) m/s")
      )
    }
    guard let objective = scene.objective else { return nil }
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
    }
    if case .optimalityCriteria = scene.optimizer.value {
      diagnostics.add(scene.optimizer.error("optimality criteria are for densities", remedy: "use `mma` or `l-bfgs-b`"))
    }
    let method = OptimizerBuilder.build(
      scene.optimizer, constraints: constraints.count, boundForm: false, continuationEnd: 0, &diagnostics)
    guard let method, parts.count == 1 + scene.constraints.count else { return nil }
    let rollout = Rollout(simulation, until: stop, observers: rows.observers, checkpoints: checkpoints)
    let first = simulation.stateBlocks.entryCount
    let chain = DesignChain(
      field: TransformChain([]), parameters: map, model: rollout,
      rows: parts.map { part in
        .state(
          name: part.name,
          ObservedSum(terms: part.terms.map { (index: first + $0.observer, weight: $0.weight) }))
      })
    let count = start.count
    let bounds = Bounds(-design.limit...design.limit, count: count)
    let problem = DesignProblem(
      responses: chain,
      layout: [Block("velocity", shape: [groups.count, simulation.system.dimension], unit: "m/s")], bounds: bounds,
      start: start, objective: .row(0, objective.value.sense == .minimize ? .minimize : .maximize),
      constraints: constraints)
    return ParticleDesign(problem: problem, map: map, method: method, unknowns: first)
  }

  private func groups(_ design: Scene.VelocityDesign, _ rows: ParticleRows, _ diagnostics: inout DiagnosticList)
    -> [Range<Int>]?
  {
    var chosen = fluids.map(\.particles)
    if let names = design.fluids {
      let found = names.map { rows.particles(of: $0, &diagnostics) }
      guard found.allSatisfy({ $0 != nil }) else { return nil }
      chosen = found.compactMap(\.self)
    }
    return design.each == .fluid ? chosen : chosen.flatMap { $0.map { $0..<$0 + 1 } }
  }
}

/// A design of particles and how it is found.
struct ParticleDesign: Sendable {
  var problem: DesignProblem
  var map: InitialVelocityParameters
  var method: (optimizer: any Optimizer, stopping: StoppingCriteria, scaling: DesignLoop.ObjectiveScaling)
  /// Entries of the state.
  var unknowns: Int
}
