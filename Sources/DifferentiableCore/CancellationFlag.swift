import Synchronization

/// A wish that work under way should end early: raised by whoever no longer waits for it, looked at by iterations and
/// steps of time, which then fail with `SolveFailure.Kind.cancelled`.
///
/// The flag of a call is a task-local value, so that no model has to pass it on. Raising it never changes a result: work
/// either ends as it would have or fails.
public final class CancellationFlag: Sendable {
  /// The flag of the call that is running, if any.
  @TaskLocal public static var current: CancellationFlag?

  private let raised = Atomic<Bool>(false)

  public init() {}

  public func raise() { raised.store(true, ordering: .relaxed) }

  public var isRaised: Bool { raised.load(ordering: .relaxed) }

  /// Whether the call that is running should end.
  public static var isRaised: Bool { current?.isRaised ?? false }

  /// Ends the call that is running where that is wished.
  public static func check() throws(SolveFailure) {
    if isRaised { throw SolveFailure(.cancelled, "the solve was cancelled") }
  }
}
