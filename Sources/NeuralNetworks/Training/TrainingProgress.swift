/// One line on how a training run does: `step 120/1000  loss 0.0123  7.1 ms a step  6 s left`.
public struct TrainingProgress: Sendable {
  public let step: Int
  public let steps: Int
  /// The mean of the last losses.
  public let loss: Double
  public let secondsOfStep: Double

  /// - Parameters:
  ///   - state: Of the run.
  ///   - steps: Those the run is to take.
  ///   - seconds: Since the run began or was taken up.
  ///   - taken: Steps in these seconds.
  ///   - window: Losses that the mean is of.
  public init(_ state: TrainingState, of steps: Int, seconds: Double, taken: Int, window: Int = 50) {
    step = state.step
    self.steps = steps
    let last = state.losses.suffix(window)
    loss = last.isEmpty ? .nan : last.reduce(0) { $0 + Double($1) } / Double(last.count)
    secondsOfStep = seconds / Double(max(1, taken))
  }

  public var line: String {
    let left = secondsOfStep * Double(max(0, steps - step))
    return "step \(step)/\(steps)  loss \(Self.short(loss))  \(Self.short(1000 * secondsOfStep)) ms a step  "
      + (left < 120 ? "\(Int(left.rounded(.up))) s left" : "\(Int((left / 60).rounded(.up))) min left")
  }

  /// Three significant digits.
  private static func short(_ x: Double) -> String {
    guard x.isFinite, x != 0 else { return "\(x)" }
    var (digits, scale) = (0, 1.0)
    while abs(x) * scale < 100, digits < 9 {
      scale *= 10
      digits += 1
    }
    let text = "\((x * scale).rounded() / scale)"
    return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
  }
}
