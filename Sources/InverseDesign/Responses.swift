/// Named numbers that depend on a design: objective and constraint candidates. One solve serves them all.
public protocol Responses: Sendable {
  /// Rows, in order.
  var names: [String] { get }
  /// The parts of the state: `displacement [nodeCount, 3] m`; empty where there is none to look at.
  var stateBlocks: [Block] { get }
  /// A session holds the caller's own workspaces; sessions never share.
  func makeSession() -> any ResponseSession
}

extension Responses {
  public var stateBlocks: [Block] { [] }
}

/// One caller's evaluations of some responses.
public protocol ResponseSession: AnyObject {
  /// Values of every row, and gradients of the rows asked for: one pullback a row.
  func evaluate(_ design: DenseVector, gradientsOf rows: Set<Int>) throws(SolveFailure) -> ResponseValues
  /// Values of every row with the derivatives there, of state and field and of the rows that may be asked for.
  ///
  /// The session serves nobody else until the linearization is gone: the two share solvers and checkpoints.
  func linearize(_ design: DenseVector, rows: Set<Int>) throws(SolveFailure) -> ResponseLinearization
  /// Tells which iteration of the run the following evaluations belong to, for continuation schedules.
  func begin(iteration: Int)
  /// Tells that the design evaluated last was accepted: later evaluations may start from its state, whatever is tried in
  /// between, so that no value depends on trials that came to nothing.
  func accept()
  /// What a bit-exact resume needs.
  var memory: NamedArrays { get }
  /// Puts back what `memory` was; of nothing, forgets what would change the bits of the next evaluation.
  func restore(_ memory: NamedArrays)
}

extension ResponseSession {
  /// With the gradients of those rows, and no derivative of the state.
  public func linearize(_ design: DenseVector, rows: Set<Int>) throws(SolveFailure) -> ResponseLinearization {
    let all = try evaluate(design, gradientsOf: rows)
    return ResponseLinearization(all) { seed throws(SolveFailure) in
      guard seed.state.isEmpty, seed.field.isEmpty else {
        throw SolveFailure(.unsupported, "these responses give derivatives of their rows alone, not of the state")
      }
      var gradient = DenseVector(zeros: design.count)
      for (row, weight) in seed.rows.enumerated() where weight != 0 {
        if let part = all.gradients[row] { gradient.add(part, scaledBy: weight) }
      }
      return gradient
    }
  }

  public func begin(iteration: Int) {}
  public func accept() {}
  public var memory: NamedArrays { NamedArrays() }
  public func restore(_ memory: NamedArrays) {}
}

/// The rows' values at a design.
public struct ResponseValues: Sendable {
  public var values: [Double]
  /// Gradients of the rows asked for.
  public var gradients: [Int: DenseVector]
  /// The physical field (or shape) the design stands for; empty where there is none.
  public var field: DenseVector
  /// The simulator's state; empty where no row needed it.
  public var state: DenseVector
  public var report: SolveReport

  public init(
    values: [Double], gradients: [Int: DenseVector] = [:], field: DenseVector = .zero, state: DenseVector = .zero,
    report: SolveReport = SolveReport()
  ) {
    self.values = values
    self.gradients = gradients
    self.field = field
    self.state = state
    self.report = report
  }
}
