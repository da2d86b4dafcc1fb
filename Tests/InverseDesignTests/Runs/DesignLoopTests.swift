import Testing

@testable import InverseDesign

struct DesignLoopTests {
  private func loop(_ iterations: Int, _ optimizer: any Optimizer = MethodOfMovingAsymptotes()) -> DesignLoop {
    DesignLoop(
      problem: ScheduledBowl.problem(), optimizer: optimizer, stopping: StoppingCriteria(iterations: iterations))
  }

  private func untimed(_ history: History) -> [HistoryRow] {
    history.rows.map { row in
      var row = row
      (row.wallSeconds, row.cpuSeconds) = (0, 0)
      return row
    }
  }

  private func methods() -> [any Optimizer] {
    [
      MethodOfMovingAsymptotes(), GloballyConvergentMMA(), AugmentedLagrangian(LBFGSB()), AugmentedLagrangian(Adam()),
      AugmentedLagrangian(ProjectedGradient()), OptimalityCriteria(),
    ]
  }

  @Test func stoppedAnywhereAndResumedGivesTheSameBits() throws {
    for method in methods() {
      let whole = try loop(12, method).run()
      for stop in [1, 5, 11, 12] {
        var count = 0
        let part = try loop(12, method).run(
          hooks: .init(
            afterIteration: { _, _, _ in count += 1 }, shouldStop: { count + 1 >= stop ? .interrupted : nil }))
        #expect(part.reason == (stop == 12 ? .iterations : .interrupted), "\(method.name)")
        let resumed = try loop(12, method).run(resuming: part.checkpoint)
        #expect(resumed.design == whole.design && resumed.values == whole.values, "\(method.name) stopped at \(stop)")
        // The field of the best design is that of the iteration that found it.
        #expect(resumed.result.field == whole.result.field, "\(method.name) stopped at \(stop)")
        #expect("\(untimed(resumed.history))" == "\(untimed(whole.history))", "\(method.name) stopped at \(stop)")
      }
    }
  }

  @Test func checkpointsOfOthersAreForeign() throws {
    let checkpoint = try loop(3).run().checkpoint
    #expect(throws: DesignLoop.ForeignCheckpoint.self) { try loop(3, OptimalityCriteria()).run(resuming: checkpoint) }
    var cut = checkpoint
    cut[vector: "best.design"] = [1, 2]
    #expect(throws: DesignLoop.ForeignCheckpoint.self) { try loop(3).run(resuming: cut) }
    var late = checkpoint
    late[integer: "best.iteration"] = [40]
    #expect(throws: DesignLoop.ForeignCheckpoint.self) { try loop(3).run(resuming: late) }
    #expect(throws: DesignLoop.ForeignCheckpoint.self) { try loop(3).run(resuming: NamedArrays()) }
  }

  @Test func aFailureAtTheStartEndsTheRun() {
    let loop = DesignLoop(
      problem: ScheduledBowl.problem(ScheduledBowl(failing: [1])), optimizer: MethodOfMovingAsymptotes(),
      stopping: StoppingCriteria(iterations: 5))
    #expect(throws: SolveFailure.self) { try loop.run() }
  }

  @Test func ofAPopulationSomeDesignsMayFail() throws {
    var options = CrossEntropyMethod.Options()
    options.population = 8
    func run(failing: Set<Int>) throws -> DesignLoop.Outcome {
      try DesignLoop(
        problem: ScheduledBowl.problem(ScheduledBowl(failing: failing)), optimizer: CrossEntropyMethod(options),
        stopping: StoppingCriteria(iterations: 6)
      ).run()
    }
    let whole = try run(failing: []), some = try run(failing: [1, 4, 9])
    #expect(some.reason == .iterations && some.values[0] < whole.history.rows[0].objective)
    #expect(some.history.rows[0].objective != whole.history.rows[0].objective || some.design != whole.design)
    #expect(throws: SolveFailure.self) { try run(failing: Set(1...8)) }
  }

