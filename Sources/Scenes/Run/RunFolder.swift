import FieldIO
import Foundation
import InverseDesign

/// Reads a folder that `optimize` wrote.
public enum RunFolder {
  /// The scene of a run, built again.
  static func load(_ directory: String) throws -> (file: SceneFile, scene: BuiltScene) {
    let path = directory + "/scene.yaml"
    guard FileManager.default.fileExists(atPath: path) else {
      throw CommandFailure(.usage, "\(directory): error: holds no run; name a folder that `backsolve optimize` wrote")
    }
    let file = try SceneFile.load(path)
    return (file, try SceneBuilder.build(file))
  }

  /// Writes the pictures and the report of a run again, from its checkpoint.
  public static func rebuildReport(_ directory: String) throws {
    let (file, scene) = try load(directory)
    let folder = try RunDirectory(directory)
    guard folder.contains("result.json") else {
      throw CommandFailure(.usage, "\(directory): error: the run has not ended; go on with `optimize --resume` first")
    }
    let result: RunResult
    do {
      result = try RunResult(json: try AtomicFile.read(folder.file("result.json")))
    } catch {
      throw CommandFailure(.usage, "\(folder.file("result.json")): error: cannot be read: \(error)")
    }
    let checkpoint = try Checkpoint.decode(folder.file(Checkpoint.fileName), of: file)
    let names = scene.problem.responses.names
    var history = History(constraintNames: scene.problem.constraints.map { names[$0.row] })
    guard history.restore(fromCheckpoint: checkpoint) else {
      throw CommandFailure(.usage, "\(folder.file(Checkpoint.fileName)): error: does not fit the scene")
    }
    let cells = scene.domain.domain.cellCount
    let field = try DensityFile.read(folder.file("design.npy"), cells: cells)
    let analysed = try scene.analysis.analyse(field)
    let variables = checkpoint[vector: "best.design"] ?? .zero
    try RunWriter(scene: scene, file: file, folder: folder).writeAll(
      RunWriter.Snapshot(variables: variables, field: field, state: analysed.state, history: history), result)
  }
}
