import DesignSamplers

/// The sketch of a problem with what the simulator says of it. Where it is better than every sample, the sampler does not
/// know the problem, and the optimizer goes on from the sketch as well.
struct AssessedSketch {
  /// On the grid that is drawn on, held to what is exact.
  let design: DenseVector
  private let assessment: DesignAssessment

  /// - Parameter request: What the sampler is asked for; without a sketch there is nothing to assess.
  init?(_ request: SamplerRequest, of scene: SamplerScene, cost: ProblemCost) {
    guard let sketch = request.sketch else { return nil }
    design = scene.space.holdsExactly ? scene.space.nearestAllowed(sketch) : sketch
    assessment = DesignAssessment([design], of: scene, cost: cost)
  }

  /// What it asked of the simulator.
  var calls: SampleResult.Calls { assessment.calls }

  func isBetter(than samples: DesignAssessment) -> Bool { assessment.costs[0] < (samples.costs.min() ?? .infinity) }

  /// What is said where it is better.
  func note(beside samples: DesignAssessment, _ problem: DesignProblem) -> String {
    func words(_ set: DesignAssessment) -> String {
      let best = set.costs.indices.min { set.costs[$0] < set.costs[$1] }
      return best.flatMap { set.values[$0] }.map { NumberFormat.significant(problem.objectiveValue($0), digits: 5) }
        ?? "none"
    }
    return
      "the sketch, at \(words(assessment)), is better than every sample, the best of which is at \(words(samples)): what "
      + "is asked is unlike what was learned, or the training was too short"
  }
}
