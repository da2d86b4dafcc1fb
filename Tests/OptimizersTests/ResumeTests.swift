import Optimizers
import TestSupport
import Testing

/// Every method goes on from its saved bytes as if it had never stopped, at every step of a run.
@Suite struct ResumeTests {
  private func expectSameBits<Method: Optimizer>(_ method: Method, _ problem: TestProblem, steps: Int = 24) throws {
    var state = method.start(at: problem.start, within: problem.bounds, layout: [])
    var resumed = state
    var proposals = 0
    for step in 0..<steps {
      let bytes = method.save(resumed).encoded()
      let arrays = try NamedArrays(decoding: bytes)
      resumed = try #require(method.restore(arrays, within: problem.bounds, layout: []), "\(method.name), step \(step)")
      let points = method.propose(state)
      #expect(bits(points) == bits(method.propose(resumed)), "\(method.name) on \(problem.name), step \(step)")
      // Every seventh solve fails, once there is something to go back to.
      let evaluations: [Result<Evaluation, SolveFailure>] = points.map { request in
        step % 7 == 5 ? .failure(SolveFailure(.stalled, "on purpose")) : .success(problem.evaluate(request.design))
      }
      let progress = try method.update(&state, with: evaluations)
      #expect(try method.update(&resumed, with: evaluations) == progress)
      #expect(bits([Request(method.design(of: state))]) == bits([Request(method.design(of: resumed))]))
      proposals += 1
      if progress.stopped != nil { break }
    }
    #expect(proposals > 6, "\(method.name) on \(problem.name) stopped after \(proposals) steps")
  }

  private func bits(_ requests: [Request]) -> [[UInt64]] { requests.map { $0.design.elements.map(\.bitPattern) } }

  @Test func asymptoteMethods() throws {
    for problem in [TestProblem.svanbergTruss, .twoSpheres] {
      try expectSameBits(MethodOfMovingAsymptotes(), problem)
      try expectSameBits(GloballyConvergentMMA(), problem)
    }
  }

  @Test func sequentialQuadraticProgramming() throws {
    for problem in [TestProblem.svanbergTruss, .twoSpheres, .rosenbrock(6, lower: -2)] {
      try expectSameBits(SequentialQuadraticProgramming(), problem)
    }
  }

  @Test func optimalityCriteria() throws {
    try expectSameBits(OptimalityCriteria(), .growingResource)
    var carried = OptimalityCriteria()
    carried.options.momentum = 0.7
    try expectSameBits(carried, .growingResource)
  }

  @Test func boundConstrainedMethods() throws {
    let problem = TestProblem.rosenbrock(6, lower: -2)
    try expectSameBits(LBFGSB(), problem)
    try expectSameBits(Adam(), problem)
    try expectSameBits(ProjectedGradient(), problem)
  }

  @Test func augmentedLagrangians() throws {
    try expectSameBits(AugmentedLagrangian(LBFGSB()), .twoSpheres, steps: 40)
    try expectSameBits(AugmentedLagrangian(Adam()), .twoSpheres, steps: 40)
    try expectSameBits(AugmentedLagrangian(ProjectedGradient()), .twoSpheres, steps: 40)
  }

  @Test func foreignStatesAreRefused() {
    let problem = TestProblem.rosenbrock(4)
    func saved(_ method: some Optimizer) -> NamedArrays {
      method.save(method.start(at: problem.start, within: problem.bounds, layout: []))
    }
    func accepts(_ method: some Optimizer, _ arrays: NamedArrays, count: Int = 4) -> Bool {
      method.restore(arrays, within: .unbounded(count: count), layout: []) != nil
    }
    #expect(accepts(LBFGSB(), saved(LBFGSB())))
    #expect(!accepts(LBFGSB(), saved(Adam())))
    #expect(!accepts(Adam(), saved(LBFGSB())))
    #expect(!accepts(MethodOfMovingAsymptotes(), saved(GloballyConvergentMMA())))
    #expect(!accepts(ProjectedGradient(), NamedArrays()))
    #expect(!accepts(LBFGSB(), saved(LBFGSB()), count: 5))
    #expect(!accepts(OptimalityCriteria(), saved(OptimalityCriteria()), count: 3))
    #expect(!accepts(AugmentedLagrangian(Adam()), saved(AugmentedLagrangian(LBFGSB()))))
  }
}

extension TestProblem {
  /// Minimise sum i / x_i with the mean of x at most 0.4.
  fileprivate static let growingResource = TestProblem(
    "resource", start: [0.4, 0.4, 0.4, 0.4], lower: [0, 0, 0, 0], upper: [1, 1, 1, 1], optimum: 23.5,
    objective: { x in
      let parts = x.elements.enumerated().map { Double($0.offset + 1) / $0.element }
      return (parts.reduce(0, +), DenseVector(zip(parts, x.elements).map { -$0 / $1 }))
    },
    constraints: [{ x in (x.sum / 4 - 0.4, DenseVector(repeating: 0.25, count: 4)) }])
}
