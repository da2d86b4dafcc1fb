import DifferentiableCore

/// What the fluid does to walls and bodies.
extension ParticleSimulation {
  /// The fluid's forces on the particles of walls and then of bodies, N (N/m in the plane), `[solid particles, dimension]`;
  /// zero in schemes without forces of their own on walls.
  public func solidForces(
    _ state: DenseVector, _ parameters: DenseVector, _ context: StepContext, in workspace: inout Workspace
  ) throws(SolveFailure) -> [Double] {
    var forces = [Double](repeating: 0, count: max(1, system.solidCount * system.dimension))
    let stepper = workspace.stepper
    try state.withUnsafeBufferPointer { (state) throws(SolveFailure) in
      try parameters.withUnsafeBufferPointer { (parameters) throws(SolveFailure) in
        try forces.withUnsafeMutableBufferPointer { (forces) throws(SolveFailure) in
          try stepper.solidForces(
            state.baseAddress!, parameters.baseAddress!, context.time, forces.baseAddress!)
        }
      }
    }
    return system.solidCount == 0 ? [] : forces
  }

  /// Adds to `stateSeed` and `gradient` what `forceSeed` on `solidForces` at the same state is worth.
  public func pullSolidForces(
    _ state: DenseVector, _ parameters: DenseVector, _ context: StepContext, forceSeed: [Double],
    into stateSeed: inout DenseVector, gradient: inout DenseVector, in workspace: inout Workspace
  ) throws(SolveFailure) {
    if system.solidCount == 0 { return }
    precondition(forceSeed.count == system.solidCount * system.dimension)
    let stepper = workspace.stepper
    try state.withUnsafeBufferPointer { (state) throws(SolveFailure) in
      try parameters.withUnsafeBufferPointer { (parameters) throws(SolveFailure) in
        try forceSeed.withUnsafeBufferPointer { (forceSeed) throws(SolveFailure) in
          try stateSeed.withUnsafeMutableBufferPointer { (stateSeed) throws(SolveFailure) in
            try gradient.withUnsafeMutableBufferPointer { (gradient) throws(SolveFailure) in
              try stepper.pullSolidForces(
                state.baseAddress!, parameters.baseAddress!, context.time, forceSeed.baseAddress!,
                stateSeed.baseAddress!, gradient.baseAddress!)
            }
          }
        }
      }
    }
  }
}
