import Optimizers
import TestSupport
import Testing

/// The methods that ask for no gradient, on functions with known minima.
@Suite struct GradientFreeTests {
  /// A bowl with its minimum at 0.3, 0.3, …, and value zero there.
  private func bowl(_ x: DenseVector) -> Evaluation {
    Evaluation(objective: x.elements.reduce(0) { $0 + ($1 - 0.3) * ($1 - 0.3) })
  }
  private let start = DenseVector(repeating: 0.9, count: 6)
  private let bounds = Bounds(-1...1, count: 6)

  private func crossEntropy(seed: UInt64, population: Int = 64, deviation: Double = 0.3) -> CrossEntropyMethod {
    var options = CrossEntropyMethod.Options()
    options.population = population
    options.initialDeviation = deviation
    options.seed = seed
    return CrossEntropyMethod(options)
  }

  @Test func crossEntropyFindsTheBottomOfABowl() throws {
    for seed in 0..<3 as Range<UInt64> {
      let run = try minimize(crossEntropy(seed: seed), from: start, within: bounds, steps: 64 * 60) { bowl($0) }
      #expect(bowl(run.design).objective < 1e-5, "seed \(seed)")
    }
    let free = try minimize(
      crossEntropy(seed: 1, deviation: 1), from: start, within: .unbounded(count: 6), steps: 64 * 60
    ) {
      bowl($0)
    }
    #expect(bowl(free.design).objective < 1e-5)
  }

  /// A start from designs draws from their distribution, and finds the bottom that lies beside them.
  @Test func crossEntropyStartsFromDesigns() throws {
    var generator = SeededGenerator(seed: 4)
    let designs = (0..<400).map { _ in DenseVector((0..<6).map { 0.1 * Double($0) + 0.2 * generator.normal() }) }
    let method = crossEntropy(seed: 5, population: 400)
    var state = method.start(from: designs, within: bounds)
    let drawn = method.propose(state).dropFirst().map(\.design)
    for entry in 0..<6 {
      let mean = drawn.reduce(0) { $0 + $1[entry] } / Double(drawn.count)
      let variance = drawn.reduce(0) { $0 + ($1[entry] - mean) * ($1[entry] - mean) } / Double(drawn.count)
      #expect(abs(mean - 0.1 * Double(entry)) < 0.05)
      #expect((0.15...0.25).contains(variance.squareRoot()))
    }
    for _ in 0..<40 { _ = try method.update(&state, with: method.propose(state).map { .success(bowl($0.design)) }) }
    #expect(bowl(method.design(of: state)).objective < 1e-4)
  }

  /// Of many local minima (Rastrigin's function) a gradient method takes the one at hand.
  @Test func crossEntropyPassesLocalMinima() throws {
    func wavy(_ x: DenseVector) -> Evaluation {
      Evaluation(objective: x.elements.reduce(0) { $0 + $1 * $1 + 10 * (1 - cosine(2 * .pi * $1)) })
    }
    let run = try minimize(
      crossEntropy(seed: 2, population: 200, deviation: 0.5), from: DenseVector(repeating: 3, count: 2),
      within: Bounds(-5...5, count: 2), steps: 200 * 60
    ) { wavy($0) }
    #expect(wavy(run.design).objective < 1e-6)
  }

  @Test func aConstraintIsSatisfiedAndActive() throws {
    // Within sum x <= 0 the point next to 0.3, 0.3, … is 0.
    let run = try minimize(crossEntropy(seed: 3), from: start, within: bounds, steps: 64 * 120) { x in
      var evaluation = bowl(x)
      evaluation.constraints = [x.sum]
      return evaluation
    }
    #expect(run.design.sum <= 1e-3)
    #expect(bowl(run.design).objective < 6 * 0.09 + 0.02, "\(run.design.elements)")
  }

  private func covarianceAdaptation(seed: UInt64, population: Int? = nil) -> CovarianceMatrixAdaptation {
    var options = CovarianceMatrixAdaptation.Options()
    options.population = population
    options.seed = seed
    return CovarianceMatrixAdaptation(options)
  }

  @Test func covarianceAdaptationFindsTheBottomOfABowl() throws {
    for seed in 0..<3 as Range<UInt64> {
      let run = try minimize(covarianceAdaptation(seed: seed), from: start, within: bounds, steps: 9 * 80) { bowl($0) }
      #expect(bowl(run.design).objective < 1e-6, "seed \(seed)")
    }
    let free = try minimize(covarianceAdaptation(seed: 1), from: start, within: .unbounded(count: 6), steps: 9 * 80) {
      bowl($0)
    }
    #expect(bowl(free.design).objective < 1e-6)
  }

