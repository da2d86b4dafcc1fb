/// Conjugate directions whose candidates a network proposes, each made conjugate to the two before (Kaneda et al., ICML 2023,
/// algorithm 1).
///
/// The answer is that of the linear system, whatever the network says: lengths are exact and the residual ends the iteration.
/// A candidate that descends by less than a step along the residual over the diagonal is replaced by that step, and a network
/// whose candidates are refused `refusals` times running is given up: `FallbackSolver` then goes on with another.
public struct ConjugateDirections: LinearSolver {
  public typealias Operator = GridOperator

  public final class Prepared {
    let matrix: GridOperator
    let field: DirectionField
    let inverseDiagonal: DenseVector

    init(matrix: GridOperator, field: DirectionField, inverseDiagonal: DenseVector) {
      self.matrix = matrix
      self.field = field
      self.inverseDiagonal = inverseDiagonal
    }
  }

  public let name = "learned-directions"
  public let weights: LearnedDirections
  public let options: IterationOptions
  /// Candidates refused one after the other, after which the network is given up.
  public var refusals = 8
  public var observer: ResidualObserver?

  public init(
    _ weights: LearnedDirections, options: IterationOptions = IterationOptions(), observer: ResidualObserver? = nil
  ) {
    self.weights = weights
    self.options = options
    self.observer = observer
  }

  public func prepare(_ a: GridOperator, reusing previous: consuming Prepared?) throws(SolveFailure) -> Prepared {
    guard a.stiffness.grid.dimension == weights.dimension else {
      throw SolveFailure(
        .unsupported, "directions learned in \(weights.dimension)D, and a grid in \(a.stiffness.grid.dimension)D")
    }
    let field = try DirectionField(a)
    let diagonal = try JacobiPreconditioner<GridOperator>().prepare(a, reusing: nil)
    let ones = DenseVector(repeating: 1, count: a.dimension)
    let inverse = DenseVector(count: a.dimension) { y in
      ones.withUnsafeBufferPointer { diagonal.apply($0.baseAddress!, into: y.baseAddress!) }
    }
    return Prepared(matrix: a, field: field, inverseDiagonal: inverse)
  }

  public func preparationWork(_ prepared: Prepared) -> Double { 0 }

  /// Multiply-adds of one candidate, beside the product with the matrix.
  public func candidateWork(_ prepared: Prepared) -> Double {
    weights.network.multiplyAddsPerNode * Double(prepared.field.unknowns.count)
  }

  public func solve(_ prepared: Prepared, columns: [DenseVector], from guesses: [DenseVector]?) throws(SolveFailure)
    -> (solutions: [DenseVector], report: SolveReport)
  {
    var solutions: [DenseVector] = []
    var report = SolveReport(solver: name)
    for (column, right) in columns.enumerated() {
      var x = guesses?[column] ?? .zero
      if x.isEmpty { x = DenseVector(zeros: right.count) }
      report.merge(try solve(prepared, right, &x))
      solutions.append(x)
    }
    return (solutions, report)
  }

