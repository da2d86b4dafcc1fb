import InverseDesign

/// What an external optimizer is told.
enum ExternalMessages {
  /// The problem and everything evaluated so far; of the last evaluations with gradients.
  static func start(_ state: ExternalOptimizer.State, last: [Result<Evaluation, SolveFailure>]) -> JSONValue {
    let earlier = state.history.dropLast(last.count).map { entry -> JSONValue in
      guard let objective = entry.values.first else {
        return ["design": .numbers(entry.design.elements), "failure": "the solve failed"]
      }
      return [
        "design": .numbers(entry.design.elements), "objective": .number(objective),
        "constraints": .numbers(Array(entry.values.dropFirst())),
      ]
    }
    let latest = zip(state.history.suffix(last.count), last).map { entry, evaluation -> JSONValue in
      .object([.init("design", .numbers(entry.design.elements))] + (told(evaluation).members ?? []))
    }
    let constraints = state.history.first { !$0.values.isEmpty }.map { $0.values.count - 1 } ?? 0
    return [
      "start": [
        "size": .whole(state.start.count), "start": .numbers(state.start.elements),
        "lower": bounds(state.bounds.lower), "upper": bounds(state.bounds.upper), "constraints": .whole(constraints),
        "history": .array(earlier + latest),
      ]
    ]
  }

  static func tell(_ evaluations: [Result<Evaluation, SolveFailure>]) -> JSONValue {
    ["tell": .array(evaluations.map(told))]
  }

  private static func told(_ evaluation: Result<Evaluation, SolveFailure>) -> JSONValue {
    switch evaluation {
    case .failure(let failure): return ["failure": .string(failure.description)]
    case .success(let evaluation):
      var members: [JSONValue.Member] = [
        .init("objective", .number(evaluation.objective)), .init("constraints", .numbers(evaluation.constraints)),
      ]
      if !evaluation.objectiveGradient.isEmpty {
        members += [
          .init("gradient", .numbers(evaluation.objectiveGradient.elements)),
          .init("constraint-gradients", .array(evaluation.constraintGradients.map { .numbers($0.elements) })),
        ]
      }
      return .object(members)
    }
  }

  /// JSON has no infinity: null where there is no bound.
  private static func bounds(_ vector: DenseVector) -> JSONValue {
    vector.isFinite ? .numbers(vector.elements) : .array(vector.elements.map { $0.isFinite ? .number($0) : .null })
  }
}