  /// Along a ridge that is a thousand times steeper across than along, turned out of the axes, what is independent entry by
  /// entry creeps.
  @Test func covarianceAdaptationLearnsTheDirectionOfARidge() throws {
    func ridge(_ x: DenseVector) -> Evaluation {
      let along = x.sum / 6 - 0.3
      return Evaluation(
        objective: along * along + x.elements.reduce(0) { $0 + 1000 * ($1 - along - 0.3) * ($1 - along - 0.3) })
    }
    let run = try minimize(covarianceAdaptation(seed: 2), from: start, within: bounds, steps: 9 * 220) { ridge($0) }
    #expect(ridge(run.design).objective < 1e-6, "\(ridge(run.design).objective)")
    let other = try minimize(crossEntropy(seed: 2), from: start, within: bounds, steps: 9 * 220) { ridge($0) }
    #expect(ridge(other.design).objective > 1e-4, "\(ridge(other.design).objective)")
  }

  /// With many entries the covariance is a diagonal.
  @Test func covarianceAdaptationTakesManyEntries() throws {
    let n = CovarianceMatrixAdaptation.fullEntries + 1
    let wide = Bounds(-1...1, count: n), from = DenseVector(repeating: 0.9, count: n)
    var method = covarianceAdaptation(seed: 3)
    method.options.initialDeviation = 0.05
    let run = try minimize(method, from: from, within: wide, steps: 19 * 60) { bowl($0) }
    #expect(bowl(run.design).objective < 0.5 * bowl(from).objective, "\(bowl(run.design).objective)")
  }

  @Test func covarianceAdaptationSatisfiesAConstraint() throws {
    let run = try minimize(covarianceAdaptation(seed: 3), from: start, within: bounds, steps: 9 * 150) { x in
      var evaluation = bowl(x)
      evaluation.constraints = [x.sum]
      return evaluation
    }
    #expect(run.design.sum <= 1e-3)
    #expect(bowl(run.design).objective < 6 * 0.09 + 0.02, "\(run.design.elements)")
  }

  private func bayesian(seed: UInt64) -> TrustRegionBayesianOptimization {
    var options = TrustRegionBayesianOptimization.Options()
    options.seed = seed
    // Few, since a test is built without optimization.
    options.candidates = 80
    return TrustRegionBayesianOptimization(options)
  }

  /// In fewer evaluations than one population of the cross-entropy method.
  @Test func bayesianOptimizationFindsTheBottomOfABowlInFewCalls() throws {
    for seed in 0..<2 as Range<UInt64> {
      let run = try minimize(bayesian(seed: seed), from: start, within: bounds, steps: 60) { bowl($0) }
      #expect(run.evaluations == 60)
      #expect(bowl(run.design).objective < 0.05, "seed \(seed): \(bowl(run.design).objective)")
    }
    let free = try minimize(bayesian(seed: 1), from: start, within: .unbounded(count: 6), steps: 60) { bowl($0) }
    #expect(bowl(free.design).objective < 0.05, "\(bowl(free.design).objective)")
  }

  @Test func bayesianOptimizationSatisfiesAConstraint() throws {
    let run = try minimize(bayesian(seed: 3), from: start, within: bounds, steps: 60) { x in
      var evaluation = bowl(x)
      evaluation.constraints = [x.sum]
      return evaluation
    }
    #expect(run.design.sum <= 1e-3)
    #expect(bowl(run.design).objective < 6 * 0.09 + 0.3, "\(run.design.elements)")
  }

  @Test func bayesianOptimizationGoesOnWhereDesignsFail() throws {
    let method = bayesian(seed: 4)
    var state = method.start(at: start, within: bounds, layout: [])
    let broken = SolveFailure(.diverged, "blew up")
    for step in 0..<40 {
      let design = method.propose(state)[0].design
      // Beyond a wall through the bottom of the bowl nothing can be evaluated.
      let failing = design[0] < 0.3 || step == 20
      _ = try method.update(&state, with: [failing ? .failure(broken) : .success(bowl(design))])
    }
    let found = method.design(of: state)
    #expect(found[0] >= 0.3 && bowl(found).objective < 0.2, "\(found.elements)")
    var fresh = method.start(at: start, within: bounds, layout: [])
    #expect(throws: SolveFailure.self) { try method.update(&fresh, with: [.failure(broken)]) }
    let cancelled = SolveFailure(.cancelled, "stop")
    #expect(throws: SolveFailure.self) { try method.update(&state, with: [.failure(cancelled)]) }
  }

