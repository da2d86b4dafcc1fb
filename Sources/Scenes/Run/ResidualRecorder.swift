import InverseDesign
import Synchronization

/// Keeps the residuals of the first solve with the CPU time of each.
final class ResidualRecorder: Sendable {
  private struct Contents {
    var start = 0.0
    var lastIteration = 0
    var isFirst = true
    var history: [(seconds: Double, residual: Double)] = []
  }

  private let contents = Mutex(Contents())

  var start: Double {
    get { contents.withLock { $0.start } }
    set { contents.withLock { $0.start = newValue } }
  }
  var lastIteration: Int { contents.withLock { $0.lastIteration } }
  var history: [(seconds: Double, residual: Double)] { contents.withLock { $0.history } }

  func record(_ iteration: Int, _ residual: Double) {
    contents.withLock {
      if iteration <= $0.lastIteration { $0.isFirst = false }
      $0.lastIteration = iteration
      if $0.isFirst { $0.history.append((ProcessUsage.cpuSeconds - $0.start, residual)) }
    }
  }
}
