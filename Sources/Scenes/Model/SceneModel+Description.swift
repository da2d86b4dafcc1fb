import InverseDesign

extension SceneModel {
  /// What the model takes and returns, as other programs read it: names, shapes, units, and what is wanted.
  public var description: JSONValue {
    func block(_ block: Block) -> [JSONValue.Member] {
      [
        .init("name", .string(block.name)), .init("shape", .array(block.shape.map { .whole($0) })),
        .init("unit", .string(block.unit)),
      ]
    }
    let sense: String
    switch problem.objective {
    case .row(_, let given): sense = given.rawValue
    case .worstOf: sense = "minimize"
    }
    return .object([
      .init("name", .string(name)), .init("title", .string(title)),
      .init("design", .array(designBlocks.map { .object(block($0)) })),
      .init(
        "objective", .object([.init("name", .string(problem.objectiveName)), .init("sense", .string(sense))])),
      .init(
        "rows",
        .array(
          rows.map { row in
            .object([
              .init("name", .string(row.name)), .init("objective", .bool(row.isObjective)),
              .init(
                "bounds",
                .array(
                  row.bounds.map { bound in
                    switch bound {
                    case .atMost(let value): .object([.init("at-most", .number(value))])
                    case .atLeast(let value): .object([.init("at-least", .number(value))])
                    case .equal(let value): .object([.init("equals", .number(value))])
                    }
                  })),
            ])
          })),
      .init("state", .array(stateOutputs.map { .object(block($0.block)) })),
      .init("solver", .string(scene.solver.name)), .init("version", .string(Version.backsolve)),
    ])
  }

  public var descriptionJSON: String { JSONWriter.text(description) }
}
