/// One step of time, with its transposed derivative; `Rollout` makes a simulator of it.
///
/// Parameters are one flat vector whose parts `parameterBlocks` names, the state one whose parts `stateBlocks` names.
/// Everything a step computes must follow from the state, the parameters and the context alone: the workspace holds
/// buffers and lists that save work, never anything that changes a result. So a step repeated in the reverse sweep gives
/// the bits it gave before, and gradients do not depend on where checkpoints lie.
public protocol TimeStepper: Sendable {
  /// Buffers, neighbour lists: one per caller, never shared.
  associatedtype Workspace

  var parameterBlocks: [Block] { get }
  /// The number of entries of the state, or the shapes of its parts, may not change during a rollout.
  var stateBlocks: [Block] { get }
  func makeWorkspace() -> Workspace

  /// Entries of the state that no step reads, as it finds them anew: checkpoints in a budget leave them out where all
  /// observers look at the end alone. None unless a stepper says otherwise.
  ///
  /// They are zero in a state that is taken from a checkpoint, before a step as well as `after` it, and a stepper that names
  /// any gives the same bits from both.
  var entriesFoundAnew: Range<Int> { get }

  /// The state at time zero.
  func initialState(_ parameters: DenseVector) throws(SolveFailure) -> DenseVector

  /// Adds to `gradient` the transposed derivative of `initialState`, applied to `seed` (of the size of the state).
  func pullInitialState(_ seed: DenseVector, _ parameters: DenseVector, into gradient: inout DenseVector)
    throws(SolveFailure)

  /// The length of the next step in s: a constant, or a bound from the state. `context.timeStep` is still zero.
  ///
  /// The rollout records it and may shorten it. It is held fixed in the adjoint: the gradient is that of the scheme
  /// with this sequence of steps.
  func timeStep(
    _ state: DenseVector, _ parameters: DenseVector, _ context: StepContext, in workspace: inout Workspace
  ) throws(SolveFailure) -> Double

  /// Advances the state, in place, from `context.time` by `context.timeStep`.
  ///
  /// - Throws: `.diverged` where the scheme leaves its range of validity. The rollout adds step and time to the message.
  func advance(
    _ state: inout DenseVector, _ parameters: DenseVector, _ context: StepContext, in workspace: inout Workspace
  ) throws(SolveFailure)

  /// Replaces `seed`, on the state after the step, by the seed on `state`, the state before it, and adds to `gradient`
  /// what the step's own use of the parameters contributes. `after` is the state after the step, so that what it holds
  /// need not be computed again.
  func pullStep(
    from state: DenseVector, to after: DenseVector, _ parameters: DenseVector, _ context: StepContext,
    seed: inout DenseVector,
    gradient: inout DenseVector, in workspace: inout Workspace
  ) throws(SolveFailure)
}

extension TimeStepper {
  public var entriesFoundAnew: Range<Int> { 0..<0 }
}

/// Where in time a step is.
public struct StepContext: Sendable, Hashable {
  /// The number of steps before this one.
  public var index: Int
  /// The time at which the step begins, s.
  public var time: Double
  /// The length of the step, s; zero at the final state, where no step begins.
  public var timeStep: Double

  public init(index: Int, time: Double, timeStep: Double = 0) {
    self.index = index
    self.time = time
    self.timeStep = timeStep
  }
}

extension Array<Block> {
  /// The number of entries of all blocks.
  public var entryCount: Int { reduce(0) { $0 + $1.count } }

  /// Where the block of this name lies in a vector of all blocks, one after the other; nil if there is none.
  public func range(of name: String) -> Range<Int>? {
    var start = 0
    for block in self {
      if block.name == name { return start..<start + block.count }
      start += block.count
    }
    return nil
  }
}
