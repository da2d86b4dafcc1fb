import Foundation
import TestSupport
import Testing

@testable import DifferentiableCore

/// Gradients do not depend on where states are kept, and keeping few costs what the theory says.
@Suite struct CheckpointTests {
  private let chain = PendulumChain()
  private let stateBytes = 64
  private let observers: [any Observer] = [ChainEnergy(.throughout), ChainEnergy(.end)]
  private var seed: DenseVector {
    var generator = SeededGenerator(seed: 8)
    return generator.vector(count: 10)
  }

  private func pullbacks(_ stop: StopRule, _ policy: CheckpointPolicy, count: Int = 2, adaptive: Bool = false) throws
    -> (gradients: [DenseVector], reports: [RolloutReport], planned: [String])
  {
    var chain = chain
    chain.isAdaptive = adaptive
    let rollout = Rollout(chain, until: stop, observers: observers, checkpoints: policy)
    var workspace = rollout.makeWorkspace()
    let linearization = try rollout.linearize(at: chain.sample, in: &workspace)
    var gradients: [DenseVector] = []
    var reports: [RolloutReport] = []
    for _ in 0..<count {
      gradients.append(try linearization.pullback(seed))
      reports.append(try #require(workspace.report))
    }
    return (gradients, reports, linearization.report.notes)
  }

  private func temporaryFolder() throws -> String {
    let path = NSTemporaryDirectory() + "/rollout-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    return path
  }

  @Test func everyBudgetGivesTheSameBits() throws {
    let steps = 37
    let full = try pullbacks(.steps(steps), .everything)
    #expect(full.reports.last?.recomputedSteps == 0)
    #expect(full.gradients[0].norm > 0 && full.gradients[1] == full.gradients[0])
    for s in 1...steps + 2 {
      let found = try pullbacks(.steps(steps), .budget(bytes: s * stateBytes + 3), count: 3)
      for gradient in found.gradients { #expect(gradient == full.gradients[0], "\(s) checkpoints") }
      // The first state takes no room.
      let best = BinomialSchedule.advances(steps: steps, checkpoints: s + 1)
      // The forward sweep has gone to the last step and kept the states of the first part of the schedule.
      let first = best - (steps - 1)
      #expect(found.reports[0].recomputedSteps == first, "\(s) checkpoints")
      #expect(found.planned == (first > 0 ? ["the adjoint repeats \(first) of \(steps) steps"] : []))
      // Another pullback has to go there again, unless every state is there.
      #expect(found.reports[1].recomputedSteps == first + (s + 1 >= steps ? 0 : best), "\(s) checkpoints")
      #expect(found.reports[1].peakCheckpointBytes <= s * stateBytes)
      #expect(found.reports[1].pullbacks == 2)
    }
  }

  @Test func unknownNumbersOfStepsCostNoMoreRepetitionsThanKnownOnes() throws {
    let full = try pullbacks(.time(1), .everything, adaptive: true)
    let steps = full.reports[0].steps
    #expect(steps > 30)
    for s in [1, 2, 3, 5, 8, steps - 1, steps] {
      let found = try pullbacks(.time(1), .budget(bytes: s * stateBytes), adaptive: true)
      for gradient in found.gradients { #expect(gradient == full.gradients[0], "\(s) checkpoints") }
      let first = found.reports[0].recomputedSteps
      let best = BinomialSchedule.advances(steps: steps, checkpoints: s + 1)
      #expect(first <= BinomialSchedule.repetitions(steps: steps, checkpoints: s + 1) * steps)
      #expect(found.planned == (first > 0 ? ["the adjoint repeats \(first) of \(steps) steps"] : []))
      // By then the number of steps is known.
      #expect(found.reports[1].recomputedSteps - first == (s + 1 >= steps ? 0 : best))
    }
  }

  @Test func checkpointsBeyondTheBudgetGoToDisk() throws {
    let folder = try temporaryFolder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let full = try pullbacks(.steps(40), .everything)
    let all = try pullbacks(.steps(40), .budget(bytes: 3 * stateBytes, spill: SpillFolder(folder)))
    #expect(all.gradients == full.gradients)
    #expect(all.reports[1].recomputedSteps == 0)
    #expect(all.reports[1].peakCheckpointBytes == 3 * stateBytes && all.reports[1].peakSpilledBytes == 36 * stateBytes)
    for (stop, adaptive) in [(StopRule.steps(40), false), (.time(1), true)] {
      let some = try pullbacks(
        stop, .budget(bytes: 2 * stateBytes, spill: SpillFolder(folder, bytes: 4 * stateBytes)), adaptive: adaptive)
      let memory = try pullbacks(stop, .budget(bytes: 6 * stateBytes), adaptive: adaptive)
      #expect(some.gradients == memory.gradients)
      #expect(some.reports.map(\.recomputedSteps) == memory.reports.map(\.recomputedSteps))
      #expect(some.reports[1].peakCheckpointBytes == 2 * stateBytes)
      #expect((1...4 * stateBytes).contains(some.reports[1].peakSpilledBytes))
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder).isEmpty)
  }

  // MARK: - Failures

  private func failure(_ body: () throws(SolveFailure) -> Void) -> SolveFailure? {
    do throws(SolveFailure) {
      try body()
      return nil
    } catch {
      return error
    }
  }

  private func failure(
    _ chain: PendulumChain, _ stop: StopRule, _ policy: CheckpointPolicy = .everything,
    observers: [any Observer] = [], at parameters: DenseVector? = nil, isCancelled: (@Sendable () -> Bool)? = nil
  ) -> SolveFailure? {
    failure { () throws(SolveFailure) in
      let rollout = Rollout(chain, until: stop, observers: observers, checkpoints: policy, isCancelled: isCancelled)
      var workspace = rollout.makeWorkspace()
      let linearization = try rollout.linearize(at: parameters ?? chain.sample, in: &workspace)
      _ = try linearization.pullback(DenseVector(repeating: 1, count: linearization.state.count))
    }
  }

  @Test func failuresNameStepAndTime() {
    var broken = chain
    broken.failingStep = 7
    let thrown = failure(broken, .steps(9))
    #expect(thrown?.kind == .diverged && thrown?.message.hasPrefix("step 7 at 0.35") == true)
    #expect(thrown?.message.hasSuffix("the springs broke") == true)

    var wild = chain.sample
    wild[9] = 1e300
    let infinite = failure(chain, .steps(9), at: wild)
    #expect(infinite?.kind == .diverged && infinite?.message.hasPrefix("step 1 at") == true, "\(infinite as Any)")

    var still = chain
    still.step = 0
    #expect(failure(still, .time(1))?.kind == .diverged)
    #expect(failure(chain, .time(10, mostSteps: 20))?.message.contains("20 steps led to 1") == true)
    var start = chain.sample
    start[0] = .nan
    #expect(failure(chain, .steps(2), at: start)?.kind == .nonFinite)
  }

  @Test func impossibleRequestsAreRefused() {
    #expect(failure(chain, .steps(-1))?.kind == .unsupported)
    #expect(failure(chain, .time(.nan))?.kind == .unsupported)
    #expect(failure(chain, .steps(2), at: [1, 2])?.kind == .unsupported)
    #expect(failure(chain, .time(1), observers: [ChainEnergy(.instant(2))])?.kind == .unsupported)
    #expect(failure(chain, .steps(3), observers: [ChainEnergy(.instant(2))])?.kind == .unsupported)
    #expect(failure(chain, .steps(3), observers: [ChainEnergy(.instant(-2))])?.kind == .unsupported)
    #expect(failure(chain, .steps(3), .budget(bytes: stateBytes - 1))?.kind == .outOfMemory)
    #expect(failure(chain, .steps(3), .budget(bytes: -5))?.kind == .outOfMemory)
    #expect(failure(chain, .steps(0)) == nil)
    #expect(failure(chain, .time(0), .budget(bytes: stateBytes)) == nil)
  }

  @Test func aRunIsCancelledForwardAndBack() {
    final class Countdown: @unchecked Sendable {
      var left: Int
      init(_ left: Int) { self.left = left }
    }
    for asked in [0, 5, 12, 25] {
      let countdown = Countdown(asked)
      let stopped = failure(chain, .steps(10), .budget(bytes: 2 * stateBytes)) {
        countdown.left -= 1
        return countdown.left < 0
      }
      #expect(stopped?.kind == .cancelled, "\(asked)")
    }
  }

  @Test func aFolderThatIsMissingOrFullIsNamed() throws {
    let missing = failure(chain, .steps(9), .budget(bytes: stateBytes, spill: SpillFolder("/nowhere/at/all")))
    #expect(missing?.kind == .outOfMemory && missing?.message.contains("/nowhere/at/all") == true)
    #if os(Linux)
      let full = SpillFile(descriptor: open("/dev/full", O_RDWR), folder: "/dev/full", recordCount: 4)
      let refused = failure { () throws(SolveFailure) in try full.write(DenseVector(zeros: 4), to: 0) }
      #expect(refused?.kind == .outOfMemory && refused?.message.contains("the disk is full") == true)
    #endif
  }

  /// A failure in the middle of the reverse sweep leaves states and later pullbacks in order, and the folder empty.
  @Test func aPullbackThatWasStoppedCanBeRepeated() throws {
    final class Switch: @unchecked Sendable { var stops = false }
    let folder = try temporaryFolder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let stop = Switch()
    let rollout = Rollout(
      chain, until: .steps(30), observers: observers,
      checkpoints: .budget(bytes: 2 * stateBytes, spill: SpillFolder(folder, bytes: 2 * stateBytes)),
      isCancelled: { stop.stops })
    var workspace = rollout.makeWorkspace()
    let linearization = try rollout.linearize(at: chain.sample, in: &workspace)
    let gradient = try linearization.pullback(seed)
    stop.stops = true
    #expect(failure { () throws(SolveFailure) in _ = try linearization.pullback(seed) }?.kind == .cancelled)
    stop.stops = false
    #expect(try linearization.pullback(seed) == gradient)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder).isEmpty)
  }
}
