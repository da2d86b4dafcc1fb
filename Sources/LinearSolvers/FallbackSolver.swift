/// Solvers tried in order until one succeeds: what is new or learned first, what always works last.
///
/// It changes the cost, never the answer: each of them ends on the true residual. The report says what failed and what
/// took its place; where all fail, the failure lists every one.
public struct FallbackSolver<Operator: LinearOperator>: LinearSolver {
  /// The operator, prepared by the first solver that could.
  public final class Prepared {
    let matrix: Operator
    var attempt: Attempt

    init(matrix: Operator, attempt: Attempt) {
      self.matrix = matrix
      self.attempt = attempt
    }
  }

  /// A preparation by one of the solvers, and what failed before it.
  struct Attempt {
    let index: Int
    let prepared: AnyLinearSolver<Operator>.Prepared
    var failures: [String]
  }

  public let solvers: [AnyLinearSolver<Operator>]
  public var name: String { solvers[0].name }

  /// - Parameter solvers: at least one; the first gives the name.
  public init(_ solvers: [AnyLinearSolver<Operator>]) {
    precondition(!solvers.isEmpty, "a fallback needs a solver to begin with")
    self.solvers = solvers
  }

  public func prepare(_ a: Operator, reusing previous: consuming Prepared?) throws(SolveFailure) -> Prepared {
    let kept = previous?.attempt
    // Always from the first on, so that a resumed run takes the way of one that was never stopped.
    return Prepared(matrix: a, attempt: try attempt(a, from: 0, kept, failures: []))
  }

  public func preparationWork(_ prepared: Prepared) -> Double {
    solvers[prepared.attempt.index].preparationWork(prepared.attempt.prepared)
  }

  private func attempt(_ a: Operator, from first: Int, _ kept: Attempt?, failures: [String]) throws(SolveFailure)
    -> Attempt
  {
    var failures = failures
    for index in first..<solvers.count {
      do throws(SolveFailure) {
        let reusable = kept?.index == index ? kept?.prepared : nil
        let prepared = try solvers[index].prepare(a, reusing: reusable)
        return Attempt(index: index, prepared: prepared, failures: failures)
      } catch {
        if error.kind == .cancelled { throw error }
        failures.append("\(solvers[index].name): \(error)")
      }
    }
    throw SolveFailure(.stalled, "no solver succeeded", attempts: failures)
  }

  public func solve(_ prepared: Prepared, columns: [DenseVector], from guesses: [DenseVector]?) throws(SolveFailure)
    -> (solutions: [DenseVector], report: SolveReport)
  {
    while true {
      let attempt = prepared.attempt
      let solver = solvers[attempt.index]
      do throws(SolveFailure) {
        var (solutions, report) = try solver.solve(attempt.prepared, columns: columns, from: guesses)
        if !attempt.failures.isEmpty {
          report.notes.append("\(solver.name) took over from " + attempt.failures.joined(separator: "; "))
        }
        return (solutions, report)
      } catch {
        // A right side that is not finite fails everywhere, and a request to stop is no failure of the method.
        if error.kind == .cancelled || error.kind == .nonFinite { throw error }
        let failures = attempt.failures + ["\(solver.name): \(error)"]
        prepared.attempt = try self.attempt(prepared.matrix, from: attempt.index + 1, nil, failures: failures)
      }
    }
  }
}