  @Test func theRunEndsAsItSays() throws {
    let loop = DesignLoop(
      problem: ScheduledBowl.problem(), optimizer: GloballyConvergentMMA(),
      stopping: StoppingCriteria(iterations: 500, change: 1e-4, notBefore: 6))
    let outcome = try loop.run()
    #expect(outcome.reason == .change, "\(outcome.reason)")
    #expect(outcome.history.rows.last.map { $0.change <= 1e-4 && $0.worstViolation <= 1e-3 } == true)
    // The mean is bounded below that of the target: the bound is active.
    #expect(outcome.history.rows.count > 6 && abs(outcome.values[1] - 0.4) < 2e-3)
  }
}

struct DesignProblemTests {
  @Test func violationsAreRelativeAndPositiveWhereViolated() {
    let most = DesignProblem.Constraint(row: 0, .atMost(2)), least = DesignProblem.Constraint(row: 0, .atLeast(2))
    #expect(most.violation(3) == 0.5 && most.violation(1) == -0.5 && most.factor == 0.5)
    #expect(least.violation(3) == -0.5 && least.violation(1) == 0.5 && least.factor == -0.5)
    let negative = DesignProblem.Constraint(row: 0, .atMost(-2)), zero = DesignProblem.Constraint(row: 0, .atMost(0))
    #expect(negative.violation(-1) == 0.5 && negative.violation(-3) == -0.5)
    #expect(zero.violation(3) == 3 && zero.factor == 1)
  }

  @Test func boundFormMinimizesTheLargestRow() throws {
    let base = ScheduledBowl.problem()
    let problem = DesignProblem(
      responses: base.responses, layout: base.parameterLayout, bounds: base.bounds, start: base.start,
      objective: .worstOf([0, 1]))
    #expect(problem.layout.map(\.name) == ["x", "bound"] && problem.isBoundForm)
    #expect(problem.rowsToDifferentiate == [0, 1] && problem.objectiveValue([3, 4]) == 4)
    #expect(problem.objectiveName == "worst of bowl, mean")
    let outcome = try DesignLoop(
      problem: problem, optimizer: MethodOfMovingAsymptotes(), stopping: StoppingCriteria(iterations: 80)
    ).run()
    #expect(outcome.design.count == 6)
    // At the optimum of two conflicting rows both are equal.
    #expect(abs(outcome.values[0] - outcome.values[1]) < 1e-2 * outcome.values[1], "\(outcome.values)")
  }
}

struct HistoryTests {
  private var row: HistoryRow {
    HistoryRow(
      iteration: 1, objective: 0.1, constraints: [0.25, -3], worstViolation: -0.5, change: 0.2, optimality: .nan,
      solverIterations: 7, relativeResidual: 1e-9, accepted: true, wallSeconds: 0.5, cpuSeconds: 1)
  }

  @Test func linesHaveAColumnForEveryHeading() {
    var history = History(constraintNames: ["volume", "sag, left"])
    history.rows = [row]
    #expect(
      history.csvHeader
        == "iteration,objective,volume,\"sag, left\",worst_violation,change,optimality,solver_iterations,"
        + "relative_residual,accepted,wall_seconds,cpu_seconds")
    #expect(history.csvLine(row) == "1,0.1,0.25,-3.0,-0.5,0.2,,7,1e-09,1,0.5,1.0")
    #expect(history.csv.split(separator: "\n").count == 2)
  }

  @Test func rowsComeBackFromACheckpoint() throws {
    let outcome = try DesignLoop(
      problem: ScheduledBowl.problem(), optimizer: MethodOfMovingAsymptotes(),
      stopping: StoppingCriteria(iterations: 4)
    ).run()
    var restored = History(constraintNames: ["mean"])
    let fits = restored.restore(fromCheckpoint: outcome.checkpoint)
    #expect(fits)
    #expect(restored.csv.split(separator: "\n").dropFirst() == outcome.history.csv.split(separator: "\n").dropFirst())
    var other = History(constraintNames: ["mean", "another"])
    let othersFit = other.restore(fromCheckpoint: outcome.checkpoint)
    #expect(!othersFit && other.rows.isEmpty)
  }
}
