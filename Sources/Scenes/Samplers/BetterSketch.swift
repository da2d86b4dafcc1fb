import DesignSamplers

/// The sketch of a problem, where it is better than every sample: what is asked is then unlike what was learned, and the
/// optimizer goes on from the sketch as well.
struct BetterSketch {
  /// On the grid that is drawn on.
  let design: DenseVector
  let note: String

  /// - Parameters:
  ///   - request: What the sampler was asked for, with its sketch.
  ///   - samples: What it drew.
  ///   - values: Counts what the sketch asks of the simulator.
  init?(
    _ request: SamplerRequest, than samples: DesignAssessment, of scene: SamplerScene, cost: ProblemCost,
    values: inout Int
  ) {
    guard let sketch = request.sketch else { return nil }
    let held = scene.space.holdsExactly ? scene.space.nearestAllowed(sketch) : sketch
    let assessed = DesignAssessment([held], of: scene, cost: cost)
    values += assessed.calls.values
    guard let best = samples.costs.indices.min(by: { samples.costs[$0] < samples.costs[$1] }),
      assessed.costs[0] < samples.costs[best], let found = assessed.values[0]
    else { return nil }
    func words(_ values: [Double]?) -> String {
      values.map { NumberFormat.significant(scene.scene.problem.objectiveValue($0), digits: 5) } ?? "none"
    }
    design = held
    note =
      "the sketch, at \(words(found)), is better than every sample, the best of which is at \(words(samples.values[best])): what is "
      + "asked seems unlike what was learned"
  }
}
