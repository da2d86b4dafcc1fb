/// What a rollout and its adjoints cost.
public struct RolloutReport: Sendable, Equatable {
  /// The steps of the forward sweep.
  public var steps = 0
  /// The time at the end, s.
  public var endTime = 0.0
  /// The shortest and the longest step, s.
  public var shortestStep = Double.infinity
  public var longestStep = 0.0
  /// The steps that reverse sweeps repeated to get at states that were not kept, over all pullbacks so far.
  public var recomputedSteps = 0
  /// The pullbacks so far.
  public var pullbacks = 0
  /// The most bytes of checkpoints held in memory at once.
  public var peakCheckpointBytes = 0
  /// The most bytes of checkpoints held on disk at once.
  public var peakSpilledBytes = 0

  public init() {}
}
