/// Drives an optimizer over a design problem: evaluate, update, record, decide whether to stop.
///
/// Iteration k evaluates point k, updates, and records. The loop itself touches no file and reads no clock that could
/// change a result, so that a run which was stopped and resumed gives the same bits as one that was not.
public struct DesignLoop: Sendable {
  public enum ObjectiveScaling: Sendable {
    case none
    /// The optimizer sees the objective divided by the magnitude of its first value.
    case byFirstValue
  }

  public let problem: DesignProblem
  public let optimizer: any Optimizer
  public let stopping: StoppingCriteria
  public let scaling: ObjectiveScaling

  public init(
    problem: DesignProblem, optimizer: any Optimizer, stopping: StoppingCriteria,
    scaling: ObjectiveScaling = .byFirstValue
  ) {
    self.problem = problem
    self.optimizer = optimizer
    self.stopping = stopping
    self.scaling = scaling
  }

  /// What the caller does between iterations.
  public struct Hooks {
    /// After every iteration. `checkpoint()` makes the state from which a resume goes on.
    public var afterIteration:
      (_ history: History, _ latest: ResponseValues, _ checkpoint: () -> NamedArrays) throws -> Void
    /// Asked between iterations; an answer ends the run.
    public var shouldStop: () -> StopReason?
    public init(
      afterIteration: @escaping (History, ResponseValues, () -> NamedArrays) throws -> Void = { _, _, _ in },
      shouldStop: @escaping () -> StopReason? = { nil }
    ) {
      self.afterIteration = afterIteration
      self.shouldStop = shouldStop
    }
  }

  /// How a run ended.
  public struct Outcome: Sendable {
    public var design: DenseVector
    /// The rows at the final design.
    public var values: [Double]
    /// Physical field and state at the final design.
    public var result: ResponseValues
    public var history: History
    public var reason: StopReason
    public var checkpoint: NamedArrays
  }

  /// A checkpoint that does not belong to this problem and optimizer.
  public struct ForeignCheckpoint: Error, CustomStringConvertible {
    public let description: String
  }

  /// Runs to the end, or goes on from a checkpoint.
  public func run(resuming checkpoint: NamedArrays? = nil, hooks: Hooks = Hooks()) throws -> Outcome {
    try run(optimizer, checkpoint, hooks)
  }

  /// Where the optimizer's first step leads from the problem's start, for one evaluation with gradients; nil where it
  /// proposes nothing.
  ///
  /// - Throws: `SolveFailure` where the start cannot be evaluated.
  public func firstStep() throws -> DenseVector? { try firstStep(optimizer) }

  private func firstStep(_ optimizer: some Optimizer) throws -> DenseVector? {
    let bounds = problem.optimizerBounds()
    var state = optimizer.start(at: bounds.project(problem.optimizerStart()), within: bounds, layout: problem.layout)
    guard let request = optimizer.propose(state).first else { return nil }
    let result = try evaluate(request, problem.responses.makeSession())
    let size = abs(problem.objectiveValue(result.values))
    let isScaled = scaling == .byFirstValue || problem.isBoundForm
    let scale = isScaled && size > 0 && size.isFinite ? 1 / size : 1
    _ = try optimizer.update(
      &state, with: [.success(problem.evaluation(result, at: request.design, scale: scale))])
    return optimizer.propose(state).first.map { problem.design(in: $0.design) }
  }

  private struct Best {
    var design: DenseVector
    var values: [Double]
    /// Where it was found: continuation schedules make another field of the same design in another iteration.
    var iteration: Int
    /// Missing right after a resume.
    var result: ResponseValues?
  }

