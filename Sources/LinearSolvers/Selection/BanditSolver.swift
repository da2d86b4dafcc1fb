/// One of a few solvers for each system of a sequence of related ones, chosen by what the choices cost so far.
///
/// A round begins with a preparation and ends with the next one; its cost is the work of the preparation and of all solves
/// in between. A choice that fails pays for what it did, and the others take its place in their order. Costs are counts
/// by default, so that a run repeats; seconds on request do not. Every choice keeps its factors or grids, so memory is
/// that of all of them. Source: Khodak, Chow, Balcan & Talwalkar, "Learning to relax", ICLR 2024.
public struct BanditSolver<Operator: LinearOperator>: LinearSolver {
  /// A solver with a name that tells it from the others.
  public struct Choice: Sendable {
    public let name: String
    public let solver: AnyLinearSolver<Operator>

    public init(_ name: String, _ solver: AnyLinearSolver<Operator>) {
      self.name = name
      self.solver = solver
    }
  }

  public enum Cost: Sendable {
    /// Multiply-adds.
    case work
    /// What a clock says has passed, in s: another run chooses otherwise.
    case seconds(@Sendable () -> Double)

    fileprivate var now: Double {
      if case .seconds(let clock) = self { clock() } else { 0 }
    }
  }

  /// What was learned, and the system at hand.
  public final class Prepared {
    var policy: any ChoicePolicy
    var feature = 0.0
    /// The choice of the round that is open; nil where none is.
    var chosen: Int?
    /// What the open round has cost.
    var cost = 0.0
    /// The one that works on the system: the choice, or what took its place.
    var active = 0
    var matrix: Operator?
    var states: [AnyLinearSolver<Operator>.Prepared?]
    var failures: [String] = []
    /// Multiply-adds of the preparations of this system.
    var preparationWork = 0.0

    init(_ policy: any ChoicePolicy, choices: Int) {
      self.policy = policy
      states = Array(repeating: nil, count: choices)
    }
  }

  public let choices: [Choice]
  public let cost: Cost
  private let policy: any ChoicePolicy
  private let feature: (@Sendable (Operator) -> Double)?
  public var name: String { "bandit" }

  /// - Parameters:
  ///   - choices: at least one; the first begins, so it should be one that is known to work.
  ///   - cost: what is to be small.
  ///   - feature: what the choice depends on, in -1...1; nil for a choice that depends on the past alone.
  ///   - seed: of the draws.
  public init(
    _ choices: [Choice], cost: Cost = .work, feature: (@Sendable (Operator) -> Double)? = nil, seed: UInt64 = 1
  ) {
    precondition(!choices.isEmpty, "a bandit needs something to choose")
    self.choices = choices
    self.cost = cost
    self.feature = feature
    policy =
      feature == nil
      ? PredictiveTsallisINF(choices: choices.count, seed: seed)
      : InverseGapWeighting(choices: choices.count, seed: seed)
  }

  public func prepare(_ a: Operator, reusing previous: consuming Prepared?) throws(SolveFailure) -> Prepared {
    let prepared = previous ?? Prepared(policy, choices: choices.count)
    if prepared.chosen != nil { prepared.policy.update(feature: prepared.feature, cost: prepared.cost) }
    prepared.feature = feature?(a) ?? 0
    let chosen = prepared.policy.choice(feature: prepared.feature)
    (prepared.chosen, prepared.cost, prepared.preparationWork) = (chosen, 0, 0)
    prepared.matrix = a
    prepared.failures = []
    let order = order(prepared)
    try prepare(a, prepared, order[...])
    return prepared
  }

  /// The choice of the round, then the others.
  private func order(_ prepared: Prepared) -> [Int] {
    choices.indices.filter { $0 == prepared.chosen } + choices.indices.filter { $0 != prepared.chosen }
  }

