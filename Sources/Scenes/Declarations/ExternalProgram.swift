extension Scene {
  /// A method that is another program.
  public struct External: Sendable, Equatable {
    public let stopping: Stopping
    /// The program and its arguments.
    public let command: [String]
    /// How often in a run a program that died is started again.
    public let restarts: Int
    /// Seconds that it may take for an answer.
    public let timeLimit: Double

    static let form: Form<External> = record(
      "A program that reads JSON lines from its standard input and writes JSON lines to its standard output.",
      required(
        "command", Composites.oneOrMore(Scalars.text),
        "The program and its arguments, as in `[python3, search.py]`; it runs in the folder in which `backsolve` runs."),
      defaulted(
        "iterations", Scalars.integer(1...10_000_000), 1000, "Questions of the program at most."),
      defaulted("restarts", Scalars.integer(0...100), 1, "How often a program that died is started again."),
      defaulted(
        "time-limit", Scalars.quantity(.time, .positive), 600, written: "600 s", "How long it may take for an answer.")
    ) {
      External(
        stopping: Stopping(iterations: $1, change: 0, optimality: nil), command: $0, restarts: $2, timeLimit: $3)
    }
  }
}
