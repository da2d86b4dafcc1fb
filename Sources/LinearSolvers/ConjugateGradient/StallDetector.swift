/// Notices when a residual has not halved within a window of iterations.
public struct StallDetector: Sendable {
  public let window: Int
  private var reference = Double.infinity
  private var since = 0

  public init(window: Int) { self.window = window }

  /// Records the next residual norm; true when no progress was made over the window, or the norm is not finite.
  public mutating func hasStalled(at norm: Double) -> Bool {
    guard norm.isFinite else { return true }
    if norm <= reference / 2 {
      reference = norm
      since = 0
    }
    since += 1
    return since > window
  }
}