  /// Prepares the first of `order` that can be.
  private func prepare(_ a: Operator, _ prepared: Prepared, _ order: ArraySlice<Int>) throws(SolveFailure) {
    for index in order {
      let solver = choices[index].solver
      let start = cost.now
      do throws(SolveFailure) {
        let state = try solver.prepare(a, reusing: prepared.states[index].take())
        let work = solver.preparationWork(state)
        prepared.states[index] = state
        prepared.active = index
        prepared.preparationWork += work
        charge(prepared, work, since: start)
        return
      } catch {
        charge(prepared, 0, since: start)
        if error.kind == .cancelled { throw error }
        prepared.failures.append("\(choices[index].name): \(error)")
      }
    }
    throw SolveFailure(.stalled, "no choice of the bandit succeeded", attempts: prepared.failures)
  }

  private func charge(_ prepared: Prepared, _ work: Double, since start: Double) {
    if case .work = cost { prepared.cost += work } else { prepared.cost += cost.now - start }
  }

  public func solve(_ prepared: Prepared, columns: [DenseVector], from guesses: [DenseVector]?) throws(SolveFailure)
    -> (solutions: [DenseVector], report: SolveReport)
  {
    try solve(prepared) { solver, state throws(SolveFailure) in
      try solver.solve(state, columns: columns, from: guesses)
    }
  }

  public func solveTransposed(_ prepared: Prepared, columns: [DenseVector], from guesses: [DenseVector]?)
    throws(SolveFailure) -> (solutions: [DenseVector], report: SolveReport)
  {
    try solve(prepared) { solver, state throws(SolveFailure) in
      try solver.solveTransposed(state, columns: columns, from: guesses)
    }
  }

  private func solve(
    _ prepared: Prepared,
    _ body: (AnyLinearSolver<Operator>, AnyLinearSolver<Operator>.Prepared) throws(SolveFailure) -> (
      solutions: [DenseVector], report: SolveReport
    )
  ) throws(SolveFailure) -> (solutions: [DenseVector], report: SolveReport) {
    guard let a = prepared.matrix else { throw SolveFailure(.unsupported, "a bandit solves after a preparation") }
    while true {
      let active = prepared.active
      guard let state = prepared.states[active] else {
        throw SolveFailure(.unsupported, "the choice \(choices[active].name) is not prepared")
      }
      let start = cost.now
      do throws(SolveFailure) {
        var (solutions, report) = try body(choices[active].solver, state)
        charge(prepared, report.multiplyAdds, since: start)
        if !prepared.failures.isEmpty {
          report.notes.append("\(choices[active].name) took over from " + prepared.failures.joined(separator: "; "))
        }
        return (solutions, report)
      } catch {
        if error.kind == .cancelled || error.kind == .nonFinite { throw error }
        charge(prepared, error.multiplyAdds, since: start)
        prepared.failures.append("\(choices[active].name): \(error)")
        prepared.states[active] = nil
        let order = order(prepared)
        try prepare(a, prepared, order[(order.firstIndex(of: active) ?? 0) + 1..<order.count])
      }
    }
  }

  public func preparationWork(_ prepared: Prepared) -> Double { prepared.preparationWork }

  /// What the round at hand has chosen, and what it has cost so far.
  public func openRound(_ prepared: Prepared) -> (choice: Int, cost: Double)? {
    prepared.chosen.map { ($0, prepared.cost) }
  }

  public func memory(of prepared: Prepared) -> NamedArrays {
    var arrays = NamedArrays()
    arrays.merge(prepared.policy.save(), prefix: "policy/")
    if prepared.chosen != nil { arrays[real: "open"] = [prepared.feature, prepared.cost] }
    return arrays
  }

  public func recall(_ memory: NamedArrays) -> Prepared? {
    guard let restored = policy.restored(from: memory.withPrefix("policy/")) else { return nil }
    let prepared = Prepared(restored, choices: choices.count)
    if let open = memory[real: "open"], open.count == 2 {
      (prepared.feature, prepared.cost) = (open[0], open[1])
      prepared.chosen = restored.choice(feature: open[0])
    }
    return prepared
  }
}