  private func solve(_ prepared: Prepared, _ right: DenseVector, _ x: inout DenseVector) throws(SolveFailure)
    -> SolveReport
  {
    var report = SolveReport(solver: name)
    guard right.isFinite else { throw SolveFailure(.nonFinite, "the right-hand side of \(name) is not finite") }
    let size = right.norm
    guard size > 0 else {
      x = DenseVector(zeros: right.count)
      return report
    }
    let a = prepared.matrix
    let target = options.relativeTolerance * size
    let pool = TensorPool()
    var stall = StallDetector(window: options.stallWindow)
    var (refused, refusedRunning) = (0, 0)
    var search = ConjugateSearch()
    // The recurrence may drift from the true residual.
    for _ in 0..<3 {
      var r = right - a.apply(x)
      var norm = r.norm
      search.forget()
      while norm > target {
        try CancellationFlag.check()
        guard report.iterations < options.maxIterations, !stall.hasStalled(at: norm) else {
          throw SolveFailure(
            .stalled, "\(name) did not reach a relative residual of \(options.relativeTolerance)",
            attempts: ["relative residual \(norm / size) after \(report.iterations) iterations"])
        }
        let safe = DenseVector((0..<r.count).map { prepared.inverseDiagonal[$0] * r[$0] })
        let candidate = candidate(prepared, r, pool)
        var step = candidate.flatMap { search.step(along: $0, residual: r, a) }
        // A step along the scaled residual takes at least this from the energy.
        let least = r.dot(safe) * r.dot(safe) / max(safe.dot(a.apply(safe)), .leastNormalMagnitude)
        if step.map({ $0.gain < 0.5 * least }) ?? true {
          step = search.step(along: safe, residual: r, a)
          refused += 1
          refusedRunning += 1
          guard refusedRunning < refusals else {
            throw SolveFailure(
              .stalled, "\(name) gave \(refusals) candidates running that descend less than the residual itself",
              attempts: ["relative residual \(norm / size) after \(report.iterations) iterations"])
          }
        } else {
          refusedRunning = 0
        }
        guard let step else {
          throw SolveFailure(.stalled, "\(name) found no direction of descent: the matrix is not positive definite")
        }
        x.add(step.direction, scaledBy: step.length)
        r.add(step.image, scaledBy: -step.length)
        search.remember(step)
        norm = r.norm
        report.iterations += 1
        report.multiplyAdds += candidateWork(prepared) + 2 * a.multiplyAdds + 10 * Double(r.count)
        observer?(report.iterations, norm / size)
      }
      report.relativeResidual = (right - a.apply(x)).norm / size
      if report.relativeResidual <= options.relativeTolerance { break }
    }
    if refused > 0 { report.notes.append("\(name): \(refused) of \(report.iterations) candidates were refused") }
    guard report.relativeResidual <= options.relativeTolerance else {
      throw SolveFailure(.stalled, "\(name) ends at a relative residual of \(report.relativeResidual)")
    }
    return report
  }

  private func candidate(_ prepared: Prepared, _ residual: DenseVector, _ pool: TensorPool) -> DenseVector? {
    guard let input = prepared.field.tensor(residual) else { return nil }
    let tape = Tape<Float>(pool: pool, recordsDerivatives: false)
    let p = BoundParameters(weights.parameters, weights.network.layout, on: tape, isTracked: false)
    let answer = weights.network(
      tape.constant(input.tensor), mask: tape.constant(prepared.field.mask), levels: prepared.field.levels, p)
    guard answer.value.isFinite else { return nil }
    return prepared.field.vector(answer.value, count: residual.count)
  }
}

/// The directions before, and a candidate made conjugate to them.
struct ConjugateSearch {
  struct Step {
    let direction: DenseVector
    /// A d.
    let image: DenseVector
    let curvature: Double
    let length: Double
    /// What the step takes from the energy of the error.
    let gain: Double
  }

  /// How many directions are kept.
  var memory = 2
  private var steps: [Step] = []

  mutating func forget() { steps = [] }

  mutating func remember(_ step: Step) { steps = Array(([step] + steps).prefix(memory)) }

  /// The exact step; nil where nothing is left of the candidate, or the matrix is not positive along it.
  func step(along candidate: DenseVector, residual: DenseVector, _ matrix: some LinearOperator) -> Step? {
    var d = candidate
    var q = matrix.apply(d)
    let before = d.dot(q)
    for step in steps {
      let part = d.dot(step.image) / step.curvature
      d.add(step.direction, scaledBy: -part)
      q.add(step.image, scaledBy: -part)
    }
    let curvature = d.dot(q)
    // What rounding leaves of a candidate that the directions before span is no direction.
    guard curvature > 1e-12 * before, curvature.isFinite else { return nil }
    let slope = residual.dot(d)
    return Step(
      direction: d, image: q, curvature: curvature, length: slope / curvature, gain: slope * slope / curvature)
  }
}