  @Test func randomSearchKeepsTheBest() throws {
    var best = Double.infinity
    let run = try minimize(RandomSearch(), from: start, within: bounds, steps: 64 * 10) { x in
      best = min(best, bowl(x).objective)
      return bowl(x)
    }
    #expect(bowl(run.design).objective == best && best < bowl(start).objective)
    #expect(run.evaluations == 640 && run.stopped == nil)
    let free = try minimize(RandomSearch(), from: start, within: .unbounded(count: 6), steps: 640) { bowl($0) }
    #expect(bowl(free.design).objective < bowl(start).objective)
  }

  @Test func theStartIsEvaluatedFirstAndEverythingLiesInside() throws {
    func check(_ method: some Optimizer) throws {
      var state = method.start(at: start, within: bounds, layout: [])
      #expect(method.propose(state)[0].design == start)
      for _ in 0..<3 {
        let requests = method.propose(state)
        #expect(requests.count == 64 && requests.allSatisfy { !$0.needsGradients })
        for request in requests { #expect(bounds.project(request.design) == request.design) }
        #expect(Set(requests.map(\.design)).count > 60)
        _ = try method.update(&state, with: requests.map { .success(bowl($0.design)) })
      }
    }
    try check(CrossEntropyMethod())
    try check(covarianceAdaptation(seed: 7, population: 64))
    try check(RandomSearch())
  }

  @Test func aRunGoesOnFromItsBytes() throws {
    func check<Method: Optimizer>(_ method: Method) throws where Method.State: Equatable {
      var state = method.start(at: start, within: bounds, layout: [])
      // Long enough for the model of the Bayesian method to choose.
      for step in 0..<16 {
        let arrays = try NamedArrays(decoding: method.save(state).encoded())
        var resumed = try #require(method.restore(arrays, within: bounds, layout: []))
        #expect(resumed == state, "\(method.name), step \(step)")
        let evaluations: [Result<Evaluation, SolveFailure>] = method.propose(state).enumerated().map {
          member, request in
          (member + step) % 7 == 3 ? .failure(SolveFailure(.diverged, "on purpose")) : .success(bowl(request.design))
        }
        let progress = try method.update(&state, with: evaluations)
        #expect(try method.update(&resumed, with: evaluations) == progress)
        #expect(resumed == state)
      }
      #expect(bowl(method.design(of: state)).objective < bowl(start).objective)
      let saved = method.save(state)
      #expect(method.restore(saved, within: .unbounded(count: 5), layout: []) == nil)
      #expect(method.restore(NamedArrays(), within: bounds, layout: []) == nil)
      #expect(Adam().restore(saved, within: bounds, layout: []) == nil)
    }
    try check(CrossEntropyMethod())
    try check(covarianceAdaptation(seed: 6))
    try check(RandomSearch())
    try check(bayesian(seed: 5))
  }

  @Test func otherSeedsDrawOtherDesigns() {
    func designs(_ seed: UInt64) -> [DenseVector] {
      let method = crossEntropy(seed: seed)
      return method.propose(method.start(at: start, within: bounds, layout: [])).map(\.design)
    }
    #expect(designs(1) == designs(1))
    #expect(Set(designs(1).dropFirst()).isDisjoint(with: designs(2).dropFirst()))
  }

  @Test func failuresOfAllEndTheRunAndOfSomeDoNot() throws {
    let method = CrossEntropyMethod()
    var state = method.start(at: start, within: bounds, layout: [])
    let broken = SolveFailure(.diverged, "blew up")
    func failure(_ evaluations: [Result<Evaluation, SolveFailure>]) -> SolveFailure? {
      do throws(SolveFailure) {
        _ = try method.update(&state, with: evaluations)
        return nil
      } catch {
        return error
      }
    }
    #expect(failure([])?.kind == .unsupported)
    #expect(failure((0..<64).map { _ in .failure(broken) }) == broken)
    #expect(failure((0..<64).map { _ in .success(Evaluation(objective: .nan)) })?.kind == .nonFinite)
    let cancelled = SolveFailure(.cancelled, "stop")
    #expect(failure((0..<64).map { $0 == 9 ? .failure(cancelled) : .success(bowl(start)) }) == cancelled)
    let lone = method.propose(state)[5].design
    #expect(failure((0..<64).map { $0 == 5 ? .success(bowl(lone)) : .failure(broken) }) == nil)
    #expect(method.design(of: state) == lone)
  }
}

private func cosine(_ x: Double) -> Double {
  // Accurate enough for a test function: reduced to (-pi, pi], then by Taylor's series.
  let reduced = x.remainder(dividingBy: 2 * .pi)
  var (term, sum) = (1.0, 1.0)
  for k in 1...16 {
    term *= -reduced * reduced / Double((2 * k - 1) * 2 * k)
    sum += term
  }
  return sum
}
