import DesignSamplers
import Synchronization

/// One step of a scene's optimizer from any design, for one gradient; what it asked is counted.
final class OptimizerStep: Sendable {
  private let scene: OptimizableScene
  private let space: any DesignSpace
  private let counted = Mutex(CountedCost.Count())

  /// - Parameters:
  ///   - scene: Whose optimizer steps.
  ///   - space: What designs are held to before they are asked about.
  init(_ scene: OptimizableScene, in space: any DesignSpace) {
    self.scene = scene
    self.space = space
  }

  var count: CountedCost.Count { counted.withLock { $0 } }

  /// - Parameter design: Where the step begins.
  /// - Returns: Where it ends; nil where the simulator has no answer or the optimizer no step.
  func callAsFunction(_ design: DenseVector) -> DenseVector? {
    let held = space.holdsExactly ? space.nearestAllowed(design) : design
    let next =
      (try? DesignLoop(
        problem: scene.problem(from: held), optimizer: scene.optimizer, stopping: scene.stopping,
        scaling: scene.scaling
      ).firstStep()) ?? nil
    counted.withLock {
      $0.gradients += 1
      if next == nil { $0.failures += 1 }
    }
    return next
  }
}
