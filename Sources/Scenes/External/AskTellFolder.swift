import FieldIO
import InverseDesign

/// A folder that holds an optimization between its questions: for people with a job system of their own.
///
/// `ask` prints what to evaluate, `tell` takes what came out, `evaluate` is the job between the two. All speak JSON.
public struct AskTellFolder {
  static let stateFile = "ask-tell"

  private let folder: RunDirectory
  private let model: SceneModel
  private let loop: AskTell

  /// Opens a folder, or makes it for a scene.
  ///
  /// - Throws: `CommandFailure` where there is no scene to begin with, or the folder belongs to another one.
  public init(_ path: String, scene file: SceneFile?) throws {
    if file == nil, !RunDirectory.exists(path + "/" + Self.stateFile) {
      throw CommandFailure(
        .usage, "\(path): error: holds no questions; name a scene to begin with, as in `backsolve ask \(path) SCENE`")
    }
    folder = try RunDirectory(path)
    let isBegun = folder.contains(Self.stateFile)
    let known = isBegun ? try SceneFile.load(folder.file("scene.yaml")) : nil
    if let known, let file, known.runText != file.runText {
      throw CommandFailure(.usage, "\(path): error: holds the questions of another scene; choose another folder")
    }
    guard let scene = known ?? file else { throw CommandFailure(.usage, "\(path): error: holds no scene") }
    model = try SceneModel(scene)
    if case .external = scene.scene.optimizer.value {
      throw CommandFailure(.usage, "\(scene.path): error: `external` is asked already; choose another optimizer")
    }
    loop = AskTell(
      problem: model.problem, optimizer: model.scene.optimizer, stopping: model.scene.stopping,
      scaling: model.scene.scaling)
    if !isBegun {
      try folder.write(scene.resolvedText, to: "scene.yaml")
      try folder.write(loop.begin().encoded(), to: Self.stateFile)
    }
  }

  private func state() throws -> NamedArrays {
    do {
      return try NamedArrays(decoding: try AtomicFile.read(folder.file(Self.stateFile)))
    } catch {
      throw CommandFailure(.usage, "\(folder.file(Self.stateFile)): error: cannot be read: \(error)")
    }
  }

  /// `{"iteration", "ask": [[...], ...], "gradients"}`, or `{"stop", "objective", "rows", "design"}`.
  public func ask() throws -> JSONValue {
    let state = try state()
    let question: AskTell.Question
    do {
      question = try loop.question(state)
    } catch let foreign as AskTell.ForeignState {
      throw CommandFailure(.usage, "\(folder.path): error: \(foreign)")
    }
    if let stopped = question.stopped {
      var members: [JSONValue.Member] = [
        .init("stop", .string(stopped)), .init("iterations", .whole(question.iteration)),
      ]
      if let design = state[vector: "best.design"], let values = state[real: "best.values"] {
        members += [
          .init("objective", .number(model.problem.objectiveValue(values))), .init("rows", named(values)),
          .init("design", .numbers(design.elements)),
        ]
      }
      return .object(members)
    }
    return [
      "iteration": .whole(question.iteration), "ask": .array(question.designs.map { .numbers($0.elements) }),
      "gradients": .bool(question.needsGradients),
    ]
  }

  private func named(_ values: [Double]) -> JSONValue {
    .object(zip(model.rows, values).map { .init($0.name, .number($1)) })
  }

  /// Takes `{"iteration", "tell": [{"rows": {name: value}, "gradients": {name: [...]}} or {"failure": "why"}]}`.
  public func tell(_ answer: JSONValue) throws {
    func refuse(_ problem: String) -> CommandFailure { CommandFailure(.usage, "error: the answer \(problem)") }
    let state = try state()
    let question = try loop.question(state)
    if let stopped = question.stopped { throw refuse("comes too late: \(stopped)") }
    guard answer["iteration"]?.integer == question.iteration else {
      throw refuse("is not to question \(question.iteration); its `iteration` must be that of the question")
    }
    guard let items = answer["tell"]?.items, items.count == question.designs.count else {
      throw refuse("has no `tell` of \(question.designs.count) entries, one for each design asked for")
    }
    let wanted = question.needsGradients ? model.problem.rowsToDifferentiate : []
    let results = try items.map { item -> Result<ResponseValues, SolveFailure> in
      if let failure = item["failure"] {
        return .failure(SolveFailure(.stalled, failure.text ?? "the evaluation failed"))
      }
      var values = ResponseValues(values: [])
      for (index, row) in model.rows.enumerated() {
        guard let value = item["rows"]?[row.name]?.number else { throw refuse("lacks the row \(row.name)") }
        values.values.append(value)
        guard wanted.contains(index) else { continue }
        guard let gradient = item["gradients"]?[row.name]?.numbers, gradient.count == model.designCount else {
          throw refuse("lacks the gradient of \(row.name), \(model.designCount) numbers")
        }
        values.gradients[index] = DenseVector(gradient)
      }
      return .success(values)
    }
    let next = try loop.tell(state, results)
    let values = next[real: "best.values"] ?? []
    let line = [
      "\(question.iteration)", "\(values.isEmpty ? .nan : model.problem.objectiveValue(values))",
      "\(values.isEmpty ? .nan : model.problem.worstViolation(values))",
    ].joined(separator: ",")
    if question.iteration == 1 { try folder.write("iteration,best_objective,best_violation\n", to: "progress.csv") }
    try folder.append(line, to: "progress.csv")
    // Last: a crash before it leaves the question unanswered.
    try folder.write(next.encoded(), to: Self.stateFile)
  }

  /// The job between the two: the answer to a question, by this scene's own simulator.
  public static func evaluate(_ question: JSONValue, model: SceneModel) throws -> JSONValue {
    guard let designs = question["ask"]?.items, let iteration = question["iteration"] else {
      throw CommandFailure(.usage, "error: the question has no `ask` and `iteration`; has the run stopped?")
    }
    let needsGradients = question["gradients"] == true
    let answers = try designs.map { design -> JSONValue in
      do {
        let linearization = try model.linearize(DenseVector(design.numbers ?? []))
        var members: [JSONValue.Member] = [
          .init(
            "rows",
            .object(zip(model.rows, linearization.evaluation.rows).map { .init($0.name, .number($1)) }))
        ]
        if needsGradients {
          let gradients = try model.problem.rowsToDifferentiate.sorted().map { row -> JSONValue.Member in
            let weights = model.rows.indices.map { $0 == row ? 1.0 : 0 }
            return .init(
              model.rows[row].name, .numbers(try linearization.pullback(ResponseSeed(rows: weights)).elements))
          }
          members.append(.init("gradients", .object(gradients)))
        }
        return .object(members)
      } catch SceneFault.failed(let failure) {
        return ["failure": .string(failure.description)]
      } catch SceneFault.invalidInput(let message) {
        throw CommandFailure(.usage, "error: \(message)")
      }
    }
    return ["iteration": iteration, "tell": .array(answers)]
  }
}
