import InverseDesign

/// A method that is another program, in any language: ask and tell as JSON lines on its standard input and output.
///
/// The program is told the problem once,
/// `{"start": {"size", "start", "lower", "upper", "constraints", "history"}}`, and then answers every line with what to
/// evaluate, `{"ask": [[...], ...], "gradients": true}`, or with `{"stop": "why"}`. It is told what came out, in order:
/// `{"tell": [{"objective", "constraints", "gradient", "constraint-gradients"} or {"failure": "why"}]}`. The objective is
/// to be minimized and relative to its first value, constraints are satisfied at most at 0.
///
/// A program that dies is started again and gets all evaluations so far as its history, as it does when a run is resumed;
/// what it makes of them is its own affair, so that a resumed run need not have the same bits.
struct ExternalOptimizer: Optimizer {
  struct Options: Sendable, Equatable {
    var command: [String]
    /// How often in a run a dead program is started again.
    var restarts = 1
    /// Seconds that the program may take for an answer.
    var timeLimit = 600.0
    var feasibility = 1e-3
  }

  /// One design and what came out, without gradients.
  struct Entry: Sendable, Equatable {
    var design: DenseVector
    /// Objective, then constraints; empty where the solve failed.
    var values: [Double]
  }

  struct State: Sendable {
    var bounds: Bounds
    var start: DenseVector
    var asked: [Request]
    var history: [Entry]
    var best: Int?
    var restarts = 0
    /// The program, once it runs; of no importance to a checkpoint.
    var child = Child()
  }

  /// The optimizer's loop has one thread at a time.
  final class Child: @unchecked Sendable {
    var process: LineProcess?
  }

  let options: Options
  var name: String { "external" }

  /// The start of the scene is evaluated before the program is asked.
  func start(at design: DenseVector, within bounds: Bounds, layout: [Block]) -> State {
    State(bounds: bounds, start: design, asked: [Request(design)], history: [], best: nil)
  }

  func propose(_ state: State) -> [Request] { state.asked }

  func update(_ state: inout State, with evaluations: [Result<Evaluation, SolveFailure>]) throws(SolveFailure)
    -> Progress
  {
    let former = state.best.map { state.history[$0].design }
    let asked = state.asked
    for (request, evaluation) in zip(asked, evaluations) {
      var values: [Double] = []
      if case .success(let evaluation) = evaluation { values = [evaluation.objective] + evaluation.constraints }
      state.history.append(Entry(design: request.design, values: values))
      if !values.isEmpty, isBetter(state.history.count - 1, than: state.best, state.history) {
        state.best = state.history.count - 1
      }
    }
    let best = state.best.map { state.history[$0].design }
    let improved = best != nil && best != former
    let change = zip(best?.elements ?? [], former?.elements ?? []).reduce(0) { max($0, abs($1.0 - $1.1)) }
    let answer = try tell(&state, evaluations)
    switch answer {
    case .ask(let requests):
      state.asked = requests
      // What an improvement changes is no measure of how near the end is: the program says when to stop.
      return Progress(accepted: improved, change: improved ? max(change, .leastNormalMagnitude) : change)
    case .stop(let why): return Progress(accepted: improved, change: change, stopped: why)
    }
  }

  func design(of state: State) -> DenseVector { state.best.map { state.history[$0].design } ?? state.start }

  private func isBetter(_ index: Int, than best: Int?, _ history: [Entry]) -> Bool {
    guard let best else { return true }
    func merit(_ entry: Entry) -> (Double, Double) {
      let violation = entry.values.dropFirst().max() ?? 0
      return (violation <= options.feasibility ? 0 : violation, entry.values[0])
    }
    return merit(history[index]) < merit(history[best])
  }

  // MARK: - The conversation

  private enum Answer {
    case ask([Request])
    case stop(String)
  }

  private func tell(_ state: inout State, _ evaluations: [Result<Evaluation, SolveFailure>]) throws(SolveFailure)
    -> Answer
  {
    var attempts: [String] = []
    while true {
      do {
        let process: LineProcess
        let message: JSONValue
        if let running = state.child.process {
          process = running
          message = ExternalMessages.tell(evaluations)
        } else {
          process = try LineProcess(options.command)
          state.child.process = process
          message = ExternalMessages.start(state, last: evaluations)
        }
        try process.write(JSONWriter.bytes(message))
        let line = try process.read(timeLimit: options.timeLimit) { CancellationFlag.isRaised }
        return try answer(line, state)
      } catch let fault as LineProcess.Fault {
        state.child.process = nil
        if case .cancelled = fault { throw SolveFailure(.cancelled, "the run was ended") }
        attempts.append(fault.description)
        guard case .ended = fault, state.restarts < options.restarts else {
          throw SolveFailure(
            .stalled, "the external optimizer `\(options.command.joined(separator: " "))` failed: \(fault)",
            attempts: Array(attempts.dropLast()))
        }
        state.restarts += 1
      } catch let failure as SolveFailure {
        throw failure
      } catch {
        throw SolveFailure(.stalled, "the external optimizer: \(error)")
      }
    }
  }

  private func answer(_ line: [UInt8], _ state: State) throws(SolveFailure) -> Answer {
    func refuse(_ problem: String) -> SolveFailure {
      SolveFailure(
        .unsupported,
        "the external optimizer wrote \"\(String(decoding: line.prefix(200), as: UTF8.self))\": \(problem)")
    }
    let json: JSONValue
    do {
      json = try JSONReader.read(line)
    } catch {
      throw refuse("\(error)")
    }
    if let stop = json["stop"] { return .stop(stop.text ?? "the external optimizer stopped") }
    guard let points = json["ask"]?.items, !points.isEmpty else {
      throw refuse("expected {\"ask\": [[...], ...]} or {\"stop\": \"why\"}")
    }
    let needsGradients: Bool
    switch json["gradients"] {
    case .bool(let wanted)?: needsGradients = wanted
    case nil: needsGradients = true
    default: throw refuse("`gradients` is not true or false")
    }
    var requests: [Request] = []
    for point in points {
      guard let numbers = point.numbers, numbers.count == state.bounds.count else {
        throw refuse("a design is not an array of \(state.bounds.count) numbers")
      }
      requests.append(Request(state.bounds.project(DenseVector(numbers)), needsGradients: needsGradients))
    }
    return .ask(requests)
  }
}
