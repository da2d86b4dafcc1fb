/// Why a command ends without doing its work, with the exit code that says whose matter it is.
public struct CommandFailure: Error, Sendable, CustomStringConvertible {
  public enum Code: Int32, Sendable {
    /// A numerical failure.
    case numerical = 1
    /// The user's mistake.
    case usage = 2
    /// The machine refused: disk, lock, memory.
    case machine = 3
    /// Interrupted, with a checkpoint written.
    case interrupted = 130
  }

  public let code: Code
  public let description: String

  public init(_ code: Code, _ description: String) {
    self.code = code
    self.description = description
  }
}
