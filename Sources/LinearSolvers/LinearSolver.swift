@_exported import DifferentiableCore
@_exported import SparseAlgebra

/// A method for A x = b: prepared once, then solved forward and transposed, for many columns, from the same state.
public protocol LinearSolver<Operator>: Sendable {
  associatedtype Operator: LinearOperator
  /// Factors, hierarchies, buffers. Reused from one preparation to the next.
  associatedtype Prepared
  /// The method as a scene names it: `cholmod`, `multigrid-cg`.
  var name: String { get }
  /// Prepares for `a`; whatever of `previous` still fits (symbolic analysis, buffers) is reused.
  func prepare(_ a: Operator, reusing previous: consuming Prepared?) throws(SolveFailure) -> Prepared
  /// Solves for every column; `guesses` are starts for iterative methods. The report holds the true residual.
  func solve(_ prepared: Prepared, columns: [DenseVector], from guesses: [DenseVector]?) throws(SolveFailure)
    -> (solutions: [DenseVector], report: SolveReport)
  func solveTransposed(_ prepared: Prepared, columns: [DenseVector], from guesses: [DenseVector]?)
    throws(SolveFailure) -> (solutions: [DenseVector], report: SolveReport)
  /// Multiply-adds that the preparation took.
  func preparationWork(_ prepared: Prepared) -> Double
  /// What a solver has learned from the systems so far, which a bit-exact resume needs; nothing for most.
  func memory(of prepared: Prepared) -> NamedArrays
  /// Something for `prepare` to go on from that remembers what was saved; nil where there is nothing to remember.
  func recall(_ memory: NamedArrays) -> Prepared?
}

extension LinearSolver {
  public func memory(of prepared: Prepared) -> NamedArrays { NamedArrays() }
  public func recall(_ memory: NamedArrays) -> Prepared? { nil }

  /// Symmetric operators are their own transpose; solvers of others must override.
  public func solveTransposed(_ prepared: Prepared, columns: [DenseVector], from guesses: [DenseVector]?)
    throws(SolveFailure) -> (solutions: [DenseVector], report: SolveReport)
  {
    try solve(prepared, columns: columns, from: guesses)
  }
}

/// A solver chosen at run time, its own types erased.
public struct AnyLinearSolver<Operator: LinearOperator>: LinearSolver {
  public typealias Prepared = AnyPrepared

  /// The prepared state of some solver.
  public final class AnyPrepared {
    let contents: Any
    init(_ contents: Any) { self.contents = contents }
  }

  public let name: String
  private let prepareAny: @Sendable (Operator, AnyPrepared?) throws -> AnyPrepared
  private let solveAny:
    @Sendable (AnyPrepared, [DenseVector], [DenseVector]?, Bool) throws -> (
      solutions: [DenseVector], report: SolveReport
    )

  private let workAny: @Sendable (AnyPrepared) -> Double
  private let memoryAny: @Sendable (AnyPrepared) -> NamedArrays
  private let recallAny: @Sendable (NamedArrays) -> AnyPrepared?

  public init<Solver: LinearSolver>(_ solver: Solver) where Solver.Operator == Operator {
    workAny = { ($0.contents as? Solver.Prepared).map { solver.preparationWork($0) } ?? 0 }
    memoryAny = { ($0.contents as? Solver.Prepared).map { solver.memory(of: $0) } ?? NamedArrays() }
    recallAny = { solver.recall($0).map { AnyPrepared($0) } }
    name = solver.name
    prepareAny = { a, previous in
      AnyPrepared(try solver.prepare(a, reusing: previous?.contents as? Solver.Prepared))
    }
    solveAny = { prepared, columns, guesses, transposed in
      guard let prepared = prepared.contents as? Solver.Prepared else {
        throw SolveFailure(.singular, "a solver was handed the prepared state of another")
      }
      return transposed
        ? try solver.solveTransposed(prepared, columns: columns, from: guesses)
        : try solver.solve(prepared, columns: columns, from: guesses)
    }
  }

  public func prepare(_ a: Operator, reusing previous: consuming AnyPrepared?) throws(SolveFailure) -> AnyPrepared {
    let kept = previous
    return try Self.typed { try prepareAny(a, kept) }
  }

  public func solve(_ prepared: AnyPrepared, columns: [DenseVector], from guesses: [DenseVector]?)
    throws(SolveFailure) -> (solutions: [DenseVector], report: SolveReport)
  {
    try Self.typed { try solveAny(prepared, columns, guesses, false) }
  }

  public func solveTransposed(_ prepared: AnyPrepared, columns: [DenseVector], from guesses: [DenseVector]?)
    throws(SolveFailure) -> (solutions: [DenseVector], report: SolveReport)
  {
    try Self.typed { try solveAny(prepared, columns, guesses, true) }
  }

  public func preparationWork(_ prepared: AnyPrepared) -> Double { workAny(prepared) }
  public func memory(of prepared: AnyPrepared) -> NamedArrays { memoryAny(prepared) }
  public func recall(_ memory: NamedArrays) -> AnyPrepared? { recallAny(memory) }

  private static func typed<Result>(_ body: () throws -> Result) throws(SolveFailure) -> Result {
    do {
      return try body()
    } catch let failure as SolveFailure {
      throw failure
    } catch {
      throw SolveFailure(.singular, "\(error)")
    }
  }
}
