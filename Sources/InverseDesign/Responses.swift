/// Named numbers that depend on a design: objective and constraint candidates. One solve serves them all.
public protocol Responses: Sendable {
  /// Rows, in order.
  var names: [String] { get }
  /// A session holds the caller's own workspaces; sessions never share.
  func makeSession() -> any ResponseSession
}

/// One caller's evaluations of some responses.
public protocol ResponseSession: AnyObject {
  /// Values of every row, and gradients of the rows asked for: one pullback a row.
  func evaluate(_ design: DenseVector, gradientsOf rows: Set<Int>) throws(SolveFailure) -> ResponseValues
  /// Tells which iteration of the run the following evaluations belong to, for continuation schedules.
  func begin(iteration: Int)
  /// What a bit-exact resume needs.
  var memory: NamedArrays { get }
  func restore(_ memory: NamedArrays)
}

extension ResponseSession {
  public func begin(iteration: Int) {}
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
