import DifferentiableCore
import InverseDesign
import SmoothedParticles

/// The gradient of the final kinetic energy by the initial velocities, and what it costs.
struct ParticleGradient {
  var norm = 0.0
  var overForward = 0.0
  var report = RolloutReport()

  /// - Throws: `SolveFailure`, of kind `.cancelled` where the scene's user interrupts.
  init(_ scene: ParticleScene, isCancelled: @escaping @Sendable () -> Bool) throws {
    let rollout = Rollout(
      scene.simulation, until: scene.stop, checkpoints: scene.checkpoints, isCancelled: isCancelled)
    let system = scene.simulation.system
    let parameters = system.parameters
    let velocities = system.parameterBlocks.range(of: "velocity") ?? 0..<0
    var workspace = rollout.makeWorkspace()
    var forward: [Double] = [], whole: [Double] = []
    // Both in turns, so that a busy moment of the machine meets both; long runs are even enough by themselves.
    var repetitions = 1
    repeat {
      let start = ProcessUsage.cpuSeconds
      _ = try rollout.solve(parameters, in: &workspace)
      let middle = ProcessUsage.cpuSeconds
      let linearization = try rollout.linearize(at: parameters, in: &workspace)
      let gradient = try linearization.pullback(ParticleMeasures.energySeed(linearization.state, system))
      forward.append(middle - start)
      whole.append(ProcessUsage.cpuSeconds - middle)
      norm = DenseVector(Array(gradient.elements[velocities])).norm
      report = workspace.report ?? report
      repetitions = system.particleCount * report.steps <= 4_000_000 ? 5 : 1
    } while whole.count < repetitions
    overForward = RunResult.median(whole) / RunResult.median(forward)
  }
}
