/// One run of a rollout from start to end.
struct ForwardSweep<Stepper: TimeStepper> {
  private let rollout: Rollout<Stepper>
  private let parameters: DenseVector
  private let memory: RolloutMemory<Stepper>
  var keepsCheckpoints = false
  var frames: FrameCounter?
  var show: ((Frame) -> Bool)?
  private var observed: [Double]
  private var wasObserved: [Bool]
  private var online: OnlinePlacement?
  private var nextKept: Int? = 0

  init(_ rollout: Rollout<Stepper>, _ parameters: DenseVector, _ memory: RolloutMemory<Stepper>) {
    self.rollout = rollout
    self.parameters = parameters
    self.memory = memory
    observed = [Double](repeating: 0, count: rollout.observers.count)
    wasObserved = [Bool](repeating: false, count: rollout.observers.count)
  }

  /// The final state and the observed numbers.
  mutating func run() throws(SolveFailure) -> DenseVector {
    let stepper = rollout.stepper
    let expected = stepper.parameterBlocks.entryCount
    guard parameters.count == expected else {
      throw SolveFailure(.unsupported, "\(parameters.count) parameters of a rollout that takes \(expected)")
    }
    var clock = try RolloutClock(
      rollout.stop,
      instants: rollout.observers.compactMap { if case .instant(let time) = $0.moment { time } else { nil } })
    memory.report = RolloutReport()
    memory.contexts.removeAll(keepingCapacity: true)
    memory.handIndex = nil
    var state = try stepper.initialState(parameters)
    let stateCount = stepper.stateBlocks.entryCount
    guard state.count == stateCount else {
      throw SolveFailure(.unsupported, "an initial state of \(state.count) entries where \(stateCount) are named")
    }
    guard state.isFinite else { throw SolveFailure(.nonFinite, "the initial state is not finite") }
    if keepsCheckpoints { try prepareStore(stateCount) }
    var previousStep = 0.0
    while !clock.isDone {
      if rollout.shouldEnd { throw Self.cancelled(clock) }
      var context = StepContext(index: clock.index, time: clock.time)
      do throws(SolveFailure) {
        if let prescribed = clock.prescribedStep {
          context.timeStep = prescribed
        } else {
          context.timeStep = try stepper.timeStep(state, parameters, context, in: &memory.workspace)
        }
        context.timeStep = try clock.shorten(context.timeStep)
        try observe(state, context, previousStep, isLast: false)
        if frames != nil, try !showFrame(state, context, isLast: false) { throw Self.cancelled(clock) }
        memory.contexts.append(context)
        if keepsCheckpoints { try keep(state, context, isLast: clock.endsWithThisStep) }
        try stepper.advance(&state, parameters, context, in: &memory.workspace)
        guard state.count == stateCount, state.isFinite else {
          throw SolveFailure(.diverged, "the state is not finite after it")
        }
      } catch {
        throw error.kind == .cancelled ? error : error.inStep(context)
      }
      memory.report.steps += 1
      memory.report.shortestStep = min(memory.report.shortestStep, context.timeStep)
      memory.report.longestStep = max(memory.report.longestStep, context.timeStep)
      previousStep = context.timeStep
      clock.advance()
    }
    let end = StepContext(index: clock.index, time: clock.time)
    memory.contexts.append(end)
    memory.report.endTime = clock.time
    try observe(state, end, previousStep, isLast: true)
    if frames != nil, try !showFrame(state, end, isLast: true) { throw Self.cancelled(clock) }
    try checkObserved(end)
    let result = DenseVector(count: stateCount + observed.count) { [observed] entries in
      state.withUnsafeBufferPointer { _ = entries.initialize(from: $0) }
      for (number, value) in observed.enumerated() {
        (entries.baseAddress! + stateCount + number).initialize(to: value)
      }
    }
    if keepsCheckpoints {
      memory.finalState = state
      memory.report.peakCheckpointBytes = memory.store?.peakBytes ?? 0
      memory.report.peakSpilledBytes = memory.store?.peakSpilledBytes ?? 0
    }
    return result
  }

  // MARK: - Observing

  private mutating func observe(_ state: DenseVector, _ context: StepContext, _ previousStep: Double, isLast: Bool)
    throws(SolveFailure)
  {
    for (number, observer) in rollout.observers.enumerated() {
      let weight = observer.weight(context, previousStep: previousStep, isLast: isLast)
      if weight == 0 { continue }
      wasObserved[number] = true
      observed[number] += weight * (try observer.value(state, parameters, context))
    }
  }

  private func checkObserved(_ end: StepContext) throws(SolveFailure) {
    for (number, observer) in rollout.observers.enumerated() {
      if !observed[number].isFinite {
        throw SolveFailure(.nonFinite, "\(observer.name) is not finite over a rollout to \(end.time) s")
      }
      if case .instant(let time) = observer.moment, !wasObserved[number] {
        throw SolveFailure(
          .unsupported, "\(observer.name) is observed at \(time) s, where no step of the rollout to \(end.time) s ends")
      }
    }
  }

  private mutating func showFrame(_ state: DenseVector, _ context: StepContext, isLast: Bool) throws(SolveFailure)
    -> Bool
  {
    guard let frame = frames?.frame(state, context, isLast: isLast), let show else { return true }
    return show(frame)
  }

  private static func cancelled(_ clock: RolloutClock) -> SolveFailure {
    SolveFailure(.cancelled, "the rollout was stopped at \(clock.time) s, after \(clock.index) steps")
  }

  // MARK: - Keeping

  private mutating func prepareStore(_ stateCount: Int) throws(SolveFailure) {
    let leftOut = rollout.entriesLeftOut
    if let store = memory.store, store.suits(rollout.checkpoints, stateCount: stateCount, leavingOut: leftOut) {
      store.removeAll(after: 0)
      store.resetPeaks()
    } else {
      memory.store = nil
      memory.store = try CheckpointStore(rollout.checkpoints, stateCount: stateCount, leavingOut: leftOut)
    }
    if rollout.stop.knownSteps == nil, let store = memory.store, store.capacity < .max {
      online = OnlinePlacement(capacity: store.capacity)
    }
  }

  private mutating func keep(_ state: DenseVector, _ context: StepContext, isLast: Bool) throws(SolveFailure) {
    guard let store = memory.store else { return }
    if online != nil {
      let dropped = online!.place(context.index)
      if let dropped, dropped != context.index { store.remove(index: dropped) }
      if dropped != context.index { try store.append(state, at: context.index) }
    } else if context.index == nextKept {
      try store.append(state, at: context.index)
      nextKept = nil
      if store.free > 0 {
        let left = rollout.stop.knownSteps.map { $0 - context.index } ?? .max
        if store.capacity == .max {
          nextKept = context.index + 1
        } else if left > 1 {
          nextKept = context.index + BinomialSchedule.stride(steps: left, checkpoints: store.free + 1)
        }
      }
    }
    // The reverse sweep begins with the last step.
    if isLast, store.lastIndex != context.index {
      memory.hand.copyEntries(of: state)
      memory.handIndex = context.index
    }
  }
}
