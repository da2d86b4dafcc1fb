/// The adjoint of a rollout: runs the steps backward from the states that the forward sweep kept, repeating steps to get
/// at those between them. It may run many times.
final class ReverseSweep<Stepper: TimeStepper> {
  private let rollout: Rollout<Stepper>
  private let parameters: DenseVector
  private let memory: RolloutMemory<Stepper>
  private let store: CheckpointStore
  private let stepCount: Int
  /// True as long as the states kept are those that the forward sweep placed.
  private var isFresh = true

  init(_ rollout: Rollout<Stepper>, _ parameters: DenseVector, _ memory: RolloutMemory<Stepper>) {
    self.rollout = rollout
    self.parameters = parameters
    self.memory = memory
    guard let store = memory.store else { preconditionFailure("a reverse sweep follows a sweep that kept states") }
    self.store = store
    stepCount = memory.contexts.count - 1
  }

  /// The steps that the first pullback repeats.
  var plannedSteps: Int {
    var total = 0
    var end = stepCount
    for position in (0..<store.count).reversed() {
      let start = store.index(position: position)
      let length = end - start
      // With this checkpoint and those that are free once everything after it is done.
      if length > 1 {
        total += BinomialSchedule.advances(steps: length, checkpoints: store.slots(position: position))
        if end == stepCount, memory.handIndex == end - 1 { total -= length - 1 }
      }
      end = start
    }
    return total
  }

  /// The gradient of the parameters for a seed on final state and observed numbers.
  func pullback(_ seed: DenseVector) throws(SolveFailure) -> DenseVector {
    if seed.isEmpty { return .zero }
    let stateCount = memory.finalState.count
    let observers = rollout.observers
    guard seed.count == stateCount + observers.count else {
      throw SolveFailure(
        .unsupported, "a seed of \(seed.count) entries on a state of \(stateCount + observers.count)")
    }
    memory.report.pullbacks += 1
    var lambda = DenseVector(seed.elements[..<stateCount])
    var gradient = DenseVector(zeros: parameters.count)
    try addPartials(memory.finalState, at: stepCount, seed, &lambda, &gradient)
    defer {
      isFresh = false
      memory.report.peakCheckpointBytes = max(memory.report.peakCheckpointBytes, store.peakBytes)
      memory.report.peakSpilledBytes = max(memory.report.peakSpilledBytes, store.peakSpilledBytes)
    }
    // States kept for steps that an earlier pullback went through lie badly for this one, unless all are there.
    if !isFresh, store.count < stepCount {
      store.removeAll(after: 1)
      memory.handIndex = nil
    }
    let keepsAll = store.count == stepCount
    // The state after the step that is being reversed.
    var after = memory.finalState
    for index in (0..<stepCount).reversed() {
      let context = memory.contexts[index]
      if rollout.shouldEnd {
        throw SolveFailure(.cancelled, "the adjoint of a rollout was stopped at \(context.time) s")
      }
      do throws(SolveFailure) {
        if keepsAll {
          try load(position: index)
        } else {
          try bringToHand(index)
        }
        try rollout.stepper.pullStep(
          from: memory.hand, to: after, parameters, context, seed: &lambda, gradient: &gradient, in: &memory.workspace)
        guard lambda.count == stateCount, lambda.isFinite else {
          throw SolveFailure(.diverged, "the adjoint state is not finite")
        }
      } catch {
        throw error.kind == .cancelled ? error : error.inStep(context, reverse: true)
      }
      try addPartials(memory.hand, at: index, seed, &lambda, &gradient)
      swap(&after, &memory.hand)
      memory.handIndex = nil
    }
    try rollout.stepper.pullInitialState(lambda, parameters, into: &gradient)
    guard gradient.count == parameters.count, gradient.isFinite else {
      throw SolveFailure(.nonFinite, "the gradient of a rollout is not finite")
    }
    return gradient
  }

  private func addPartials(
    _ state: DenseVector, at index: Int, _ seed: DenseVector, _ lambda: inout DenseVector,
    _ gradient: inout DenseVector
  ) throws(SolveFailure) {
    let stateCount = memory.finalState.count
    let context = memory.contexts[index]
    let previousStep = index > 0 ? memory.contexts[index - 1].timeStep : 0
    for (number, observer) in rollout.observers.enumerated() {
      let weight = observer.weight(context, previousStep: previousStep, isLast: index == stepCount)
      let scale = weight * seed[stateCount + number]
      if scale == 0 { continue }
      do throws(SolveFailure) {
        try observer.addPartials(state, parameters, context, scale: scale, seed: &lambda, gradient: &gradient)
      } catch {
        throw error.inStep(context, reverse: true)
      }
    }
  }

  /// Makes `memory.hand` the state before step `index`, which is the last one not yet reversed.
  private func bringToHand(_ index: Int) throws(SolveFailure) {
    while let last = store.lastIndex, last > index { store.removeLast() }
    if memory.handIndex == index { return }
    guard var base = store.lastIndex else { preconditionFailure("the first state is always kept") }
    try load(position: store.count - 1)
    memory.handIndex = base
    while base < index {
      // The steps from `base` to `index` are all that is left to reverse before the checkpoint at `base` is free.
      let left = index + 1 - base
      let next =
        store.free > 0 && left > 2 ? base + BinomialSchedule.stride(steps: left, checkpoints: store.free + 1) : index
      try advanceHand(to: next)
      if next < index { try store.append(memory.hand, at: next) }
      base = next
    }
  }

  private func load(position: Int) throws(SolveFailure) {
    if try !store.load(position: position, into: &memory.hand) {
      memory.hand = try rollout.stepper.initialState(parameters)
    }
  }

  private func advanceHand(to index: Int) throws(SolveFailure) {
    guard let start = memory.handIndex else { preconditionFailure("no state to start from") }
    for step in start..<index {
      if rollout.shouldEnd {
        throw SolveFailure(.cancelled, "the adjoint of a rollout was stopped at \(memory.contexts[step].time) s")
      }
      try rollout.stepper.advance(&memory.hand, parameters, memory.contexts[step], in: &memory.workspace)
      memory.report.recomputedSteps += 1
    }
    memory.handIndex = index
  }
}