  private func run<Method: Optimizer>(_ optimizer: Method, _ checkpoint: NamedArrays?, _ hooks: Hooks) throws -> Outcome
  {
    let bounds = problem.optimizerBounds()
    let session = problem.responses.makeSession()
    let names = problem.responses.names
    var history = History(constraintNames: problem.constraints.map { names[$0.row] })
    var state = optimizer.start(at: bounds.project(problem.optimizerStart()), within: bounds, layout: problem.layout)
    var scale = scaling == .none && !problem.isBoundForm ? 1.0 : nil
    var best: Best?
    var reason: StopReason?

    if let checkpoint {
      (state, scale, best, reason) = try restore(checkpoint, optimizer, bounds, session, &history)
      // A finished run goes on when its limit was raised since.
      if reason == .iterations, history.rows.count < stopping.iterations { reason = nil }
    }
    func makeCheckpoint() -> NamedArrays {
      save(optimizer, state, scale: scale, best: best, reason: reason, session, history)
    }

    while reason == nil {
      let iteration = history.rows.count + 1
      let wall = ProcessUsage.wallSeconds, cpu = ProcessUsage.cpuSeconds
      session.begin(iteration: iteration)
      var evaluations: [Result<Evaluation, SolveFailure>] = []
      var latest: (point: DenseVector, result: ResponseValues)?
      let requests = optimizer.propose(state)
      for request in requests {
        do throws(SolveFailure) {
          let result = try evaluate(request, session)
          if scale == nil {
            let value = abs(problem.objectiveValue(result.values))
            scale = value > 0 && value.isFinite ? 1 / value : 1
          }
          evaluations.append(.success(problem.evaluation(result, at: request.design, scale: scale ?? 1)))
          if latest == nil || merit(result) < merit(latest!.result) { latest = (request.design, result) }
        } catch {
          // Of the first population some may fail, of a method with one start that is all there is.
          if history.rows.isEmpty, error.kind == .cancelled || requests.count == 1 { throw error }
          evaluations.append(.failure(error))
        }
      }
      let progress = try optimizer.update(&state, with: evaluations)
      // Of a population the last is none to start from.
      if progress.accepted, requests.count == 1 { session.accept() }
      if let latest, progress.accepted || best == nil {
        best = Best(
          design: problem.design(in: latest.point), values: latest.result.values, iteration: iteration,
          result: latest.result)
      }
      history.rows.append(
        row(
          iteration, latest?.result, progress, wall: ProcessUsage.wallSeconds - wall, cpu: ProcessUsage.cpuSeconds - cpu
        ))
      reason = stopReason(history, progress)
      let final = reason
      if reason == nil { reason = hooks.shouldStop() }
      // An interruption is not part of the state: a resume must go on as if it had not happened.
      let interruption = final == nil ? reason : nil
      if interruption != nil { reason = nil }
      if let latest { try hooks.afterIteration(history, latest.result, makeCheckpoint) }
      if let interruption { return try outcome(best, session, history, interruption, makeCheckpoint()) }
    }
    return try outcome(best, session, history, reason!, makeCheckpoint())
  }

  private func outcome(
    _ best: Best?, _ session: any ResponseSession, _ history: History, _ reason: StopReason, _ checkpoint: NamedArrays
  ) throws -> Outcome {
    guard let best else { throw SolveFailure(.stalled, "no point could be evaluated") }
    if best.result == nil { session.begin(iteration: best.iteration) }
    let result = try best.result ?? session.evaluate(best.design, gradientsOf: [])
    return Outcome(
      design: best.design, values: best.values, result: result, history: history, reason: reason,
      checkpoint: checkpoint)
  }

  private func evaluate(_ request: Request, _ session: any ResponseSession) throws(SolveFailure) -> ResponseValues {
    let rows = request.needsGradients ? problem.rowsToDifferentiate : []
    let result = try session.evaluate(problem.design(in: request.design), gradientsOf: rows)
    guard result.values.allSatisfy(\.isFinite), result.gradients.values.allSatisfy(\.isFinite) else {
      throw SolveFailure(.nonFinite, "a response or its gradient is not finite", attempts: result.report.notes)
    }
    return result
  }

  /// Orders the points of one proposal for the record: violation first, then the objective.
  private func merit(_ result: ResponseValues) -> Double {
    let violation = problem.worstViolation(result.values)
    return violation > stopping.feasibility ? .greatestFiniteMagnitude : problem.loss(result.values)
  }

