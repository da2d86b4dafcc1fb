/// An optimization whose evaluations happen elsewhere: in another process, on another day. Between two calls everything is
/// in named arrays, which a file can hold.
public struct AskTell: Sendable {
  public let problem: DesignProblem
  public let optimizer: any Optimizer
  public let stopping: StoppingCriteria
  public let scaling: DesignLoop.ObjectiveScaling

  public init(
    problem: DesignProblem, optimizer: any Optimizer, stopping: StoppingCriteria,
    scaling: DesignLoop.ObjectiveScaling
  ) {
    self.problem = problem
    self.optimizer = optimizer
    self.stopping = stopping
    self.scaling = scaling
  }

  /// What to evaluate next.
  public struct Question: Sendable {
    /// Counted from 1.
    public var iteration: Int
    public var designs: [DenseVector]
    public var needsGradients: Bool
    /// Why there is nothing left to evaluate, if so.
    public var stopped: String?
  }

  /// Arrays that do not belong to this problem and optimizer.
  public struct ForeignState: Error, CustomStringConvertible {
    public let description = "the state belongs to another scene or optimizer"
  }

  public func begin() -> NamedArrays { begin(optimizer) }

  private func begin<Method: Optimizer>(_ optimizer: Method) -> NamedArrays {
    let bounds = problem.optimizerBounds()
    let state = optimizer.start(at: bounds.project(problem.optimizerStart()), within: bounds, layout: problem.layout)
    var arrays = NamedArrays()
    arrays[integer: "iteration"] = [0]
    arrays.merge(optimizer.save(state), prefix: "optimizer.")
    return arrays
  }

  public func question(_ arrays: NamedArrays) throws -> Question { try question(optimizer, arrays) }

  private func question<Method: Optimizer>(_ optimizer: Method, _ arrays: NamedArrays) throws -> Question {
    let state = try restore(optimizer, arrays)
    let iteration = Int(arrays[integer: "iteration"]?.first ?? 0)
    if let stopped = arrays[text: "stopped"] {
      return Question(iteration: iteration, designs: [], needsGradients: false, stopped: stopped)
    }
    let requests = optimizer.propose(state)
    return Question(
      iteration: iteration + 1, designs: requests.map { problem.design(in: $0.design) },
      needsGradients: requests.contains(where: \.needsGradients), stopped: nil)
  }

  /// Takes the rows at the designs asked for, in order, with gradients of `problem.rowsToDifferentiate` where they were
  /// asked for.
  public func tell(_ arrays: NamedArrays, _ results: [Result<ResponseValues, SolveFailure>]) throws -> NamedArrays {
    try tell(optimizer, arrays, results)
  }

  private func tell<Method: Optimizer>(
    _ optimizer: Method, _ arrays: NamedArrays, _ results: [Result<ResponseValues, SolveFailure>]
  ) throws -> NamedArrays {
    var state = try restore(optimizer, arrays)
    var arrays = arrays
    let requests = optimizer.propose(state)
    var scale = arrays[real: "scale"]?.first ?? (scaling == .none && !problem.isBoundForm ? 1.0 : nil)
    var evaluations: [Result<Evaluation, SolveFailure>] = []
    var latest: (design: DenseVector, values: [Double])?
    for (request, result) in zip(requests, results) {
      switch result {
      case .failure(let failure): evaluations.append(.failure(failure))
      case .success(let values):
        if scale == nil {
          let value = abs(problem.objectiveValue(values.values))
          scale = value > 0 && value.isFinite ? 1 / value : 1
        }
        evaluations.append(.success(problem.evaluation(values, at: request.design, scale: scale ?? 1)))
        let design = problem.design(in: request.design)
        if latest == nil || isBetter(values.values, than: latest!.values) { latest = (design, values.values) }
      }
    }
    let progress = try optimizer.update(&state, with: evaluations)
    let iteration = (arrays[integer: "iteration"]?.first ?? 0) + 1
    var next = NamedArrays()
    next[integer: "iteration"] = [iteration]
    if let scale { next[real: "scale"] = [scale] }
    next[vector: "best.design"] = arrays[vector: "best.design"]
    next[real: "best.values"] = arrays[real: "best.values"]
    if let latest, progress.accepted || arrays[vector: "best.design"] == nil {
      next[vector: "best.design"] = latest.design
      next[real: "best.values"] = latest.values
    }
    if let stopped = progress.stopped {
      next[text: "stopped"] = stopped
    } else if Int(iteration) >= stopping.iterations {
      next[text: "stopped"] = "the limit of \(stopping.iterations) iterations is reached"
    } else if let limit = stopping.change, progress.accepted, iteration > 1, progress.change <= limit,
      Int(iteration) > stopping.notBefore,
      latest.map({ problem.worstViolation($0.values) <= stopping.feasibility }) ?? false
    {
      next[text: "stopped"] = "the design changes by no more than \(limit) an iteration"
    }
    next.merge(optimizer.save(state), prefix: "optimizer.")
    arrays = next
    return arrays
  }

  private func isBetter(_ a: [Double], than b: [Double]) -> Bool {
    func merit(_ values: [Double]) -> (Double, Double) {
      let violation = problem.worstViolation(values)
      return (violation > stopping.feasibility ? violation : 0, problem.loss(values))
    }
    return merit(a) < merit(b)
  }

  private func restore<Method: Optimizer>(_ optimizer: Method, _ arrays: NamedArrays) throws -> Method.State {
    let bounds = problem.optimizerBounds()
    guard let state = optimizer.restore(arrays.withPrefix("optimizer."), within: bounds, layout: problem.layout) else {
      throw ForeignState()
    }
    return state
  }
}
