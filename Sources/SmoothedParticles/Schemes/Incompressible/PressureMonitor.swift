import Synchronization

/// Hears how the pressure solves of a simulation go, step by step.
public final class PressureMonitor: Sendable {
  private let report = Mutex<PressureReport?>(nil)

  public init() {}

  /// Of the last step forward; nil before it.
  public var last: PressureReport? { report.withLock { $0 } }

  func hear(_ report: PressureReport?) { self.report.withLock { $0 = report } }
}
