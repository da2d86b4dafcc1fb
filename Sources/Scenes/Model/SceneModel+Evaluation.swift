import InverseDesign

/// What a model of a scene returns at a design.
public struct SceneEvaluation: Sendable {
  /// As the scene defines it, not negated where it is maximized.
  public var objective: Double
  /// One value a row.
  public var rows: [Double]
  /// The largest violation of a constraint, relative to its bound; at most zero where all are satisfied.
  public var worstViolation: Double
  public var field: DenseVector
  public var state: DenseVector
  public var report: SolveReport
}

extension SceneModel {
  /// Values without derivatives.
  public func evaluate(_ design: DenseVector) throws(SceneFault) -> SceneEvaluation {
    let design = try checked(design)
    let session = sessions.take()
    defer { sessions.give(back: session) }
    return try Self.value { () throws(SolveFailure) in
      evaluation(try Self.finite(try session.evaluate(design, gradientsOf: [])))
    }
  }

  /// Values with the derivatives there.
  public func linearize(_ design: DenseVector) throws(SceneFault) -> SceneLinearization {
    let design = try checked(design)
    let session = sessions.take()
    let linearization = try Self.value { () throws(SolveFailure) in
      let linearization = try session.linearize(design, rows: Set(rows.indices))
      _ = try Self.finite(linearization.result)
      return linearization
    }
    return SceneLinearization(self, design, linearization, session)
  }

  /// The objective with its gradient, and every row's value. Where the worst of several rows counts, the gradient is that
  /// of the worst.
  public func valueAndGradient(_ design: DenseVector) throws(SceneFault)
    -> (evaluation: SceneEvaluation, gradient: DenseVector)
  {
    let linearization = try linearize(design)
    let gradient = try linearization.pullback(ResponseSeed(rows: objectiveWeights(linearization.evaluation.rows)))
    return (linearization.evaluation, gradient)
  }

  /// The product of the Hessian of a weighted sum of outputs with a direction: a central difference of gradients.
  ///
  /// Its step is the cube root of the relative accuracy of the responses (1e-10 for implicit models, 1e-6 for particles
  /// whose sums run in single precision), times the width of the bounds. Measured beside the norm of the product it is good
  /// to 1e-5 or better for structures. Where time steps adapt, they are held as they are at the design.
  public func hessianVector(_ design: DenseVector, seed: ResponseSeed, direction: DenseVector) throws(SceneFault)
    -> DenseVector
  {
    let design = try checked(design)
    try check(direction, count: designCount, "the direction")
    try check(seed)
    guard direction.largestMagnitude > 0 else { return DenseVector(zeros: designCount) }
    return try differences(at: design, along: direction) { session, point throws(SolveFailure) in
      try session.linearize(point, rows: Set(rows.indices)).pullback(seed)
    } combined: { ahead, behind, factor in
      (ahead - behind).scaled(by: factor)
    }
  }

  /// The problem whose gradients are exact at a design: where time steps adapt, with those taken there held fixed.
  public func steadyProblem(at design: DenseVector) throws(SceneFault) -> DesignProblem {
    let design = try checked(design)
    return try Self.value { () throws(SolveFailure) in try scene.steadied?(design) ?? problem }
  }

  /// Weights that make the objective of the rows.
  public func objectiveWeights(_ values: [Double]) -> [Double] {
    var weights = [Double](repeating: 0, count: rows.count)
    switch problem.objective {
    case .row(let row, _): weights[row] = 1
    case .worstOf(let worst): if let row = worst.max(by: { values[$0] < values[$1] }) { weights[row] = 1 }
    }
    return weights
  }

  // MARK: - Helpers

  func evaluation(_ result: ResponseValues) -> SceneEvaluation {
    SceneEvaluation(
      objective: problem.objectiveValue(result.values), rows: result.values,
      worstViolation: problem.worstViolation(result.values), field: result.field, state: result.state,
      report: result.report)
  }

  /// What a function is on both sides of a design, combined with the factor that makes a derivative of the difference.
  func differences<Value>(
    at design: DenseVector, along direction: DenseVector,
    of function: (any ResponseSession, DenseVector) throws(SolveFailure) -> Value,
    combined: (_ ahead: Value, _ behind: Value, _ factor: Double) -> Value
  ) throws(SceneFault) -> Value {
    let step = differenceStep(at: design, along: direction)
    return try Self.value { () throws(SolveFailure) in
      let session = try scene.steadied?(design).responses.makeSession() ?? problem.responses.makeSession()
      session.begin(iteration: iteration)
      let ahead = try function(session, design + direction.scaled(by: step))
      session.restore(NamedArrays())
      let behind = try function(session, design + direction.scaled(by: -step))
      return combined(ahead, behind, 0.5 / step)
    }
  }

  /// The factor on a direction that moves the entry which moves most, relative to its bounds, by the best step.
  private func differenceStep(at design: DenseVector, along direction: DenseVector) -> Double {
    var most = 0.0
    for i in direction.indices where direction[i] != 0 {
      let width = bounds.upper[i] - bounds.lower[i]
      most = max(most, abs(direction[i]) / (width.isFinite && width > 0 ? width : max(1, abs(design[i]))))
    }
    return most > 0 ? cubeRoot(scene.accuracy) / most : 1
  }

  static func finite(_ result: ResponseValues) throws(SolveFailure) -> ResponseValues {
    guard result.values.allSatisfy(\.isFinite) else {
      throw SolveFailure(.nonFinite, "a response is not finite", attempts: result.report.notes)
    }
    return result
  }

  static func value<Value>(_ body: () throws(SolveFailure) -> Value) throws(SceneFault) -> Value {
    do throws(SolveFailure) {
      return try body()
    } catch {
      throw .failed(error)
    }
  }
}
