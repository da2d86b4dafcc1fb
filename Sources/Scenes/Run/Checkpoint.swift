import FieldIO
import InverseDesign

/// The checkpoint of a run, tied to the scene it belongs to.
enum Checkpoint {
  static let fileName = "checkpoint"

  static func encode(_ state: NamedArrays, of file: SceneFile) -> [UInt8] {
    var arrays = NamedArrays()
    arrays[text: "scene"] = file.runText
    arrays.merge(state, prefix: "run.")
    return arrays.encoded()
  }

  /// The state in a checkpoint file.
  ///
  /// - Throws: `CommandFailure` with code `usage` for a file that is damaged, foreign, or of another scene.
  static func decode(_ path: String, of file: SceneFile) throws -> NamedArrays {
    let arrays = try read(path)
    guard arrays[text: "scene"] == file.runText else { throw foreign(path, "the checkpoint") }
    return arrays.withPrefix("run.")
  }

  /// Checks a run that was killed before its first checkpoint by the scene it left behind.
  static func checkSameScene(_ path: String, _ file: SceneFile) throws {
    let earlier: SceneFile
    do {
      earlier = try SceneFile.load(path)
    } catch {
      throw CommandFailure(.usage, "\(error)\n\(path): error: cannot be resumed; start anew with --overwrite")
    }
    guard earlier.runText == file.runText else { throw foreign(path, "the run") }
  }

  private static func foreign(_ path: String, _ what: String) -> CommandFailure {
    CommandFailure(
      .usage,
      "\(path): error: \(what) belongs to another scene; resume with the scene it was made from, or start anew with "
        + "--overwrite")
  }

  /// True for a checkpoint from which a resume would go on, or that cannot be read.
  static func isUnfinished(_ path: String) -> Bool {
    guard let arrays = try? read(path) else { return true }
    return arrays[text: "run.reason"] == nil
  }

  /// Whether a folder holds a run of an optimizer that a resume would go on with.
  static func isUnfinishedRun(_ folder: RunDirectory) -> Bool {
    folder.contains(fileName) && (!folder.contains("result.json") || isUnfinished(folder.file(fileName)))
  }

  private static func read(_ path: String) throws -> NamedArrays {
    do {
      return try NamedArrays(decoding: try AtomicFile.read(path))
    } catch let failure as FileFailure {
      throw CommandFailure(.machine, "\(failure)")
    } catch {
      throw CommandFailure(.usage, "\(path): error: \(error); start anew with --overwrite")
    }
  }
}
