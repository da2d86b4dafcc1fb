import DesignSamplers

/// A sampler beside designs that the scene's optimizer finds for problems that were not learned: one sample for each.
struct HeldOutComparison {
  let scene: SamplerScene
  let weights: SamplerWeights
  let progress: (String) -> Void
  let stops: () -> Bool

  /// A problem with the optimizer's design and the sampler's.
  private struct Pair: Sendable {
    var member: DenseVector
    var sample: DenseVector
    var failedTest: String?
    /// Of the sample above the member, over the member's size; nil where the sample is not valid or breaks a constraint.
    var excess: Double?
    var measures: [(name: String, value: Double)]
    var calls: SampleResult.Calls
  }

  /// - Parameters:
  ///   - count: Problems, the first ones after those learned; what the optimizer cannot solve is left out.
  ///   - learned: Designs that were learned; empty where they are not at hand.
  /// - Throws: `CommandFailure` where the sampler learns from no variants of the scene or `stops` says so, `SolveFailure` where
  ///   no problem can be solved.
  func measured(count: Int, learned: [DenseVector]) throws -> SampleResult.HeldOut {
    guard let variants = scene.family as? OptimizedVariants else {
      throw CommandFailure(
        .usage,
        "error: samplers of foils are compared with foils not learned in any case; take `--held-out` out")
    }
    var pairs: [Pair] = []
    for place in 0..<count {
      progress("problems not learned: \(place + 1) of \(count)")
      if stops() { throw CommandFailure(.interrupted, "interrupted") }
      let number = scene.learned + place
      guard let member = try? variants.member(number) else { continue }
      pairs.append(try pair(member, of: SamplerScene.build(try variants.variant(number)), seed: UInt64(place)))
    }
    guard !pairs.isEmpty else {
      throw SolveFailure(.stalled, "the optimizer solves none of \(count) problems that were not learned")
    }
    return summary(pairs, learned: learned)
  }

  private func pair(_ member: FamilyMember, of variant: SamplerScene, seed: UInt64) throws -> Pair {
    var drawing = SampleDrawing(
      scene: variant, weights: weights, request: try variant.request(), progress: { _ in }, stops: stops)
    drawing.count = 1
    drawing.seed = seed
    let cost = try drawing.cost().cost
    var calls = SampleResult.Calls(values: 0, gradients: variant.sketch, failures: 0)
    let designs: [DenseVector]
    if let guided = try drawing.guided(cost, MoveCuts()) {
      designs = guided.designs
      calls.values += guided.calls.values
      calls.gradients += guided.calls.gradients
      calls.failures += guided.calls.failures
    } else {
      designs = try drawing.plain()
    }
    let assessed = DesignAssessment(designs, of: variant, cost: cost)
    calls.values += assessed.calls.values
    calls.failures += assessed.calls.failures
    let problem = variant.scene.problem
    let values = assessed.values[0].flatMap { problem.nearlyKeepsConstraints($0) ? $0 : nil }
    // Greater is worse, whether the objective is made small or large.
    let own = if case .row(_, .maximize) = problem.objective { -member.objective } else { member.objective }
    return Pair(
      member: member.design, sample: designs[0], failedTest: assessed.failedTests[0],
      excess: values.map { (problem.loss($0) - own) / max(abs(own), 1e-300) },
      measures: assessed.failedTests[0] == nil ? variant.space.measures(designs[0]) : [], calls: calls)
  }

  /// Samples of problems with even numbers beside designs of those with odd ones, and the other way round.
  static func unpairedAccuracy(_ samples: [DenseVector], _ members: [DenseVector]) -> Double? {
    guard samples.count > 1 else { return nil }
    func every(_ rest: Int, of designs: [DenseVector]) -> [DenseVector] {
      stride(from: rest, to: designs.count, by: 2).map { designs[$0] }
    }
    return 0.5
      * (SetMeasures.neighbourAccuracy(every(0, of: samples), every(1, of: members))
        + SetMeasures.neighbourAccuracy(every(1, of: samples), every(0, of: members)))
  }

  private func summary(_ pairs: [Pair], learned: [DenseVector]) -> SampleResult.HeldOut {
    let samples = weights.scaling.rows(pairs.map(\.sample)), members = weights.scaling.rows(pairs.map(\.member))
    let known = weights.scaling.rows(learned)
    let excess = pairs.compactMap(\.excess)
    let measured = pairs.filter { !$0.measures.isEmpty }
    var measures: [String: Double] = [:]
    for entry in measured.flatMap(\.measures) {
      measures[entry.name, default: 0] += entry.value / Double(measured.count)
    }
    let count = Double(pairs.count)
    return SampleResult.HeldOut(
      count: pairs.count, valid: Double(pairs.count { $0.failedTest == nil }) / count,
      feasible: Double(excess.count) / count, medianExcess: excess.isEmpty ? nil : RunResult.median(excess.sorted()),
      meanExcess: excess.isEmpty ? nil : excess.reduce(0, +) / Double(excess.count),
      neighbourAccuracy: SetMeasures.neighbourAccuracy(samples, members),
      unpairedAccuracy: Self.unpairedAccuracy(samples, members),
      coverage: SetMeasures.coverage(of: members, by: samples), meanDistance: SetMeasures.meanDistance(samples),
      meanDistanceOfData: SetMeasures.meanDistance(members),
      novelty: known.isEmpty ? nil : SetMeasures.novelty(samples, beside: known).reduce(0, +) / count,
      measures: measures,
      calls: pairs.reduce(into: SampleResult.Calls(values: 0, gradients: 0, failures: 0)) { sum, pair in
        sum.values += pair.calls.values
        sum.gradients += pair.calls.gradients
        sum.failures += pair.calls.failures
      })
  }
}
