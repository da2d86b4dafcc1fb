/// When a rollout ends.
public enum StopRule: Sendable, Hashable {
  /// After this many steps.
  case steps(Int)
  /// At a time in s; the last step is shortened to end there. A run that needs more than `mostSteps` has a time step
  /// that collapsed, and fails.
  case time(Double, mostSteps: Int = 1_000_000)
  /// After steps of these lengths in s, such as those that a rollout recorded: the stepper is not asked.
  case replay([Double])

  /// The number of steps, where it is known before the run.
  var knownSteps: Int? {
    switch self {
    case .steps(let count): count
    case .time: nil
    case .replay(let steps): steps.count
    }
  }
}

/// The clock of one rollout: it decides how long each step is, so that it ends where it should.
struct RolloutClock {
  private let stop: StopRule
  /// Times at which a step must end, ascending.
  private var landings: ArraySlice<Double>
  private(set) var index = 0
  private(set) var time = 0.0
  private var next = 0.0

  init(_ stop: StopRule, instants: [Double]) throws(SolveFailure) {
    self.stop = stop
    var times = Set(instants)
    switch stop {
    case .steps(let count):
      guard count >= 0 else { throw SolveFailure(.unsupported, "a rollout of \(count) steps") }
    case .time(let end, let mostSteps):
      guard end.isFinite, end >= 0, mostSteps >= 0 else {
        throw SolveFailure(.unsupported, "a rollout to \(end) s in at most \(mostSteps) steps")
      }
      times.insert(end)
      if let late = instants.max(), late > end {
        throw SolveFailure(.unsupported, "something is observed at \(late) s of a rollout that ends at \(end) s")
      }
    case .replay: break
    }
    guard times.allSatisfy({ $0.isFinite && $0 >= 0 }) else {
      throw SolveFailure(.unsupported, "something is observed before the start of a rollout, or at no time")
    }
    landings = times.sorted().drop { $0 <= 0 }
  }

  var isDone: Bool {
    switch stop {
    case .steps(let count): index >= count
    case .time(let end, _): time >= end
    case .replay(let steps): index >= steps.count
    }
  }

  /// True when the step that `shorten` was last asked about ends the rollout.
  var endsWithThisStep: Bool {
    switch stop {
    case .steps(let count): index + 1 >= count
    case .time(let end, _): next >= end
    case .replay(let steps): index + 1 >= steps.count
    }
  }

  var prescribedStep: Double? { if case .replay(let steps) = stop { steps[index] } else { nil } }

  /// The length of the next step, given what the stepper wants.
  mutating func shorten(_ wanted: Double) throws(SolveFailure) -> Double {
    guard wanted.isFinite, wanted > 0, time + wanted > time else {
      throw SolveFailure(.diverged, "the time step collapsed: \(wanted) s in step \(index) at \(time) s")
    }
    if case .time(let end, let mostSteps) = stop, index >= mostSteps {
      throw SolveFailure(
        .diverged, "the time step collapsed: \(mostSteps) steps led to \(time) s of \(end) s, the next is \(wanted) s")
    }
    // A sliver of a step is never left over by the rounding of times.
    if let landing = landings.first, landing - time <= wanted * (1 + 1e-9) {
      // A step that was recorded is kept to the bit.
      if prescribedStep == nil || landing - time == wanted {
        let step = landing - time
        next = landing
        return step
      }
    }
    next = time + wanted
    return wanted
  }

  mutating func advance() {
    time = next
    index += 1
    landings = landings.drop { $0 <= time }
  }
}
