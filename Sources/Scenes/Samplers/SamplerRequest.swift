import DesignSamplers

/// What a sampler is asked for.
struct SamplerRequest: Sendable {
  /// One for each condition of the family.
  let numbers: [Double]
  /// What the network is shown of the problem; nil where it is shown nothing.
  let sketch: DenseVector?

  /// The design that the scene's optimizer reaches from the scene's start; each iteration costs a gradient.
  static func sketch(of scene: OptimizableScene, _ iterations: Int) throws -> DenseVector {
    var stopping = scene.stopping
    stopping.iterations = iterations
    return try DesignLoop(
      problem: scene.problem, optimizer: scene.optimizer, stopping: stopping, scaling: scene.scaling
    ).run().design
  }
}
