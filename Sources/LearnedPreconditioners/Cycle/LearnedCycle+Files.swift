import FieldIO

extension LearnedCycle {
  private static let kind = "multigrid-cycle"

  /// Writes the weights with what they were trained for.
  /// - Parameters:
  ///   - path: Of the `.safetensors` file.
  ///   - dimension: Of the grids.
  ///   - components: Unknowns a node: 1 for diffusion.
  ///   - recipe: Scene, seed, steps, seconds: what a reader wants to know.
  public func write(to path: String, dimension: Int, components: Int, recipe: [String: String]) throws(FileFailure) {
    var metadata = recipe
    metadata["kind"] = Self.kind
    metadata["dimension"] = "\(dimension)"
    metadata["components"] = "\(components)"
    try NetworkWeights.write(parameters, network.layout, metadata: metadata, to: path)
  }

  /// - Throws: `FileFailure` where the file is no weights, is damaged, is of another network, or was trained for grids of
  ///   another dimension or another physics.
  public static func read(_ path: String, dimension: Int, components: Int) throws(FileFailure) -> LearnedCycle {
    let network = Network()
    let (parameters, metadata) = try NetworkWeights.read(path, network.layout)
    try PreconditionerWeights.check(metadata, path, kind: kind, dimension: dimension, components: components)
    return LearnedCycle(parameters, network: network)
  }
}
