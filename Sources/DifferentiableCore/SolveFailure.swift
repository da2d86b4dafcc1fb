/// A numerical failure: what failed, and what was tried. A value, so that it can cross threads, closures and processes.
public struct SolveFailure: Error, Sendable, Equatable, CustomStringConvertible {
  public enum Kind: String, Sendable {
    /// An iteration reached its limit, or stopped making progress.
    case stalled
    /// The operator is singular or not positive definite.
    case singular
    /// A number is not finite.
    case nonFinite
    /// A time integration left its range of validity.
    case diverged
    /// Not enough memory.
    case outOfMemory
    /// The method or the solver cannot treat a problem of this form.
    case unsupported
    /// The caller asked for the work to stop.
    case cancelled
  }

  public var kind: Kind
  /// What happened, in a sentence.
  public var message: String
  /// What was tried before giving up, in order.
  public var attempts: [String]
  /// Multiply-adds that were spent, where the method counts them.
  public var multiplyAdds = 0.0

  public init(_ kind: Kind, _ message: String, attempts: [String] = []) {
    self.kind = kind
    self.message = message
    self.attempts = attempts
  }

  public var description: String {
    attempts.isEmpty ? message : message + " (tried: " + attempts.joined(separator: "; ") + ")"
  }
}
