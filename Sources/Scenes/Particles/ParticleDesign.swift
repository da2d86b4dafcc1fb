import DifferentiableCore
import InverseDesign
import SmoothedParticles

/// A design of particles and how it is found.
struct ParticleDesign: Sendable {
  var variables: ParticleVariables
  /// Read off the end of a rollout, the objective first.
  var rows: [(name: String, functional: ObservedSum)]
  var observers: [any Observer]
  var sense: Scene.Objective.Sense
  var constraints: [DesignProblem.Constraint]
  var simulation: ParticleSimulation
  var stop: StopRule
  var checkpoints: CheckpointPolicy
  var method: (optimizer: any Optimizer, stopping: StoppingCriteria, scaling: DesignLoop.ObjectiveScaling)

  /// Entries of the state.
  var unknowns: Int { simulation.stateBlocks.entryCount }

  var problem: DesignProblem { problem(until: stop) }

  private func problem(until stop: StopRule) -> DesignProblem {
    let chain = DesignChain(
      field: TransformChain([]), parameters: variables.map, model: rollout(until: stop),
      rows: rows.map { .state(name: $0.name, $0.functional) })
    return DesignProblem(
      responses: chain, layout: [variables.block], bounds: variables.bounds, start: variables.start,
      objective: .row(0, sense == .minimize ? .minimize : .maximize), constraints: constraints)
  }

  private func rollout(until stop: StopRule) -> Rollout<ParticleSimulation> {
    Rollout(simulation, until: stop, observers: observers, checkpoints: checkpoints)
  }

  /// The problem with the time steps that a design takes.
  func steadied(_ design: DenseVector) throws(SolveFailure) -> DesignProblem {
    let rollout = rollout(until: stop)
    var workspace = rollout.makeWorkspace()
    _ = try rollout.solve(try variables.map.parameters(of: design), in: &workspace)
    return problem(until: .replay(workspace.timeSteps))
  }
}

/// What of a simulation of particles may change.
struct ParticleVariables: Sendable {
  var map: SharedParameters
  var block: Block
  var bounds: Bounds
  var start: DenseVector
}