  private func row(_ iteration: Int, _ result: ResponseValues?, _ progress: Progress, wall: Double, cpu: Double)
    -> HistoryRow
  {
    HistoryRow(
      iteration: iteration, objective: result.map { problem.objectiveValue($0.values) } ?? .nan,
      constraints: problem.constraints.map { result?.values[$0.row] ?? .nan },
      worstViolation: result.map { problem.worstViolation($0.values) } ?? .nan, change: progress.change,
      optimality: progress.optimality ?? .nan, solverIterations: result?.report.iterations ?? 0,
      relativeResidual: result?.report.relativeResidual ?? .nan, accepted: progress.accepted, wallSeconds: wall,
      cpuSeconds: cpu)
  }

  private func stopReason(_ history: History, _ progress: Progress) -> StopReason? {
    if history.rows.count >= stopping.iterations { return .iterations }
    if let why = progress.stopped { return .methodStopped(why) }
    let feasible = history.rows[history.rows.count - 1].worstViolation <= stopping.feasibility
    guard progress.accepted, feasible, history.rows.count > stopping.notBefore else { return nil }
    // The first evaluation of a line search method changes nothing yet.
    if let limit = stopping.change, history.rows.count > 1, progress.change <= limit { return .change }
    if let limit = stopping.optimality, let residual = progress.optimality, residual <= limit { return .optimality }
    return nil
  }

  // MARK: - Checkpoints

  private func save<Method: Optimizer>(
    _ optimizer: Method, _ state: Method.State, scale: Double?, best: Best?, reason: StopReason?,
    _ session: any ResponseSession, _ history: History
  ) -> NamedArrays {
    var arrays = NamedArrays()
    arrays[text: "optimizer"] = optimizer.name
    if let scale { arrays[real: "scale"] = [scale] }
    if let best {
      arrays[vector: "best.design"] = best.design
      arrays[real: "best.values"] = best.values
      arrays[integer: "best.iteration"] = [Int64(best.iteration)]
    }
    if let reason { arrays[text: "reason"] = reason.status }
    if case .methodStopped(let why) = reason { arrays[text: "reason.why"] = why }
    arrays.merge(optimizer.save(state), prefix: "optimizer.")
    arrays.merge(session.memory, prefix: "session.")
    arrays.merge(history.save(), prefix: "history.")
    return arrays
  }

  private func restore<Method: Optimizer>(
    _ arrays: NamedArrays, _ optimizer: Method, _ bounds: Bounds, _ session: any ResponseSession,
    _ history: inout History
  ) throws -> (Method.State, Double?, Best?, StopReason?) {
    guard arrays[text: "optimizer"] == optimizer.name else {
      throw ForeignCheckpoint(
        description: "the checkpoint was written by optimizer '\(arrays[text: "optimizer"] ?? "none")', "
          + "the scene asks for '\(optimizer.name)'")
    }
    guard history.restore(arrays.withPrefix("history.")),
      let state = optimizer.restore(arrays.withPrefix("optimizer."), within: bounds, layout: problem.layout)
    else { throw ForeignCheckpoint(description: "the checkpoint belongs to a problem of another size") }
    session.restore(arrays.withPrefix("session."))
    var best: Best?
    if let design = arrays[vector: "best.design"], let values = arrays[real: "best.values"] {
      guard design.count == problem.start.count, values.count == problem.responses.names.count,
        let iteration = arrays[integer: "best.iteration"]?.first, (1...history.rows.count).contains(Int(iteration))
      else {
        throw ForeignCheckpoint(description: "the checkpoint belongs to a problem of another size")
      }
      best = Best(design: design, values: values, iteration: Int(iteration), result: nil)
    }
    let reason: StopReason? =
      switch arrays[text: "reason"] {
      case StopReason.change.status: .change
      case StopReason.optimality.status: .optimality
      case StopReason.iterations.status: .iterations
      case .some: .methodStopped(arrays[text: "reason.why"] ?? "")
      case nil: nil
      }
    return (state, arrays[real: "scale"]?.first, best, reason)
  }
}
