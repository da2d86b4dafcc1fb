/// A trained denoiser in one file: the network, the scale of its designs, and what it was made for.
///
/// The file is of the `safetensors` format with numbers of half precision: half the size, and what rounding does to a
/// design is far below what sampling does.
public struct SamplerWeights: Sendable {
  public let parameters: Tensor<Float>
  public let scaling: DesignScaling
  /// What a reader wants to know: the scene, its seed, the minutes that training took.
  public let recipe: [String: String]

  public init(_ parameters: Tensor<Float>, scaling: DesignScaling, recipe: [String: String] = [:]) {
    self.parameters = parameters
    self.scaling = scaling
    self.recipe = recipe
  }

  /// - Parameters:
  ///   - network: Whose parameters these are.
  ///   - space: The designs that it makes, in words; `read` asks for the same ones.
  ///   - path: Of the file; one that is there is replaced.
  public func write(_ network: any DenoisingNetwork, space: String, to path: String) throws(FileFailure) {
    let values =
      parameters.elements + scaling.mean.elements.map { Float($0) } + scaling.deviation.elements.map { Float($0) }
    let layout = Self.layout(network, designCount: scaling.mean.count)
    try NetworkWeights.write(
      Tensor(values, shape: [values.count]), layout, metadata: recipe.merging([Self.spaceKey: space]) { $1 },
      precision: .half, to: path)
  }

  /// - Throws: `FileFailure` where the file is damaged, of another network, or made for designs of another space.
  public static func read(
    _ path: String, _ network: any DenoisingNetwork, space: String, designCount: Int
  ) throws(FileFailure) -> SamplerWeights {
    func malformed(_ words: String) -> FileFailure { FileFailure(.read, path: path, reason: .malformed(words)) }
    let known = try SafetensorsFile.read(path).metadata[spaceKey]
    guard let known else { throw malformed("weights, but not of a sampler of designs") }
    guard known == space else { throw malformed("a sampler of other designs: it makes \(known), expected \(space)") }
    let (values, metadata) = try NetworkWeights.read(path, layout(network, designCount: designCount))
    let all = values.elements, count = network.layout.count
    let scales = all[count...].map { Double($0) }
    let recipe = metadata.filter { $0.key != spaceKey }
    return SamplerWeights(
      Tensor(all[..<count], shape: [count]),
      scaling: DesignScaling(
        mean: DenseVector(Array(scales[..<designCount])), deviation: DenseVector(Array(scales[designCount...]))),
      recipe: recipe)
  }

  private static let spaceKey = "designs"

  /// The network's slots, then mean and deviation of the designs.
  private static func layout(_ network: any DenoisingNetwork, designCount: Int) -> ParameterLayout {
    var layout = network.layout
    _ = layout.slot("designs.mean", [designCount], .constant(0))
    _ = layout.slot("designs.deviation", [designCount], .constant(1))
    return layout
  }
}
