import DesignSamplers
import FieldIO
import Foundation
import Pictures

/// One `refine`: the optimizer that polishes samples, begun at designs given.
public struct DesignRefinement {
  public struct Result: Codable, Sendable {
    public var title: String
    /// The best first.
    public var polished: [SampleResult.Polished]
    /// Designs from which the optimizer got nowhere, with the reason.
    public var failures: [String]
    public var wallSeconds: Double
    public var cpuSeconds: Double

    public func json() throws -> String {
      String(decoding: try JSONEncoder.forResults.encode(self), as: UTF8.self) + "\n"
    }
  }

  private let file: SceneFile
  private let scene: OptimizableScene
  private let space: any DesignSpace

  /// - Throws: `SceneErrors` with every mistake found.
  public init(_ file: SceneFile) throws {
    let runnable = try RunnableScene.build(file)
    self.file = file
    scene = try runnable.optimizable(file).polisher(file)
    space = try DesignSpaces.space(of: runnable, file)
  }

  /// The designs of a file: one, or one a row.
  ///
  /// - Throws: `CommandFailure` where its numbers are not designs of the scene.
  public func read(_ path: String) throws -> [DenseVector] {
    let array: NPYFile
    do {
      array = try NPYFile(bytes: AtomicFile.read(path), path: path)
    } catch {
      throw CommandFailure(.usage, "error: \(error)")
    }
    let size = space.count
    let isOne = array.values.count == size
    guard isOne || (array.shape.count == 2 && array.shape[1] == size && array.shape[0] > 0) else {
      throw CommandFailure(
        .usage,
        "\(path): error: an array of shape \(array.shape) holds no designs of this scene: expected \(size) numbers, or "
          + "[any, \(size)]")
    }
    guard array.values.allSatisfy(\.isFinite) else {
      throw CommandFailure(.usage, "\(path): error: some of its numbers are not finite")
    }
    return stride(from: 0, to: array.values.count, by: size).map { DenseVector(Array(array.values[$0..<$0 + size])) }
  }

  public func execute(
    _ designs: [DenseVector], into directory: String, progress: (String) -> Void, stops: () -> Bool
  ) throws -> Result {
    let start = ProcessUsage.wallSeconds
    let folder = try RunDirectory(directory)
    try folder.beginAnew()
    try folder.write(file.resolvedText, to: "scene.yaml")
    var outcomes: [DesignPolish.Outcome] = []
    var failures: [String] = []
    for (index, design) in designs.enumerated() {
      if stops() { throw CommandFailure(.interrupted, "interrupted") }
      progress("design \(index + 1) of \(designs.count)")
      do {
        outcomes.append(try DesignPolish(scene, in: space).run(from: design, sample: index))
      } catch {
        failures.append("design \(index): \(error)")
      }
    }
    guard !outcomes.isEmpty else {
      throw SolveFailure(.stalled, "no design could be polished: \(failures.joined(separator: "; "))")
    }
    outcomes.sort { $0.rank < $1.rank }
    try folder.write(
      NPYFile(shape: [outcomes.count, space.count], values: outcomes.flatMap(\.design.elements)).bytes,
      to: "polished.npy")
    let tiles = outcomes.map { ContactSheet.Tile(space.picture($0.design)) }
    try folder.write(ContactSheet(columns: min(6, max(1, tiles.count))).render(tiles).png, to: "polished.png")
    let result = Result(
      title: scene.title, polished: outcomes.map(\.record), failures: failures,
      wallSeconds: ProcessUsage.wallSeconds - start, cpuSeconds: ProcessUsage.cpuSeconds)
    try folder.write(try result.json(), to: "result.json")
    return result
  }
}
