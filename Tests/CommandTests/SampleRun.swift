import Foundation
import Testing

/// A small scene and what a run of it that nothing disturbs gives.
struct SampleRun {
  /// A plane beam with what makes a resume hard: warm starts, a continuation and a method with a memory.
  static let beam = """
    title: A small beam
    domain: { grid: { size: [3 m, 1 m], cells: [24, 8] } }
    physics:
      linear-elasticity:
        material: { youngs-modulus: 1 Pa, poissons-ratio: 0.3 }
        supports: [ { at: { x: 0 }, fix: [x] }, { at: { point: [3, 0] }, fix: [y] } ]
        load-cases: [ { name: tip, forces: [ { at: { point: [0, 1] }, force: [0, -1] } ] } ]
    design:
      density:
        start: 0.5
        filter: { cone: { radius: 1.5 cells } }
        projection: { heaviside: { beta: 1, continuation: { every: 4, maximum: 8 } } }
        interpolation: simp
    objective: { minimize: compliance }
    constraints: [ { volume-fraction: { at-most: 0.5 } } ]
    optimizer: { mma: { iterations: 14 } }
    solver: { multigrid-cg: { tolerance: 1e-6 } }

    """

  let design: [UInt8]
  let variables: [UInt8]
  let history: [String]
  let seconds: Double

  /// The undisturbed run, done once.
  static let reference = Result { try SampleRun(of: beam) }

  init(of scene: String, _ options: [String] = []) throws {
    let folder = try Scratch.makeFolder()
    defer { Scratch.remove(folder) }
    let path = folder + "/scene.yaml"
    try scene.write(toFile: path, atomically: true, encoding: .utf8)
    let start = Date()
    let ending = try CommandRun(["optimize", path, "--output", folder + "/run", "--quiet"] + options).finish()
    let seconds = Date().timeIntervalSince(start)
    try #require(ending.code == 0, "\(ending.errors)")
    self.init(folder: folder + "/run", seconds: seconds)
  }

  init(folder: String, seconds: Double = 0) {
    design = Scratch.bytes(folder + "/design.npy")
    variables = Scratch.bytes(folder + "/design-variables.npy")
    history = Self.withoutTimes(Scratch.text(folder + "/history.csv"))
    self.seconds = seconds
  }

  /// The rows of a history without their last two columns, the times.
  static func withoutTimes(_ csv: String) -> [String] {
    csv.split(separator: "\n").map { $0.split(separator: ",", omittingEmptySubsequences: false).dropLast(2) }
      .map { $0.joined(separator: ",") }
  }

  /// Expects the same bits in designs and history.
  func expectSame(as other: SampleRun, _ what: String) {
    #expect(!design.isEmpty && design == other.design, "\(what): the design differs")
    #expect(!variables.isEmpty && variables == other.variables, "\(what): the design variables differ")
    #expect(history.count > 1 && history == other.history, "\(what): the history differs")
  }
}

/// All tests that start processes, one after the other: they share two processors.
@Suite("The command", .serialized) struct CommandTests {
  /// The long versions are for a release build, or for who asks for them.
  static let isThorough = {
    #if DEBUG
      ProcessInfo.processInfo.environment["BACKSOLVE_THOROUGH"] != nil
    #else
      true
    #endif
  }()

  /// Expects a command to end well.
  func expectDone(_ arguments: String...) throws {
    let ending = try CommandRun(arguments).finish()
    #expect(ending.code == 0, "\(arguments): code \(ending.code) \(ending.errors)")
  }

  /// Runs `body` with a folder that holds the scene as `scene.yaml`.
  func withScene(_ text: String = SampleRun.beam, _ body: (_ folder: String, _ scene: String) throws -> Void) throws {
    try Scratch.withFolder { folder in
      let scene = folder + "/scene.yaml"
      try text.write(toFile: scene, atomically: true, encoding: .utf8)
      try body(folder, scene)
    }
  }
}
