import FieldIO

extension LearnedFactor {
  private static let kind = "incomplete-factor"

  /// Writes the weights with what they were trained for.
  /// - Parameters:
  ///   - path: Of the `.safetensors` file.
  ///   - recipe: Scene, seed, steps, seconds: what a reader wants to know.
  public func write(to path: String, recipe: [String: String]) throws(FileFailure) {
    var metadata = recipe
    metadata["kind"] = Self.kind
    metadata["dimension"] = "\(dimension)"
    metadata["components"] = "1"
    try NetworkWeights.write(parameters, network.layout, metadata: metadata, to: path)
  }

  /// - Throws: `FileFailure` where the file is no weights, is damaged, is of another network, or was trained for another
  ///   dimension or more unknowns a node.
  public static func read(_ path: String, dimension: Int, components: Int) throws(FileFailure) -> LearnedFactor {
    let (parameters, metadata) = try NetworkWeights.read(path, layout)
    try PreconditionerWeights.check(metadata, path, kind: kind, dimension: dimension, components: components)
    return LearnedFactor(parameters, dimension: dimension)
  }
}
