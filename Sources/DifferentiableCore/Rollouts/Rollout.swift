/// A simulator made of steps of time: from parameters to the final state and one number for each observer.
///
/// The parameters are the stepper's; the state is `[final state | one number per observer]`. The sequence of step lengths
/// is recorded in the forward sweep and held fixed in the adjoint.
public struct Rollout<Stepper: TimeStepper>: ForwardModel {
  public typealias Parameters = DenseVector
  public typealias State = DenseVector

  public let stepper: Stepper
  public let observers: [any Observer]
  public let stop: StopRule
  public let checkpoints: CheckpointPolicy
  /// Asked before every step, forward and back; the rollout fails with `.cancelled` where it says true.
  public let isCancelled: (@Sendable () -> Bool)?
  public let identity = ModelIdentity()

  public init(
    _ stepper: Stepper, until stop: StopRule, observers: [any Observer] = [],
    checkpoints: CheckpointPolicy = .everything, isCancelled: (@Sendable () -> Bool)? = nil
  ) {
    self.stepper = stepper
    self.observers = observers
    self.stop = stop
    self.checkpoints = checkpoints
    self.isCancelled = isCancelled
  }

  /// Of the state, in checkpoints: an observer on the way may read what no step does.
  var entriesLeftOut: Range<Int> {
    observers.allSatisfy { $0.moment == .end } ? stepper.entriesFoundAnew : 0..<0
  }

  /// Asked for by the rollout's own question or by the flag of the call that is running.
  var shouldEnd: Bool { isCancelled?() == true || CancellationFlag.isRaised }

  /// The stepper's buffers and, after `linearize`, the checkpoints that its pullback works with. They serve the next
  /// call again once the linearization is gone.
  public struct Workspace {
    var memory: RolloutMemory<Stepper>?
    /// Of the last rollout; it goes on counting with every pullback.
    public var report: RolloutReport? { memory?.report }
    /// The lengths of the steps of the last rollout, s.
    public var timeSteps: [Double] { memory?.contexts.dropLast().map(\.timeStep) ?? [] }
  }

  public func makeWorkspace() -> Workspace { Workspace() }

  public var stateBlocks: [Block] { stepper.stateBlocks + observers.map(\.block) }

  /// The state after the last step, and the observers' numbers. One state is held.
  public func solution(at parameters: DenseVector, in workspace: inout Workspace) throws(SolveFailure)
    -> Solution<DenseVector>
  {
    let memory = takeMemory(&workspace)
    var sweep = ForwardSweep(self, parameters, memory)
    let state = try sweep.run()
    return Solution(state: state, report: SolveReport(solver: "rollout", iterations: memory.report.steps))
  }

  /// As `solution`, showing frames on the way: all that were shown before a failure stay with the caller.
  ///
  /// - Parameters:
  ///   - parameters: as for `solution`.
  ///   - workspace: keeps what the solution needs.
  ///   - frames: which states to show.
  ///   - show: returns false to end the run with `.cancelled`.
  public func solve(
    _ parameters: DenseVector, in workspace: inout Workspace, frames: FrameSchedule,
    forEachFrame show: (Frame) -> Bool
  ) throws(SolveFailure) -> DenseVector {
    let memory = takeMemory(&workspace)
    return try withoutActuallyEscaping(show) { (show) throws(SolveFailure) in
      var sweep = ForwardSweep(self, parameters, memory)
      sweep.frames = FrameCounter(frames)
      sweep.show = show
      return try sweep.run()
    }
  }

  public func linearize(at parameters: DenseVector, in workspace: inout Workspace) throws(SolveFailure)
    -> Linearization<DenseVector, DenseVector>
  {
    let memory = takeMemory(&workspace)
    var sweep = ForwardSweep(self, parameters, memory)
    sweep.keepsCheckpoints = true
    let state = try sweep.run()
    let report = memory.report
    let reverse = ReverseSweep(self, parameters, memory)
    var notes: [String] = []
    let planned = reverse.plannedSteps
    if planned > 0 { notes.append("the adjoint repeats \(planned) of \(report.steps) steps") }
    return Linearization(
      state: state, report: SolveReport(solver: "rollout", iterations: report.steps, notes: notes),
      pullback: { seed throws(SolveFailure) in try reverse.pullback(seed) })
  }

  /// Buffers that nobody else works with: those of a linearization that is still alive are left to it.
  private func takeMemory(_ workspace: inout Workspace) -> RolloutMemory<Stepper> {
    if isKnownUniquelyReferenced(&workspace.memory), let memory = workspace.memory { return memory }
    let memory = RolloutMemory<Stepper>(stepper.makeWorkspace())
    workspace.memory = memory
    return memory
  }
}

/// What a rollout keeps between its sweeps.
final class RolloutMemory<Stepper: TimeStepper> {
  var workspace: Stepper.Workspace
  var store: CheckpointStore?
  /// Where each state lies in time, the final one included.
  var contexts: [StepContext] = []
  var finalState = DenseVector.zero
  /// A working state: that before step `handIndex` between the sweeps, if any.
  var hand = DenseVector.zero
  var handIndex: Int?
  var report = RolloutReport()

  init(_ workspace: Stepper.Workspace) { self.workspace = workspace }
}

extension SolveFailure {
  /// The failure with the step in which it happened.
  func inStep(_ context: StepContext, reverse: Bool = false) -> SolveFailure {
    var failure = self
    failure.message = "\(reverse ? "adjoint of step" : "step") \(context.index) at \(context.time) s: \(message)"
    return failure
  }
}
