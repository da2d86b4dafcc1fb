import DesignSamplers

/// What a scene's optimizer finds for random variants of the scene.
struct OptimizedVariants: DesignFamily {
  let conditions: [DesignCondition]
  let count: Int
  private let seed: UInt64
  private let file: SceneFile
  private let paths: [Located<String>]
  /// For each condition, the places of numbers that move along with it, and how far each is from it.
  private let along: [[(path: String, distance: Double)]]

  var shardSize: Int { 16 }
  var isCheap: Bool { false }

  /// - Throws: `SceneErrors` where a path leads to no number of the scene, or a range to scenes that cannot be.
  init(_ file: SceneFile, _ data: Scene.OptimizedData) throws {
    self.file = file
    seed = UInt64(data.seed)
    count = data.count
    paths = data.vary.map(\.value.path)
    conditions = data.vary.map {
      DesignCondition(
        name: $0.value.path.value, range: $0.value.between, along: $0.value.along.map(\.value))
    }
    var diagnostics = DiagnosticList()
    func number(at path: Located<String>) throws -> Double? {
      if let number = try Self.number(at: path.value, in: file) { return number }
      diagnostics.add(
        path.error(
          "the scene has no number at `\(path.value)`",
          remedy: "write the number into the scene; items of lists are counted from 0"))
      return nil
    }
    var along: [[(path: String, distance: Double)]] = []
    for (variation, condition) in zip(data.vary, conditions) {
      let path = variation.value.path
      guard let base = try number(at: path) else { continue }
      let moved = try variation.value.along.compactMap { other in
        try number(at: other).map { (path: other.value, distance: $0 - base) }
      }
      along.append(moved)
      for end in [condition.range.lowerBound, condition.range.upperBound] {
        do {
          _ = try SceneFile.parse(
            file.resolvedText, name: file.path, overrides: Self.overrides(path.value, end, moved))
        } catch {
          let why = error.diagnostics.first.map(\.message) ?? "\(error)"
          diagnostics.add(path.error("the scene cannot have \(end) at `\(path.value)`: \(why)"))
        }
      }
    }
    self.along = along
    try diagnostics.throwIfAny()
  }

  /// A value at a place, and with it what moves along.
  private static func overrides(
    _ path: String, _ value: Double, _ along: [(path: String, distance: Double)]
  ) -> [String] {
    ["\(path)=\(value)"] + along.map { "\($0.path)=\(value + $0.distance)" }
  }

  /// What the scene itself asks for, one number for each condition.
  ///
  /// - Parameter beyond: What becomes of values outside of what was learned.
  /// - Throws: `SceneErrors` where such values are refused.
  func asked(beyond: Scene.BeyondRange = .refused) throws -> [Double] {
    var diagnostics = DiagnosticList()
    var values: [Double] = []
    for (path, condition) in zip(paths, conditions) {
      let value = try Self.number(at: path.value, in: file) ?? .nan
      if beyond == .refused, !condition.range.contains(value) {
        diagnostics.add(
          path.error(
            "`\(path.value)` is outside of what the sampler learns",
            found: NumberFormat.significant(value, digits: 6),
            expected: "\(NumberFormat.significant(condition.range.lowerBound, digits: 6)) to "
              + NumberFormat.significant(condition.range.upperBound, digits: 6),
            remedy: "change the scene, widen the range and train again, or allow it by `beyond-range: nearest`"))
      }
      values.append(
        beyond == .nearest ? min(max(value, condition.range.lowerBound), condition.range.upperBound) : value)
    }
    try diagnostics.throwIfAny()
    return values
  }

  func values(of index: Int) -> [Double] {
    var generator = SeededGenerator(seed: seed, generation: index)
    return conditions.map {
      $0.range.lowerBound + ($0.range.upperBound - $0.range.lowerBound) * generator.uniform()
    }
  }

  /// The scene of a member.
  func variant(_ index: Int) throws -> SceneFile { try variant(of: values(of: index)) }

  /// The scene with given values, one for each condition.
  func variant(of values: [Double]) throws -> SceneFile {
    try SceneFile.parse(file.resolvedText, name: file.path, overrides: overrides(values))
  }

  /// What is written over the scene for a member.
  func overrides(of index: Int) -> [String] { overrides(values(of: index)) }

  private func overrides(_ values: [Double]) -> [String] {
    paths.indices.flatMap { Self.overrides(paths[$0].value, values[$0], along[$0]) }
  }

  func member(_ index: Int) throws(SolveFailure) -> FamilyMember {
    do {
      let variant = try variant(index)
      let scene = try RunnableScene.build(variant).optimizable(variant)
      let outcome = try scene.optimized()
      guard scene.problem.nearlyKeepsConstraints(outcome.values) else {
        throw SolveFailure(.stalled, "the optimizer found nothing that keeps the constraints")
      }
      return FamilyMember(
        design: outcome.design, conditions: values(of: index),
        objective: scene.problem.objectiveValue(outcome.values))
    } catch let failure as SolveFailure {
      throw failure
    } catch {
      throw SolveFailure(.unsupported, "\(error)")
    }
  }

  /// The number at a path of the resolved scene, in SI units.
  private static func number(at path: String, in file: SceneFile) throws -> Double? {
    let text = try SceneText(bytes: Array(file.resolvedText.utf8), source: file.path)
    guard var node = try YAMLReading.read(text.text, source: file.path).node else { return nil }
    for step in path.split(separator: ".").map(String.init) {
      if case .list(let items) = node.content {
        guard let index = Int(step), items.indices.contains(index) else { return nil }
        node = items[index]
      } else {
        guard let below = node[step] else { return nil }
        node = below
      }
    }
    guard case .scalar(let number, _) = node.content else { return nil }
    return (try? Quantity.parse(number))?.value
  }
}
