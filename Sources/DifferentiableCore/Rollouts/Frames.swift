/// The state at one moment of a running rollout, for pictures and files.
public struct Frame: Sendable {
  /// 0, 1, 2 …
  public var number: Int
  public var context: StepContext
  public var state: DenseVector
}

/// Which states of a rollout are frames. The first and the last state always are. Frames never change the steps.
public enum FrameSchedule: Sendable, Hashable {
  /// Every so many steps.
  case everySteps(Int)
  /// The first state at or after each multiple of an interval in s.
  case interval(Double)
}

/// Decides, state by state, which are frames.
struct FrameCounter {
  let schedule: FrameSchedule
  private(set) var count = 0
  /// The multiple of the interval that was shown last.
  private var shown = -1.0

  init(_ schedule: FrameSchedule) { self.schedule = schedule }

  /// The frame of this state, if it is one.
  mutating func frame(_ state: DenseVector, _ context: StepContext, isLast: Bool) -> Frame? {
    var due = isLast || context.index == 0
    switch schedule {
    case .everySteps(let steps): due = due || context.index % max(1, steps) == 0
    case .interval(let interval):
      // A time that should be a multiple may lie a rounding below it.
      let multiple = (context.time / interval * (1 + 1e-12)).rounded(.down)
      if multiple > shown || interval <= 0 {
        due = true
        shown = multiple
      }
    }
    guard due else { return nil }
    count += 1
    return Frame(number: count - 1, context: context, state: state)
  }
}
