import Optimizers
import TestSupport
import Testing

/// Minimise sum c_i / x_i with mean x_i <= V in 0 <= x <= 1: the shape of compliance with volume. Where no bound acts,
/// x_i is proportional to sqrt(c_i).
private struct Bars {
  var costs: DenseVector
  var volume: Double

  func evaluate(_ x: DenseVector) -> Evaluation {
    let n = Double(x.count)
    return Evaluation(
      objective: zip(costs.elements, x.elements).reduce(0) { $0 + $1.0 / $1.1 },
      objectiveGradient: DenseVector(zip(costs.elements, x.elements).map { -$0 / ($1 * $1) }),
      constraints: [x.sum / n - volume],
      constraintGradients: [DenseVector(repeating: 1 / n, count: x.count)])
  }
}

@Suite struct OptimalityCriteriaTests {
  /// The published update, written out: the multiplier belongs to the volume counted in cells.
  private func published(_ x: DenseVector, _ dc: DenseVector, volume: Double) -> DenseVector {
    let move = 0.2
    var l1 = 0.0
    var l2 = 1e9
    var new = x
    while (l2 - l1) / (l1 + l2) > 1e-3 {
      let middle = 0.5 * (l2 + l1)
      for i in x.indices {
        new[i] = max(0, max(x[i] - move, min(1, min(x[i] + move, x[i] * (-dc[i] / middle).squareRoot()))))
      }
      if new.sum > volume * Double(x.count) { l1 = middle } else { l2 = middle }
    }
    return new
  }

  @Test func equalsThePublishedUpdate() throws {
    var generator = SeededGenerator(seed: 5)
    let n = 1003
    let x = generator.vector(count: n, in: 0...1)
    let dc = generator.vector(count: n, in: -40...0)
    let volume = x.sum / Double(n)
    let evaluation = Evaluation(
      objective: 1, objectiveGradient: dc, constraints: [0],
      constraintGradients: [DenseVector(repeating: 1 / Double(n), count: n)])
    let expected = published(x, dc, volume: volume)
    for method in [
      OptimalityCriteria(), OptimalityCriteria(constraintValue: { $0.sum / Double(n) - volume }),
    ] {
      var state = method.start(at: x, within: Bounds(0...1, count: n), layout: [])
      let progress = try method.update(&state, with: [.success(evaluation)])
      let next = method.propose(state)[0].design
      #expect((next - expected).largestMagnitude < 1e-13)
      #expect(abs(progress.change - (expected - x).largestMagnitude) < 1e-13)
      #expect(method.design(of: state) == x)
    }
  }

  @Test func findsTheOptimumOfBars() throws {
    let bars = Bars(costs: [1, 4, 9, 0.25], volume: 0.4)
    var method = OptimalityCriteria()
    method.options.multiplierTolerance = 1e-9
    let end = try minimize(method, from: [0.4, 0.4, 0.4, 0.4], within: Bounds(0...1, count: 4), steps: 60) {
      bars.evaluate($0)
    }
    let roots: DenseVector = [1, 2, 3, 0.5]
    #expect((end.design - roots.scaled(by: 1.6 / roots.sum)).largestMagnitude < 1e-6)
  }

  @Test func aConstraintOutOfReachIsApproachedByTheMoveLimit() throws {
    let bars = Bars(costs: [1, 1], volume: 0.1)
    let method = OptimalityCriteria()
    var state = method.start(at: [0.9, 0.9], within: Bounds(0...1, count: 2), layout: [])
    _ = try method.update(&state, with: [.success(bars.evaluate([0.9, 0.9]))])
    #expect((method.propose(state)[0].design - [0.7, 0.7]).largestMagnitude < 1e-15)
  }

  @Test func aMultiplierBeyondTheBracketIsFound() throws {
    let bars = Bars(costs: [1e14, 4e14], volume: 0.5)
    let method = OptimalityCriteria()
    let end = try minimize(method, from: [0.5, 0.5], within: Bounds(0...1, count: 2), steps: 40) { bars.evaluate($0) }
    #expect((end.design - [1.0 / 3, 2.0 / 3]).largestMagnitude < 1e-3)
  }

