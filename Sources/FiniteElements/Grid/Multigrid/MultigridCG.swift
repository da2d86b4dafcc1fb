/// Conjugate gradients in double precision, preconditioned by a geometric multigrid cycle in single precision.
///
/// For grids of any cell counts, any constraints that hold the body, and coefficients of high contrast. A solve that
/// stalls is repeated once with more smoothing. Memory is about 60 bytes per unknown. Elastic sheets of one or two cells
/// in thickness converge slowly, because flat coarse cells lock in bending; a direct solver suits them better.
public struct MultigridCG: LinearSolver {
  public typealias Operator = GridOperator

  /// A hierarchy and work vectors for one operator.
  public final class Prepared {
    let matrix: GridOperator
    let hierarchy: GridHierarchy
    let iteration: GridIteration
    let largest: Double
    /// Largest over smallest coefficient that is not zero.
    let contrast: Double
    /// What the cycle follows now; nil after it failed, and for a plain cycle.
    fileprivate(set) var rule: (any CycleRule)?

    init(
      matrix: GridOperator, hierarchy: GridHierarchy, iteration: GridIteration, largest: Double, contrast: Double,
      rule: (any CycleRule)?
    ) {
      self.matrix = matrix
      self.hierarchy = hierarchy
      self.iteration = iteration
      self.largest = largest
      self.contrast = contrast
      self.rule = rule
    }

    /// Goes back to plain means.
    fileprivate func dropRule() {
      rule = nil
      hierarchy.update(matrix.kernel.coefficients, largest: largest)
    }
  }

  public let name = "multigrid-cg"
  public let options: MultigridOptions
  /// What the cycle is told of its coarse grids; nil for plain means.
  public let rule: (any CycleRule)?
  /// Called with the residuals as they fall.
  public var observer: ResidualObserver?

  public init(
    _ options: MultigridOptions = MultigridOptions(), rule: (any CycleRule)? = nil, observer: ResidualObserver? = nil
  ) {
    self.options = options
    self.rule = rule
    self.observer = observer
  }

  public func prepare(_ a: GridOperator, reusing previous: consuming Prepared?) throws(SolveFailure) -> Prepared {
    var largest = 0.0
    var smallest = Double.infinity
    for value in a.coefficients.elements where value > 0 {
      largest = max(largest, value)
      smallest = min(smallest, value)
    }
    guard largest > 0 else { throw SolveFailure(.singular, "every coefficient of the stiffness is zero") }
    let hierarchy: GridHierarchy
    let iteration: GridIteration
    var isProbed = rule == nil
    if let previous, previous.hierarchy.stiffness == a.stiffness, previous.hierarchy.constrained == a.constrained {
      (hierarchy, iteration) = (previous.hierarchy, previous.iteration)
      isProbed = isProbed || previous.rule != nil
    } else {
      hierarchy = GridHierarchy(a.stiffness, constrained: a.constrained, directCost: options.directCost)
      iteration = GridIteration(hierarchy)
    }
    hierarchy.update(a.kernel.coefficients, largest: largest, rule: rule)
    let prepared = Prepared(
      matrix: a, hierarchy: hierarchy, iteration: iteration, largest: largest, contrast: largest / smallest, rule: rule)
    // Once for each hierarchy, and again after a failure: it costs two cycles.
    if let rule, !isProbed {
      hierarchy.setSmoothing(smoothing(of: prepared), rule: rule)
      if !hierarchy.cycleIsSymmetricPositive() { prepared.dropRule() }
    }
    return prepared
  }

  public func preparationWork(_ prepared: Prepared) -> Double { prepared.hierarchy.preparationMultiplyAdds }

  private func smoothing(of prepared: Prepared) -> Smoothing {
    options.smoothing ?? .suiting(contrast: prepared.contrast, dimension: prepared.matrix.stiffness.grid.dimension)
  }

  /// What some iterations from zero give, without a test of convergence: for studies of the cycle.
  public func iterate(_ prepared: Prepared, _ right: DenseVector, iterations: Int) -> DenseVector {
    let size = prepared.iteration.load(right, from: .zero, prepared.matrix)
    if size == 0 { return prepared.iteration.solution(right, prepared.matrix.constrained, isZero: true) }
    prepared.hierarchy.setSmoothing(smoothing(of: prepared), rule: prepared.rule)
    var bounded = options
    bounded.maxIterations = iterations
    bounded.relativeTolerance = 0
    _ = prepared.iteration.run(prepared.matrix.kernel, size: size, options: bounded, observer: nil)
    return prepared.iteration.solution(right, prepared.matrix.constrained)
  }

  public func solve(_ prepared: Prepared, columns: [DenseVector], from guesses: [DenseVector]?) throws(SolveFailure)
    -> (solutions: [DenseVector], report: SolveReport)
  {
    var solutions: [DenseVector] = []
    var report = SolveReport(solver: name)
    for (column, right) in columns.enumerated() {
      let (solution, columnReport) = try solve(prepared, right, from: guesses?[column] ?? .zero)
      report.merge(columnReport)
      solutions.append(solution)
    }
    return (solutions, report)
  }

  private func solve(_ prepared: Prepared, _ right: DenseVector, from guess: DenseVector) throws(SolveFailure)
    -> (DenseVector, SolveReport)
  {
    precondition(right.count == prepared.matrix.dimension, "a right-hand side of \(right.count) entries")
    var report = SolveReport(solver: name)
    guard right.isFinite else { throw SolveFailure(.nonFinite, "the right-hand side of \(name) is not finite") }
    let iteration = prepared.iteration
    let size = iteration.load(right, from: guess, prepared.matrix)
    if size == 0 { return (iteration.solution(right, prepared.matrix.constrained, isZero: true), report) }
    if rule != nil, prepared.rule == nil {
      report.notes.append("the rule of the cycle failed its probe: plain means were used")
    }
    let first = smoothing(of: prepared)
    var attempts: [String] = []
    for smoothing in prepared.rule == nil ? [first, first.stronger] : [first, first, first.stronger] {
      if !attempts.isEmpty, prepared.rule != nil {
        prepared.dropRule()
        report.notes.append("the rule of the cycle was given up for plain means")
      }
      prepared.hierarchy.setSmoothing(smoothing, rule: prepared.rule)
      let run = iteration.run(prepared.matrix.kernel, size: size, options: options, observer: observer)
      report.iterations += run.iterations
      report.multiplyAdds +=
        Double(run.iterations)
        * (prepared.matrix.multiplyAdds + prepared.hierarchy.cycleMultiplyAdds + 5 * Double(right.count))
      report.relativeResidual = run.residual
      if run.residual <= options.relativeTolerance {
        if !attempts.isEmpty {
          report.notes.append("\(name) stalled and was repeated with smoothing \(smoothing.degrees)")
        }
        return (iteration.solution(right, prepared.matrix.constrained), report)
      }
      try CancellationFlag.check()
      attempts.append(
        "smoothing \(smoothing.degrees): relative residual \(run.residual) after \(run.iterations) iterations")
      iteration.discardUnlessFinite()
    }
    var failure = SolveFailure(
      .stalled,
      "\(name) did not reach a relative residual of \(options.relativeTolerance); the supports may leave the body loose",
      attempts: attempts)
    failure.multiplyAdds = report.multiplyAdds
    throw failure
  }
}
