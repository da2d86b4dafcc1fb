import InverseDesign

/// One number that a model of a scene returns, and what the scene wants of it.
public struct SceneRow: Sendable, Equatable {
  /// Unique among the outputs of the model.
  public var name: String
  /// The objective, or one of those of which the worst is.
  public var isObjective: Bool
  /// Its bounds, in the order of the scene; none for a row that is only reported.
  public var bounds: [DesignProblem.Constraint.Bound]
}

/// A part of what a simulator computes, by name: displacement, temperature, the positions of particles.
public struct StateOutput: Sendable, Equatable {
  public enum Place: Sendable { case field, state }
  /// Its name is unique among the outputs of the model.
  public var block: Block
  public var place: Place
  /// Where it lies in field or state.
  public var range: Range<Int>
}

extension SceneModel {
  static func makeRows(_ problem: DesignProblem) -> [SceneRow] {
    let objectives: Set<Int> =
      switch problem.objective {
      case .row(let row, _): [row]
      case .worstOf(let rows): Set(rows)
      }
    var names = UniqueNames()
    return problem.responses.names.enumerated().map { index, name in
      SceneRow(
        name: names.unique(name), isObjective: objectives.contains(index),
        bounds: problem.constraints.filter { $0.row == index }.map(\.bound))
    }
  }

  static func makeStateOutputs(_ scene: OptimizableScene, rows: [SceneRow]) -> [StateOutput] {
    var names = UniqueNames(taken: rows.map(\.name))
    var outputs: [StateOutput] = []
    func add(_ block: Block, _ place: StateOutput.Place, from start: Int) {
      var block = block
      block.name = names.unique(names.contains(block.name) ? "state." + block.name : block.name)
      outputs.append(StateOutput(block: block, place: place, range: start..<start + block.count))
    }
    if let field = scene.fieldBlock { add(field, .field, from: 0) }
    var start = 0
    for block in scene.problem.responses.stateBlocks {
      add(block, .state, from: start)
      start += block.count
    }
    return outputs
  }
}

/// Gives a name that comes again a number.
public struct UniqueNames {
  private var taken: Set<String>
  public init(taken: [String] = []) { self.taken = Set(taken) }

  public func contains(_ name: String) -> Bool { taken.contains(name) }

  public mutating func unique(_ name: String) -> String {
    var candidate = name
    var number = 2
    while !taken.insert(candidate).inserted {
      candidate = "\(name).\(number)"
      number += 1
    }
    return candidate
  }
}
