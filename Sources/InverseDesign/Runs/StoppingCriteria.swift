/// When a run ends.
public struct StoppingCriteria: Sendable, Equatable {
  /// Evaluations at most.
  public var iterations: Int
  /// Stops once an accepted update changes no design entry by more than this, constraints being satisfied.
  public var change: Double?
  /// Stops once the Karush-Kuhn-Tucker residual is this small.
  public var optimality: Double?
  /// No earlier than this iteration: the end of the continuation schedules.
  public var notBefore: Int
  /// The violation below which constraints count as satisfied.
  public var feasibility: Double

  public init(
    iterations: Int = 100, change: Double? = nil, optimality: Double? = nil, notBefore: Int = 0,
    feasibility: Double = 1e-3
  ) {
    self.iterations = iterations
    self.change = change
    self.optimality = optimality
    self.notBefore = notBefore
    self.feasibility = feasibility
  }
}

/// Why a run ended.
public enum StopReason: Sendable, Equatable {
  case change
  case optimality
  case iterations
  case time
  case interrupted
  /// The method could go no further.
  case methodStopped(String)

  /// The word in `result.json`.
  public var status: String {
    switch self {
    case .change: "converged-by-change"
    case .optimality: "converged-by-optimality"
    case .iterations: "iteration-limit"
    case .time: "time-limit"
    case .interrupted: "interrupted"
    case .methodStopped: "method-stopped"
    }
  }

  /// True when the run ended by its own criteria and a resume would have nothing to do.
  public var isFinal: Bool {
    switch self {
    case .change, .optimality, .iterations, .methodStopped: true
    case .time, .interrupted: false
    }
  }
}
