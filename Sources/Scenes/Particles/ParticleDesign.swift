import DifferentiableCore
import InverseDesign
import SmoothedParticles

/// A design of particles and how it is found.
struct ParticleDesign: Sendable {
  var variables: ParticleVariables
  /// The objective first; read off the end of a rollout, off the design, or both.
  var rows: [DesignChain<Rollout<ParticleSimulation>>.Row]
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
      field: TransformChain([]), parameters: variables.map, model: rollout(until: stop), rows: rows)
    return DesignProblem(
      responses: chain, layout: variables.blocks, bounds: variables.bounds, start: variables.start,
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
  var map: DesignParameters
  /// In place of the parts' own.
  var givenStart: DenseVector?

  var blocks: [Block] { map.parts.map(\.block) }
  /// Of the design as an array.
  var shape: [Int] { blocks.count == 1 ? blocks[0].shape : [blocks.reduce(0) { $0 + $1.count }] }
  var start: DenseVector { givenStart ?? DenseVector(map.parts.flatMap(\.start.elements)) }
  var bounds: Bounds {
    Bounds(
      lower: DenseVector(map.parts.flatMap(\.bounds.lower.elements)),
      upper: DenseVector(map.parts.flatMap(\.bounds.upper.elements)))
  }
}
