import DifferentiableCore
import TestSupport
import Testing

@Suite struct RolloutTests {
  private let chain = PendulumChain()

  private func solve(_ rollout: Rollout<PendulumChain>) throws -> (state: DenseVector, report: RolloutReport) {
    var workspace = rollout.makeWorkspace()
    let state = try rollout.solve(rollout.stepper.sample, in: &workspace)
    return (state, try #require(workspace.report))
  }

  @Test func givesTheStateAfterTheLastStep() throws {
    let rollout = Rollout(chain, until: .steps(3))
    var expected = chain.initialState(chain.sample)
    var workspace = chain.makeWorkspace()
    for index in 0..<3 {
      let context = StepContext(index: index, time: 0, timeStep: chain.step)
      try chain.advance(&expected, chain.sample, context, in: &workspace)
    }
    let (state, report) = try solve(rollout)
    #expect(state == expected)
    #expect(report.steps == 3 && abs(report.endTime - 0.15) < 1e-15)
    #expect(report.peakCheckpointBytes == 0)
    #expect(rollout.stateBlocks.map(\.name) == ["angles", "velocities"])
  }

  @Test func linearizingGivesTheSameState() throws {
    let rollout = Rollout(chain, until: .steps(20), observers: [ChainEnergy(.end), ChainEnergy(.throughout)])
    var workspace = rollout.makeWorkspace()
    let linearization = try rollout.linearize(at: chain.sample, in: &workspace)
    #expect(linearization.state == (try solve(rollout).state))
    #expect(linearization.report.iterations == 20)
    // All but the first, which follows from the parameters.
    #expect(workspace.report?.peakCheckpointBytes == 19 * 8 * 8)
    #expect(workspace.report?.recomputedSteps == 0)
  }

  @Test func landsOnTheEndAndOnObservedInstants() throws {
    var chain = chain
    chain.step = 0.3
    let rollout = Rollout(chain, until: .time(1), observers: [ChainEnergy(.instant(0.5)), ChainEnergy(.instant(0))])
    var workspace = rollout.makeWorkspace()
    let state = try rollout.solve(chain.sample, in: &workspace)
    #expect(workspace.report?.endTime == 1)
    let expected = [0.3, 0.2, 0.3, 0.2]
    #expect(workspace.timeSteps.count == 4)
    for (found, expected) in zip(workspace.timeSteps, expected) { #expect(abs(found - expected) < 1e-15) }
    // The same instants reached by a run that ends there.
    let half = try solve(Rollout(chain, until: .time(0.5), observers: [ChainEnergy(.end)])).state
    let start = ChainEnergy(.end).value(chain.initialState(chain.sample), chain.sample, StepContext(index: 0, time: 0))
    #expect(state[8] == half[8])
    #expect(state[9] == start)
  }

  /// A hundredth that does not add up to one exactly leaves no sliver of a step.
  @Test func constantStepsThatDivideTheTimeLeaveNoSliver() throws {
    var chain = chain
    chain.step = 0.01
    let report = try solve(Rollout(chain, until: .time(1))).report
    #expect(report.steps == 100 && report.endTime == 1 && report.shortestStep > 0.0099)
  }

  @Test func theRunningCostIsTheTrapezoidalIntegral() throws {
    let rollout = Rollout(chain, until: .steps(10), observers: [ChainEnergy(.throughout)])
    var workspace = rollout.makeWorkspace()
    var values: [Double] = []
    let state = try rollout.solve(chain.sample, in: &workspace, frames: .everySteps(1)) { frame in
      values.append(ChainEnergy(.end).value(frame.state, chain.sample, frame.context))
      return true
    }
    let integral = zip(values, values.dropFirst()).reduce(0) { $0 + 0.5 * chain.step * ($1.0 + $1.1) }
    #expect(abs(state[8] - integral) < 1e-13 * integral)
    #expect(rollout.stateBlocks[2] == Block("energy", shape: [1], unit: "1/s2 s"))
  }

  @Test func aReplayOfAdaptiveStepsGivesTheSameBits() throws {
    var chain = chain
    chain.isAdaptive = true
    let rollout = Rollout(chain, until: .time(1), observers: [ChainEnergy(.instant(0.37))])
    var workspace = rollout.makeWorkspace()
    let state = try rollout.solve(chain.sample, in: &workspace)
    let steps = workspace.timeSteps
    #expect(Set(steps).count > 10)
    let replay = Rollout(chain, until: .replay(steps), observers: rollout.observers)
    #expect(try replay.solve(chain.sample, in: &workspace) == state)
  }

  @Test func showsFrames() throws {
    let rollout = Rollout(chain, until: .steps(10))
    var workspace = rollout.makeWorkspace()
    func indices(_ schedule: FrameSchedule) throws -> [Int] {
      var found: [Int] = []
      _ = try rollout.solve(chain.sample, in: &workspace, frames: schedule) {
        #expect($0.number == found.count)
        found.append($0.context.index)
        return true
      }
      return found
    }
    #expect(try indices(.everySteps(4)) == [0, 4, 8, 10])
    #expect(try indices(.interval(0.1)) == [0, 2, 4, 6, 8, 10])
    #expect(try indices(.interval(0.12)) == [0, 3, 5, 8, 10])
    #expect(try indices(.interval(7)) == [0, 10])
  }

  // MARK: - Derivatives

  /// The steps that a rollout took are held fixed: the gradient is that of a replay of them.
  @Test func theGradientOfAdaptiveStepsIsThatOfTheirReplay() throws {
    var chain = chain
    chain.isAdaptive = true
    let observers: [any Observer] = [ChainEnergy(.throughout), ChainEnergy(.instant(0.37)), ChainEnergy(.end)]
    let rollout = Rollout(chain, until: .time(0.8), observers: observers)
    var workspace = rollout.makeWorkspace()
    let linearization = try rollout.linearize(at: chain.sample, in: &workspace)
    let replay = Rollout(chain, until: .replay(workspace.timeSteps), observers: observers)
    var generator = SeededGenerator(seed: 5)
    let seed = generator.vector(count: 11)
    let gradient = try linearization.pullback(seed)
    var other = replay.makeWorkspace()
    let taylor = try TaylorTest(
      at: chain.sample, along: generator.vector(count: 10), gradient: gradient
    ) { try replay.solve($0, in: &other).dot(seed) }
    #expect(taylor.passes(), "\(taylor.rates)")
  }

  @Test func aPullbackOutlivesTheNextRollout() throws {
    let rollout = Rollout(chain, until: .steps(8))
    var workspace = rollout.makeWorkspace()
    let seed = DenseVector(repeating: 1, count: 8)
    let first = try rollout.linearize(at: chain.sample, in: &workspace)
    let gradient = try first.pullback(seed)
    _ = try rollout.linearize(at: chain.sample.scaled(by: 0.5), in: &workspace).pullback(seed)
    #expect(try first.pullback(seed) == gradient)
  }
}
