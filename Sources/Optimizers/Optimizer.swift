@_exported import DifferentiableCore

/// What an optimizer wants to know about a point.
public struct Request: Sendable, Equatable {
  public var design: DenseVector
  public var needsGradients: Bool
  public init(_ design: DenseVector, needsGradients: Bool = true) {
    self.design = design
    self.needsGradients = needsGradients
  }
}

/// The objective and the constraints at a point. A constraint is satisfied when its value is at most zero.
public struct Evaluation: Sendable, Equatable {
  public var objective: Double
  /// Empty where gradients were not asked for.
  public var objectiveGradient: DenseVector
  public var constraints: [Double]
  public var constraintGradients: [DenseVector]

  public init(
    objective: Double, objectiveGradient: DenseVector = .zero, constraints: [Double] = [],
    constraintGradients: [DenseVector] = []
  ) {
    self.objective = objective
    self.objectiveGradient = objectiveGradient
    self.constraints = constraints
    self.constraintGradients = constraintGradients
  }
}

/// What one update did.
public struct Progress: Sendable, Equatable {
  /// True when this update accepted a new iterate (false inside a line search or an inner loop).
  public var accepted: Bool
  /// The largest change of a design entry since the last accepted iterate.
  public var change: Double
  /// Norm of the Karush-Kuhn-Tucker residual at the accepted iterate, where the method knows it.
  public var optimality: Double?
  /// Set when the method can go no further: why, in a few words.
  public var stopped: String?

  public init(accepted: Bool, change: Double, optimality: Double? = nil, stopped: String? = nil) {
    self.accepted = accepted
    self.change = change
    self.optimality = optimality
    self.stopped = stopped
  }
}

/// An optimization method in ask/tell form: it never calls the simulator, so a run can stop, be saved and go on, and
/// the evaluator may live in another process.
public protocol Optimizer: Sendable {
  associatedtype State: Sendable
  /// The method as a scene names it: `mma`.
  var name: String { get }
  func start(at design: DenseVector, within bounds: Bounds, layout: [Block]) -> State
  /// The points to evaluate next; one for the methods here, a population for others.
  func propose(_ state: State) -> [Request]
  /// Takes the evaluations of the proposed points, in order.
  func update(_ state: inout State, with evaluations: [Result<Evaluation, SolveFailure>]) throws(SolveFailure)
    -> Progress
  /// The last accepted iterate.
  func design(of state: State) -> DenseVector
  /// Everything a bit-exact resume needs.
  func save(_ state: State) -> NamedArrays
  /// The state saved by `save`; nil when the arrays are not of this method or size.
  func restore(_ arrays: NamedArrays, within bounds: Bounds, layout: [Block]) -> State?
}
