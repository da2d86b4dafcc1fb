import FieldIO
import InverseDesign

/// The checkpoint of a run, tied to the scene it belongs to.
enum Checkpoint {
  static let fileName = "checkpoint"

  static func encode(_ state: NamedArrays, of file: SceneFile) -> [UInt8] {
    var arrays = NamedArrays()
    arrays[text: "scene"] = identity(of: file)
    arrays.merge(state, prefix: "run.")
    return arrays.encoded()
  }

  /// The state in a checkpoint file.
  ///
  /// - Throws: `CommandFailure` with code `usage` for a file that is damaged, foreign, or of another scene.
  static func decode(_ path: String, of file: SceneFile) throws -> NamedArrays {
    let arrays = try read(path)
    guard arrays[text: "scene"] == identity(of: file) else {
      throw CommandFailure(
        .usage,
        "\(path): error: the checkpoint belongs to another scene; resume with the scene it was made from, or start anew "
          + "with --overwrite")
    }
    return arrays.withPrefix("run.")
  }

  /// True for a checkpoint from which a resume would go on, or that cannot be read.
  static func isUnfinished(_ path: String) -> Bool {
    guard let arrays = try? read(path) else { return true }
    return arrays[text: "run.reason"] == nil
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

  /// What the run depends on: the scene without its title and without what only says when to stop or how many threads
  /// work, so that a run can be resumed with a higher limit.
  private static func identity(of file: SceneFile) -> String {
    file.resolvedText.split(separator: "\n", omittingEmptySubsequences: true)
      .filter { line in !["threads:", "title:", "description:"].contains { line.hasPrefix($0) } }
      .map { withoutIterationLimit(String($0)) }
      .joined(separator: "\n")
  }

  /// The line without the number after a key `iterations`; `maximum-iterations` of a solver stays.
  private static func withoutIterationLimit(_ line: String) -> String {
    let key = "iterations: "
    var result = ""
    var rest = Substring(line)
    while let found = rest.firstRange(of: key) {
      let isWholeKey = (rest[..<found.lowerBound].last ?? result.last) != "-"
      result += rest[..<found.upperBound]
      rest = rest[found.upperBound...]
      if isWholeKey { rest = rest.drop(while: \.isNumber) }
    }
    return result + rest
  }
}
