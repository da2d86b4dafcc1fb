import DesignSamplers

/// Designs with what the tests and the simulator say of them.
struct DesignAssessment: Sendable {
  /// As drawn, held to what is exact.
  var designs: [DenseVector]
  /// The first test each fails; nil for valid ones.
  var failedTests: [String?]
  /// Rows of the problem; nil for invalid designs and failed simulations.
  var values: [[Double]?]
  /// Infinite where there are no values.
  var costs: [Double]
  var calls: SampleResult.Calls

  var isEmpty: Bool { designs.isEmpty }
  var valid: [Int] { designs.indices.filter { failedTests[$0] == nil } }

  /// Asks the simulator once for every valid design.
  init(_ designs: [DenseVector], of scene: SamplerScene, cost: ProblemCost) {
    let problem = scene.scene.problem
    self.designs = designs
    let failed = scene.space.failedTests(designs)
    failedTests = failed
    values = concurrentMap(designs.count) { index -> [Double]? in
      guard failed[index] == nil else { return nil }
      let design = problem.bounds.project(designs[index])
      let values = try? problem.responses.makeSession().evaluate(design, gradientsOf: []).values
      return values.flatMap { $0.allSatisfy(\.isFinite) ? $0 : nil }
    }
    costs = values.map { $0.map(cost.cost(ofValues:)) ?? .infinity }
    let asked = failed.count { $0 == nil }
    calls = SampleResult.Calls(values: asked, gradients: 0, failures: asked - values.count { $0 != nil })
  }

  /// Objectives of designs that keep the constraints to one percent, the best first.
  func feasibleObjectives(_ problem: DesignProblem) -> [Double] {
    values.compactMap { $0 }.filter(problem.nearlyKeepsConstraints).sorted { problem.loss($0) < problem.loss($1) }
      .map(problem.objectiveValue)
  }

  /// Why no design is valid: which test failed how often.
  func refusal() -> SolveFailure {
    let counts = Dictionary(grouping: failedTests.compactMap { $0 }) { $0 }.mapValues(\.count)
    let words = counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { "\($0.value) times \($0.key)" }
    return SolveFailure(
      .unsupported,
      "none of \(designs.count) samples is valid: \(words.joined(separator: ", ")); train longer, or draw more")
  }

  /// - Parameters:
  ///   - scaling: In which distances are taken.
  ///   - data: Not learned from, to compare with; empty for none.
  ///   - learned: Learned from; empty where it is not at hand.
  func summary(
    of scene: SamplerScene, scaling: DesignScaling, data: [DenseVector], learned: [DenseVector]
  ) -> SampleResult.DesignSet {
    let problem = scene.scene.problem
    let rows = scaling.rows(designs), others = scaling.rows(data), known = scaling.rows(learned)
    let objectives = feasibleObjectives(problem)
    let measures = concurrentMap(valid.count) { scene.space.measures(designs[valid[$0]]) }
    var sums: [String: Double] = [:]
    for entry in measures.flatMap({ $0 }) { sums[entry.name, default: 0] += entry.value / Double(measures.count) }
    let finite = costs.filter(\.isFinite)
    let sizes = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024].filter { $0 < finite.count } + [finite.count]
    return SampleResult.DesignSet(
      count: designs.count, valid: Double(valid.count) / Double(max(1, designs.count)),
      failedTests: Dictionary(grouping: failedTests.compactMap { $0 }) { $0 }.mapValues(\.count),
      failedSimulations: valid.count { values[$0] == nil },
      bestObjective: objectives.first,
      medianObjective: objectives.isEmpty ? nil : RunResult.median(objectives),
      feasible: Double(objectives.count) / Double(max(1, designs.count)),
      bestOf: finite.isEmpty ? [] : sizes.map { .init(designs: $0, cost: BestOfMany.expected(finite, of: $0)) },
      meanDistance: SetMeasures.meanDistance(rows),
      neighbourAccuracy: others.isEmpty ? nil : SetMeasures.neighbourAccuracy(rows, others),
      coverage: others.isEmpty ? nil : SetMeasures.coverage(of: others, by: rows),
      novelty: known.isEmpty
        ? nil : SetMeasures.novelty(rows, beside: known).reduce(0, +) / Double(max(1, rows.count)),
      measures: sums, calls: calls)
  }
}

extension DesignProblem {
  /// Whether the rows of a design keep the constraints to one percent: samples are compared before an optimizer has
  /// brought them onto their bounds.
  public func nearlyKeepsConstraints(_ values: [Double]) -> Bool { worstViolation(values) < 0.01 }
}

extension DesignScaling {
  /// Designs in the sampler's scale, as vectors.
  func rows(_ designs: [DenseVector]) -> [DenseVector] {
    designs.map { x in DenseVector((0..<mean.count).map { (x[$0] - mean[$0]) / deviation[$0] }) }
  }
}
