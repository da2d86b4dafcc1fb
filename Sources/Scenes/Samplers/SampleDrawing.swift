import DesignSamplers

/// Draws the designs of a run, with and without guidance.
struct SampleDrawing {
  let scene: SamplerScene
  let weights: SamplerWeights
  let request: SamplerRequest
  let progress: (String) -> Void
  let stops: () -> Bool
  /// Designs, and the seed of their noise.
  var count: Int
  var seed: UInt64

  init(
    scene: SamplerScene, weights: SamplerWeights, request: SamplerRequest, progress: @escaping (String) -> Void,
    stops: @escaping () -> Bool
  ) {
    self.scene = scene
    self.weights = weights
    self.request = request
    self.progress = progress
    self.stops = stops
    count = scene.sampler.count
    seed = UInt64(scene.sampler.seed)
  }

  private var sampler: Scene.Sampler { scene.sampler }
  private var guidance: Scene.Guidance { scene.guidance }

  /// The scene's problem as a cost, its scale, and remarks on it.
  func cost() throws -> (cost: ProblemCost, scale: Double, notes: [String]) {
    var scale = guidance.objectiveScale
    var notes: [String] = []
    if scale == nil {
      let problem = scene.scene.problem
      let start = problem.bounds.project(problem.start)
      guard let values = try? problem.responses.makeSession().evaluate(start, gradientsOf: []).values,
        case let size = abs(problem.objectiveValue(values)), size > 0, size.isFinite
      else {
        throw SceneErrors([
          scene.declared.error(
            "the scene's start cannot be evaluated, so that the size of the objective is not known",
            remedy: "write `guidance: { objective-scale: ... }`")
        ])
      }
      scale = size
      notes.append("the objective's scale is its size at the scene's start")
    }
    let problem = scene.scene.problem
    return (
      ProblemCost(problem, weights.scaling, objectiveScale: scale ?? 1, weight: guidance.constraintWeight), scale ?? 1,
      notes
    )
  }

  var denoiser: any Denoiser {
    let condition = scene.conditions([request], weights.scaling)?.elements
    let network = NetworkDenoiser(
      scene.network, parameters: weights.parameters, prediction: sampler.prediction, shape: scene.space.shape,
      condition: condition)
    guard condition != nil, guidance.conditionWeight > 0 else { return network }
    return ConditionGuidance(network, weight: guidance.conditionWeight)
  }

  private var projection: [any Guidance] {
    guard scene.space.holdsExactly else { return [] }
    return [ProjectionGuidance(weights.scaling) { [space = scene.space] in space.nearestAllowed($0) }]
  }

  /// Designs as the model draws them.
  func plain() throws -> [DenseVector] {
    var sampling = Sampling(denoiser, sampler.schedule, sampler.method.sampler(steps: sampler.steps))
    sampling.guidance = projection
    return try draw(sampling, "drawing")
  }

  /// Designs steered by the simulator, and what that asked of it; nil where the scene asks for no guidance.
  func guided(
    _ cost: ProblemCost, _ cuts: MoveCuts
  ) throws -> (designs: [DenseVector], calls: CountedCost.Count)? {
    guard guidance.scale > 0 || guidance.selection != nil else { return nil }
    let method = guidance.method.sampler(steps: sampler.steps)
    let counted = CountedCost(cost)
    var sampling = Sampling(denoiser, sampler.schedule, method)
    let largest = largestRatio(method.levels(of: sampler.schedule))
    let step = OptimizerStep(scene.scene, in: scene.space)
    switch guidance.by {
    case _ where guidance.scale == 0: break
    case .optimizer:
      sampling.guidance = [StepGuidance(weights.scaling, largestRatio: largest) { step($0) }]
    case .gradient:
      var steering = CostGuidance(
        counted, strength: guidance.scale, isThroughDenoiser: guidance.throughNetwork,
        longestMove: guidance.longestMove,
        largestRatio: largest)
      steering.cuts = cuts
      sampling.guidance = [steering]
    }
    sampling.guidance += projection
    sampling.recurrences = guidance.recurrences
    sampling.selection = guidance.selection.map {
      MonteCarloSelection(
        counted, temperature: $0.temperature, leastEffectivePart: $0.effectivePart, seed: UInt64($0.seed),
        largestRatio: largest)
    }
    let designs = try draw(sampling, "drawing with guidance")
    var calls = counted.count
    calls.gradients += step.count.gradients
    calls.failures += step.count.failures
    return (designs, calls)
  }

  /// The noise over signal below which the simulator is asked, so that no sample takes more gradients than allowed.
  private func largestRatio(_ levels: [NoiseLevel]) -> Double {
    var each = 1 + guidance.recurrences
    // Heun's method and the midpoint rule ask twice in a step, and a selection looks once more.
    var allowed = guidance.gradients
    if [.heun, .midpoint].contains(guidance.method) { (each, allowed) = (2 * each, allowed - 1) }
    if guidance.selection != nil { each += 1 }
    let steps = min(levels.count - 1, max(1, allowed / each))
    let level = levels[levels.count - 1 - steps]
    return level.signal > 0 ? level.deviation / level.signal * (1 + 1e-9) : .infinity
  }

  private func draw(_ sampling: Sampling, _ words: String) throws -> [DenseVector] {
    let scaled = try sampling.designs(count: count, seed: seed) { done, of in
      progress("\(words) \(count) designs: step \(done)/\(of)")
      if stops() { throw CommandFailure(.interrupted, "interrupted") }
    }
    let designs = weights.scaling.designs(scaled)
    guard scene.space.holdsExactly else { return designs }
    let space = scene.space
    return concurrentMap(designs.count) { space.nearestAllowed(designs[$0]) }
  }
}
