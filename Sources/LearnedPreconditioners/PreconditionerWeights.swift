import FieldIO

/// What the files of learned preconditioners say of themselves.
enum PreconditionerWeights {
  /// - Throws: `FileFailure` where the weights are of another kind, or for another problem.
  static func check(
    _ metadata: [String: String], _ path: String, kind: String, dimension: Int, components: Int
  ) throws(FileFailure) {
    func malformed(_ words: String) -> FileFailure { FileFailure(.read, path: path, reason: .malformed(words)) }
    guard metadata["kind"] == kind else {
      throw malformed("weights of kind '\(metadata["kind"] ?? "?")', expected '\(kind)'")
    }
    let found = (metadata["dimension"] ?? "?", metadata["components"] ?? "?")
    guard found == ("\(dimension)", "\(components)") else {
      throw malformed(
        "weights for \(found.0)D domains with \(found.1) unknowns a node; here the domain is \(dimension)D with "
          + "\(components)")
    }
  }
}