  /// An update of damping 0.05 leaves 0.9 of a bar's distance, and momentum less.
  @Test func momentumTakesFewerIterations() throws {
    let bars = Bars(costs: [1, 4, 9, 0.25], volume: 0.4)
    let roots: DenseVector = [1, 2, 3, 0.5]
    let optimum = roots.scaled(by: 1.6 / roots.sum)
    func iterations(_ momentum: Double, _ constraintValue: (@Sendable (DenseVector) -> Double)?) throws -> Int {
      var method = OptimalityCriteria(constraintValue: constraintValue)
      method.options.damping = 0.05
      method.options.multiplierTolerance = 1e-9
      method.options.momentum = momentum
      let bounds = Bounds(0...1, count: 4)
      var state = method.start(at: [0.4, 0.4, 0.4, 0.4], within: bounds, layout: [])
      for iteration in 0..<200 {
        let design = method.propose(state)[0].design
        #expect(abs(design.sum - 1.6) < 1e-7, "the volume after \(iteration) steps with \(momentum)")
        if (design - optimum).largestMagnitude < 1e-5 { return iteration }
        _ = try method.update(&state, with: [.success(bars.evaluate(design))])
      }
      return 200
    }
    let plain = try iterations(0, nil)
    let carried = try iterations(0.7, nil)
    let exact = try iterations(0.7) { $0.sum / 4 - 0.4 }
    #expect(plain > 90 && plain < 200)
    #expect(carried < plain / 3)
    #expect(abs(carried - exact) <= 1)
  }

  /// With bounds on the way what they take is given to the other entries, so that the resource is used up.
  @Test func momentumKeepsTheResourceAtBounds() throws {
    let bars = Bars(costs: [100, 40, 0.01, 0.01], volume: 0.5)
    var method = OptimalityCriteria()
    method.options.multiplierTolerance = 1e-9
    method.options.momentum = 0.9
    var state = method.start(at: [0.5, 0.5, 0.5, 0.5], within: Bounds(0.01...1, count: 4), layout: [])
    for _ in 0..<12 {
      let design = method.propose(state)[0].design
      #expect(abs(design.sum - 2) < 1e-6)
      #expect(design.elements.allSatisfy { (0.01...1).contains($0) })
      _ = try method.update(&state, with: [.success(bars.evaluate(design))])
    }
    #expect(method.design(of: state)[0] == 1)
  }

  @Test func momentumPausesWhereTheObjectiveRose() throws {
    let bars = Bars(costs: [1, 4], volume: 0.5)
    var method = OptimalityCriteria()
    method.options.momentum = 0.7
    var plain = OptimalityCriteria().start(at: [0.4, 0.6], within: Bounds(0...1, count: 2), layout: [])
    var state = method.start(at: [0.4, 0.6], within: Bounds(0...1, count: 2), layout: [])
    var first = bars.evaluate([0.4, 0.6])
    // Less than the next evaluation will say.
    first.objective = 0
    _ = try method.update(&state, with: [.success(first)])
    _ = try OptimalityCriteria().update(&plain, with: [.success(first)])
    let next = bars.evaluate(method.propose(state)[0].design)
    _ = try method.update(&state, with: [.success(next)])
    _ = try OptimalityCriteria().update(&plain, with: [.success(next)])
    #expect(method.propose(state) == OptimalityCriteria().propose(plain))
  }

  @Test func otherNumbersOfConstraintsAreRefused() {
    let method = OptimalityCriteria()
    var state = method.start(at: [0.5], within: Bounds(0...1, count: 1), layout: [])
    #expect {
      try method.update(&state, with: [.success(Evaluation(objective: 1, objectiveGradient: [1]))])
    } throws: { ($0 as? SolveFailure)?.kind == .unsupported }
  }
}
