/// A problem of design as a cost: the objective over a scale, and for each constraint a weight times the square of its
/// violation. Sampling and optimization then speak of the same problem.
public struct ProblemCost: DesignCost {
  public let problem: DesignProblem
  /// What the objective is divided by, positive.
  public let objectiveScale: Double
  /// Of the squares of relative violations.
  public let weight: Double
  private let separate: SeparateCost
  private let scaling: DesignScaling

  /// - Parameters:
  ///   - problem: Its objective is one row. Designs outside its bounds are asked at the nearest place within.
  ///   - scaling: From the sampler's scale to the design's own.
  ///   - objectiveScale: About the size of the objective, so that the cost is about one.
  ///   - weight: Of the constraints.
  public init(_ problem: DesignProblem, _ scaling: DesignScaling, objectiveScale: Double, weight: Double = 100) {
    precondition(!problem.isBoundForm && objectiveScale > 0, "one row is the objective, its scale positive")
    self.problem = problem
    self.objectiveScale = objectiveScale
    self.weight = weight
    self.scaling = scaling
    separate = SeparateCost(scaling) { design in
      try Self.evaluate(problem, design, objectiveScale: objectiveScale, weight: weight)
    }
  }

  public func linearize(_ designs: Tensor<Float>) -> (costs: [Double], gradients: Tensor<Float>) {
    separate.linearize(designs)
  }

  /// Without gradients, which cost a simulator an adjoint.
  public func costs(_ designs: Tensor<Float>) -> [Double] {
    let rows = scaling.designs(designs)
    return concurrentMap(rows.count) { i in
      let design = problem.bounds.project(rows[i])
      let values = try? problem.responses.makeSession().evaluate(design, gradientsOf: []).values
      let cost = values.map(cost(ofValues:)) ?? .infinity
      return cost.isFinite ? cost : .infinity
    }
  }

  /// The cost of a design whose rows are known.
  public func cost(ofValues values: [Double]) -> Double {
    Self.cost(ofValues: values, problem, objectiveScale: objectiveScale, weight: weight)
  }

  private static func cost(
    ofValues values: [Double], _ problem: DesignProblem, objectiveScale: Double, weight: Double
  ) -> Double {
    problem.constraints.reduce(problem.loss(values) / objectiveScale) { sum, constraint in
      let violation = max(0, constraint.violation(values[constraint.row]))
      return sum + weight * violation * violation
    }
  }

  /// A session of its own for each design: no answer depends on those before it.
  private static func evaluate(
    _ problem: DesignProblem, _ design: DenseVector, objectiveScale: Double, weight: Double
  ) throws(SolveFailure) -> (value: Double, gradient: DenseVector) {
    let design = problem.bounds.project(design)
    let session = problem.responses.makeSession()
    let all = try session.evaluate(design, gradientsOf: problem.rowsToDifferentiate)
    guard case .row(let row, let sense) = problem.objective else {
      throw SolveFailure(.unsupported, "the objective is the worst of several rows")
    }
    let factor = (sense == .minimize ? 1 : -1) / objectiveScale
    var gradient = (all.gradients[row] ?? DenseVector(zeros: design.count)).scaled(by: factor)
    for constraint in problem.constraints {
      let value = all.values[constraint.row]
      let violation = constraint.violation(value)
      guard violation > 0, let slope = all.gradients[constraint.row] else { continue }
      let signed = (value - constraint.bound.value) * constraint.factor
      gradient.add(slope, scaledBy: 2 * weight * signed * constraint.factor)
    }
    return (cost(ofValues: all.values, problem, objectiveScale: objectiveScale, weight: weight), gradient)
  }
}
