import Synchronization

/// Collects the first failed solve of one evaluation of differentiated code, and keeps the models' workspaces between
/// evaluations.
///
/// Differentiated code cannot throw. A failed solve inside it is recorded here, yields a NaN state, and is rethrown by
/// whoever opened the trap: no NaN reaches an optimizer silently. A trap belongs to one caller at a time.
public final class FailureTrap: Sendable {
  /// The trap of the evaluation that is running, if any.
  @TaskLocal public static var current: FailureTrap?

  private struct Contents: @unchecked Sendable {
    var failure: SolveFailure?
    var report = SolveReport()
    var workspaces: [ModelIdentity: Any] = [:]
  }

  private let contents = Mutex(Contents())

  public init() {}

  /// Runs `body` with this trap current, then rethrows the first failure recorded in it.
  public func run<Result>(_ body: () -> Result) throws(SolveFailure) -> (Result, SolveReport) {
    contents.withLock {
      $0.failure = nil
      $0.report = SolveReport()
    }
    let result = FailureTrap.$current.withValue(self) { body() }
    let (failure, report) = contents.withLock { ($0.failure, $0.report) }
    if let failure { throw failure }
    return (result, report)
  }

  public func record(_ failure: SolveFailure) {
    contents.withLock { if $0.failure == nil { $0.failure = failure } }
  }

  public func record(_ report: SolveReport) { contents.withLock { $0.report.merge(report) } }

  func takeWorkspace<Model: ForwardModel>(of model: Model) -> Model.Workspace {
    let kept = contents.withLock { UncheckedShared($0.workspaces.removeValue(forKey: model.identity)) }
    return kept.value as? Model.Workspace ?? model.makeWorkspace()
  }

  func keepWorkspace<Model: ForwardModel>(_ workspace: Model.Workspace, of model: Model) {
    let shared = UncheckedShared(workspace)
    contents.withLock { $0.workspaces[model.identity] = shared.value }
  }
}
