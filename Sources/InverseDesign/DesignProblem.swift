/// Minimize or maximize one row, bound others.
public struct DesignProblem: Sendable {
  public enum Sense: String, Sendable { case minimize, maximize }

  /// What is optimized.
  public enum Objective: Sendable {
    case row(Int, Sense)
    /// The largest of some rows is minimized in bound form: one more design variable z, minimize z, rows ≤ z.
    case worstOf([Int])
  }

  public struct Constraint: Sendable, Equatable {
    public enum Bound: Sendable, Equatable {
      case atMost(Double)
      case atLeast(Double)
      /// An optimizer sees a pair of inequalities.
      case equal(Double)
      public var value: Double {
        switch self {
        case .atMost(let value), .atLeast(let value), .equal(let value): value
        }
      }
    }
    public var row: Int
    public var bound: Bound
    public init(row: Int, _ bound: Bound) {
      self.row = row
      self.bound = bound
    }

    /// At most zero where satisfied, and free of units: (value - bound) / |bound|, or the plain difference at bound 0.
    public func violation(_ value: Double) -> Double {
      let excess = (value - bound.value) * factor
      if case .equal = bound { return abs(excess) }
      return excess
    }

    /// As what an optimizer sees it.
    public var inequalityCount: Int { if case .equal = bound { 2 } else { 1 } }

    /// Derivative of `violation` by the value; of an equality, of its first inequality.
    public var factor: Double {
      let scale = bound.value == 0 ? 1 : 1 / abs(bound.value)
      if case .atLeast = bound { return -scale }
      return scale
    }
  }

  public let responses: any Responses
  public let parameterLayout: [Block]
  public let bounds: Bounds
  public var start: DenseVector
  public let objective: Objective
  public let constraints: [Constraint]

  public init(
    responses: any Responses, layout: [Block], bounds: Bounds, start: DenseVector, objective: Objective,
    constraints: [Constraint] = []
  ) {
    self.responses = responses
    parameterLayout = layout
    self.bounds = bounds
    self.start = start
    self.objective = objective
    self.constraints = constraints
  }

  /// One number a cell, from 0 (void) to 1 (solid), starting the same everywhere.
  public init(
    density start: Double, over domain: any Domain, responses: any Responses, objective: Objective,
    constraints: [Constraint] = []
  ) {
    let count = domain.cellCount
    self.init(
      responses: responses, layout: [Block("density", shape: [count])], bounds: Bounds(0...1, count: count),
      start: DenseVector(repeating: start, count: count), objective: objective, constraints: constraints)
  }

  /// The rows whose gradients an optimizer needs.
  public var rowsToDifferentiate: Set<Int> {
    var rows = Set(constraints.map(\.row))
    switch objective {
    case .row(let row, _): rows.insert(row)
    case .worstOf(let worst): rows.formUnion(worst)
    }
    return rows
  }

  /// The objective as a user reads it: not negated, not scaled.
  public func objectiveValue(_ values: [Double]) -> Double {
    switch objective {
    case .row(let row, _): values[row]
    case .worstOf(let rows): rows.map { values[$0] }.max() ?? 0
    }
  }

  /// The objective, with the other sign where it is maximized: the less, the better.
  public func loss(_ values: [Double]) -> Double {
    let value = objectiveValue(values)
    return if case .row(_, .maximize) = objective { -value } else { value }
  }

  /// The name of the objective.
  public var objectiveName: String {
    switch objective {
    case .row(let row, _): responses.names[row]
    case .worstOf(let rows): "worst of " + rows.map { responses.names[$0] }.joined(separator: ", ")
    }
  }

  /// The largest violation of a constraint; negative when all are satisfied with room, zero without constraints.
  public func worstViolation(_ values: [Double]) -> Double {
    constraints.map { $0.violation(values[$0.row]) }.max() ?? 0
  }

  // MARK: - What an optimizer sees

  /// The optimizer's layout: the design, and in bound form the bound.
  public var layout: [Block] { isBoundForm ? parameterLayout + [Block("bound", shape: [1])] : parameterLayout }

  /// True where a bound on the worst row is one more design variable.
  public var isBoundForm: Bool { if case .worstOf = objective { true } else { false } }

  /// In bound form z is in units of the start's worst row, between 0 and 10.
  func optimizerBounds() -> Bounds {
    guard isBoundForm else { return bounds }
    return Bounds(
      lower: DenseVector(bounds.lower.elements + [0]), upper: DenseVector(bounds.upper.elements + [10]))
  }

  func optimizerStart() -> DenseVector { isBoundForm ? DenseVector(start.elements + [1]) : start }

  /// The part of the optimizer's vector that is the design.
  public func design(in point: DenseVector) -> DenseVector {
    isBoundForm ? DenseVector(point.elements.dropLast()) : point
  }

  /// The optimizer's evaluation from the rows' values. `scale` multiplies the objective.
  func evaluation(_ result: ResponseValues, at point: DenseVector, scale: Double) -> Evaluation {
    var evaluation = Evaluation(objective: 0)
    func gradient(_ row: Int, factor: Double) -> DenseVector {
      guard let gradient = result.gradients[row] else { return .zero }
      return factor == 1 ? gradient : gradient.scaled(by: factor)
    }
    switch objective {
    case .row(let row, let sense):
      let factor = sense == .minimize ? scale : -scale
      evaluation.objective = factor * result.values[row]
      evaluation.objectiveGradient = gradient(row, factor: factor)
    case .worstOf(let rows):
      let z = point[point.count - 1]
      evaluation.objective = z
      evaluation.objectiveGradient = DenseVector(zeros: point.count)
      evaluation.objectiveGradient[point.count - 1] = 1
      for row in rows {
        evaluation.constraints.append(result.values[row] * scale - z)
        var full = gradient(row, factor: scale)
        full.elements.append(-1)
        evaluation.constraintGradients.append(full)
      }
    }
    for constraint in constraints {
      let excess = (result.values[constraint.row] - constraint.bound.value) * constraint.factor
      var full = gradient(constraint.row, factor: constraint.factor)
      if isBoundForm, !full.isEmpty { full.elements.append(0) }
      evaluation.constraints.append(excess)
      evaluation.constraintGradients.append(full)
      if case .equal = constraint.bound {
        evaluation.constraints.append(-excess)
        evaluation.constraintGradients.append(full.scaled(by: -1))
      }
    }
    return evaluation
  }
}
