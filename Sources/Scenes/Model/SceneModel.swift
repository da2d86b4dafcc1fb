import InverseDesign
import Synchronization

/// A loaded scene as a function with derivatives: the one contract behind every door to other programs.
///
/// The input is the design, one vector whose parts `designBlocks` names, shapes and gives units; the outputs are rows
/// (objective, constraints) and named parts of the state. Any number of threads may call at once: each call works in a
/// session of its own, taken from a pool. The same input gives the same bits whatever was asked before.
public final class SceneModel: Sendable {
  /// The scene file's name without folder and ending.
  public let name: String
  public let title: String
  /// The parts of the design, one after the other.
  public let designBlocks: [Block]
  public let bounds: Bounds
  public let start: DenseVector
  /// The numbers that every evaluation returns.
  public let rows: [SceneRow]
  /// The named parts of physical field and state.
  public let stateOutputs: [StateOutput]
  public let file: SceneFile
  public let scene: OptimizableScene
  /// The iteration of a run whose continuation holds; schedules change what a design means in the course of a run.
  public let iteration: Int

  let sessions: SessionPool

  /// - Throws: `SceneErrors` with every mistake of the scene.
  public convenience init(path: String, overrides: [String] = [], iteration: Int = 1) throws {
    try self.init(try SceneFile.load(path, overrides: overrides), iteration: iteration)
  }

  /// - Throws: `SceneErrors` with every mistake of the scene; also where it has no design or no objective.
  public init(_ file: SceneFile, iteration: Int = 1) throws {
    let scene = try RunnableScene.build(file).optimizable(file)
    self.file = file
    self.scene = scene
    self.iteration = iteration
    name = Self.stem(of: file.path)
    title = scene.title
    designBlocks = scene.problem.parameterLayout
    bounds = scene.problem.bounds
    start = scene.problem.bounds.project(scene.problem.start)
    rows = Self.makeRows(scene.problem)
    stateOutputs = Self.makeStateOutputs(scene, rows: rows)
    sessions = SessionPool(scene.problem.responses, iteration: iteration)
  }

  public var designCount: Int { start.count }
  public var problem: DesignProblem { scene.problem }

  /// The entries of all state outputs.
  public var stateOutputCount: Int { stateOutputs.reduce(0) { $0 + $1.block.count } }

  static func stem(of path: String) -> String {
    let name = path.split(separator: "/").last.map(String.init) ?? "scene"
    for ending in [".yaml", ".yml"] where name.hasSuffix(ending) && name.count > ending.count {
      return String(name.dropLast(ending.count))
    }
    return name
  }

  // MARK: - Inputs

  /// The design, moved onto its bounds where rounding left it just outside.
  ///
  /// - Throws: `SceneFault.invalidInput`.
  public func checked(_ design: DenseVector) throws(SceneFault) -> DenseVector {
    try check(design, count: designCount, "the design")
    for i in design.indices {
      let slack = 1e-12 * max(1, abs(design[i]))
      guard design[i] >= bounds.lower[i] - slack, design[i] <= bounds.upper[i] + slack else {
        throw .invalidInput(
          "entry \(i) of the design is outside its bounds: found \(design[i]), expected \(bounds.lower[i]) to "
            + "\(bounds.upper[i])")
      }
    }
    return bounds.project(design)
  }

  func check(_ vector: DenseVector, count: Int, _ what: String) throws(SceneFault) {
    guard vector.count == count else {
      throw .invalidInput("\(what) has \(vector.count) entries, expected \(count)")
    }
    if vector.isFinite { return }
    let index = vector.elements.firstIndex { !$0.isFinite } ?? 0
    throw .invalidInput("entry \(index) of \(what) is not a finite number")
  }
}
