/// The preconditioned conjugate gradient method for symmetric positive definite operators.
///
/// Source: Saad, Iterative Methods for Sparse Linear Systems, 2nd ed. (2003), algorithm 9.1. A solve that stalls or
/// breaks down is repeated once with the stronger form of the preconditioner, where there is one.
public struct ConjugateGradient<Factory: PreconditionerFactory>: LinearSolver {
  public typealias Operator = Factory.Operator

  /// An operator with its preconditioner.
  public final class Prepared {
    let matrix: Operator
    var preconditioner: Factory.Prepared
    /// The factory that made `preconditioner`: a stronger one after a stall.
    var factory: Factory
    /// Solved exactly: what earlier solutions span.
    let deflation: DeflationSpace?
    /// The latest solutions, of this operator and those before it.
    var solutions: [DenseVector]

    init(
      matrix: Operator, preconditioner: Factory.Prepared, factory: Factory, deflation: DeflationSpace?,
      solutions: [DenseVector]
    ) {
      self.matrix = matrix
      self.preconditioner = preconditioner
      self.factory = factory
      self.deflation = deflation
      self.solutions = solutions
    }
  }

  public let factory: Factory
  public let options: IterationOptions
  /// Whether every preconditioner prepared is probed for symmetry and positivity; for those that may lack them.
  public let probesPreconditioner: Bool
  /// How many of the latest solutions deflate the next operator. They are no part of what a run keeps for resuming:
  /// with them a resumed run agrees with one that was never stopped to the tolerance only.
  public let recycledSolutions: Int
  /// Called with the residuals as they fall.
  public var observer: ResidualObserver?
  public var name: String { factory.name + "-cg" }

  public init(
    _ factory: Factory, options: IterationOptions = IterationOptions(), probesPreconditioner: Bool = false,
    recycledSolutions: Int = 0, observer: ResidualObserver? = nil
  ) {
    self.factory = factory
    self.options = options
    self.probesPreconditioner = probesPreconditioner
    self.recycledSolutions = recycledSolutions
    self.observer = observer
  }

  /// - Throws: also where a probe finds that the preconditioner is not symmetric or not positive.
  public func prepare(_ a: Operator, reusing previous: consuming Prepared?) throws(SolveFailure) -> Prepared {
    let reusable = previous?.preconditioner
    let solutions = previous?.solutions.filter { $0.count == a.dimension } ?? []
    let preconditioner = try factory.prepare(a, reusing: reusable)
    if probesPreconditioner, let fault = PreconditionerProbe.fault(of: preconditioner, dimension: a.dimension) {
      throw SolveFailure(.unsupported, "the preconditioner \(factory.name) is of no use: \(fault)")
    }
    let deflation = solutions.isEmpty ? nil : DeflationSpace(a, spannedBy: solutions)
    return Prepared(
      matrix: a, preconditioner: preconditioner, factory: factory, deflation: deflation, solutions: solutions)
  }

  public func preparationWork(_ prepared: Prepared) -> Double { prepared.preconditioner.work.preparation }

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
    if recycledSolutions > 0 {
      prepared.solutions = Array((solutions.reversed() + prepared.solutions).prefix(recycledSolutions))
    }
    return (solutions, report)
  }

  private func solve(_ prepared: Prepared, _ right: DenseVector, _ x: inout DenseVector) throws(SolveFailure)
    -> SolveReport
  {
    var report = SolveReport(solver: name)
    guard right.isFinite else { throw SolveFailure(.nonFinite, "the right-hand side of \(name) is not finite") }
    let size = right.norm
    if size == 0 {
      x = DenseVector(zeros: right.count)
      return report
    }
    var attempts: [String] = []
    while true {
      let run = iterate(prepared, right, &x, size: size)
      report.iterations += run.iterations
      // Two dots and three updates an iteration beside the two maps.
      let iteration = prepared.matrix.multiplyAdds + prepared.preconditioner.work.application + 5 * Double(right.count)
      report.multiplyAdds += Double(run.iterations) * iteration
      report.relativeResidual = run.residual / size
      if run.residual <= options.relativeTolerance * size { return report }
      try CancellationFlag.check()
      attempts.append(
        "\(prepared.factory.name) preconditioner: relative residual \(report.relativeResidual) after "
          + "\(run.iterations) iterations")
      guard attempts.count == 1, let stronger = prepared.factory.stronger else {
        var failure = SolveFailure(
          .stalled, "\(name) did not reach a relative residual of \(options.relativeTolerance)", attempts: attempts)
        failure.multiplyAdds = report.multiplyAdds
        throw failure
      }
      prepared.preconditioner = try stronger.prepare(prepared.matrix, reusing: nil)
      prepared.factory = stronger
      report.multiplyAdds += prepared.preconditioner.work.preparation
      report.notes.append("\(name) stalled and was repeated with a stronger preconditioner")
      if !x.isFinite { x = DenseVector(zeros: right.count) }
    }
  }

  /// Iterates from `x`; returns the true residual norm. Ends early on a stall or a breakdown.
  private func iterate(_ prepared: Prepared, _ right: DenseVector, _ x: inout DenseVector, size: Double)
    -> (iterations: Int, residual: Double)
  {
    let target = options.relativeTolerance * size
    let a = prepared.matrix
    let n = right.count
    var iterations = 0
    var stall = StallDetector(window: options.stallWindow)
    // The recurrence may drift from the true residual: it is recomputed, and the iteration restarted where needed.
    for _ in 0..<3 {
      var r = right - a.apply(x)
      prepared.deflation?.correct(&x, residual: &r)
      var norm = r.norm
      if norm <= target || !norm.isFinite { return (iterations, norm) }
      var z = DenseVector(zeros: n)
      var q = DenseVector(zeros: n)
      var p = DenseVector(zeros: n)
      var rz = 0.0
      iteration: while norm > target {
        if iterations >= options.maxIterations || stall.hasStalled(at: norm) || CancellationFlag.isRaised {
          break iteration
        }
        Self.map(r, &z) { prepared.preconditioner.apply($0, into: $1) }
        let next = r.dot(z)
        guard next > 0 else { break iteration }
        prepared.deflation?.orthogonalize(&z)
        p.scale(by: rz == 0 ? 0 : next / rz)
        p.add(z, scaledBy: 1)
        rz = next
        Self.map(p, &q) { a.apply($0, into: $1) }
        let curvature = p.dot(q)
        guard curvature > 0 else { break iteration }
        let step = rz / curvature
        x.add(p, scaledBy: step)
        r.add(q, scaledBy: -step)
        norm = r.norm
        iterations += 1
        observer?(iterations, norm / size)
      }
      if norm > target { break }
    }
    return (iterations, (right - a.apply(x)).norm)
  }

  private static func map(
    _ x: DenseVector, _ y: inout DenseVector, _ body: (UnsafePointer<Double>, UnsafeMutablePointer<Double>) -> Void
  ) {
    x.withUnsafeBufferPointer { x in
      y.withUnsafeMutableBufferPointer { y in body(x.baseAddress!, y.baseAddress!) }
    }
  }
}
