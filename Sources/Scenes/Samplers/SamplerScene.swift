import DesignSamplers

/// A scene with a sampler made ready: the problem, the space of its designs, the family that is learned, the network. Where
/// designs are drawn on a coarser grid, all of these are of that grid, and `finer` is the scene itself.
public struct SamplerScene: Sendable {
  public private(set) var file: SceneFile
  public let scene: OptimizableScene
  /// What polishes designs: the scene with the optimizer of its guidance.
  public let polisher: OptimizableScene
  /// What becomes of samples on the scene's own grid; nil where they are drawn on it.
  public private(set) var finer: FinerDesigns?
  private(set) var declared: Located<Scene.Sampler>
  let guidance: Scene.Guidance
  let space: any DesignSpace
  let family: any DesignFamily
  let network: any DenoisingNetwork
  /// What the network is shown of a problem; nil where it is shown nothing.
  let sketching: ProblemSketch?
  /// The scene on the grid that is drawn on.
  private let drawnFile: SceneFile

  var sampler: Scene.Sampler { declared.value }

  /// Of the weights that the scene names.
  public var weightsPath: String { sampler.weights.path }

  /// - Throws: `SceneErrors` with every mistake found.
  public static func build(_ file: SceneFile) throws -> SamplerScene {
    guard let declared = file.scene.sampler else {
      throw SceneErrors([
        SceneDiagnostic(
          mark: SourceMark(source: file.path, line: 1, column: 1), problem: "the scene has no `sampler`",
          remedy: "add `sampler: ...`")
      ])
    }
    let runnable = try RunnableScene.build(file)
    if let refinement = try FinerDesigns.refinement(declared.value.drawnOn, file) {
      var coarse = try build(FinerDesigns.coarse(file, refinement))
      coarse.finer = try FinerDesigns(runnable, file, refinement)
      (coarse.file, coarse.declared) = (file, declared)
      return coarse
    }
    let scene = try runnable.optimizable(file)
    if scene.problem.isBoundForm {
      let mark = file.scene.objective?.mark ?? declared.mark
      throw SceneErrors([
        SceneDiagnostic(
          mark: mark, problem: "a sampler needs one objective, not the worst of several", remedy: "minimize one")
      ])
    }
    let space = try DesignSpaces.space(of: runnable, file)
    let family = try family(declared.value.data, space, file)
    let network = try network(declared.value.model, space, conditions: family.conditions.count)
    return SamplerScene(
      file: file, scene: scene, polisher: try scene.polisher(file), declared: declared,
      guidance: file.scene.guidance.value, space: space, family: family,
      network: network, sketching: try sketching(declared.value.model.value, file), drawnFile: file)
  }

  private static func sketching(_ model: Scene.SamplerModel, _ file: SceneFile) throws -> ProblemSketch? {
    guard case .uNet(let net) = model, net.sketch > 0 else { return nil }
    return try ProblemSketch(net, file)
  }

  private static func family(
    _ data: Located<Scene.SamplerData>, _ space: any DesignSpace, _ file: SceneFile
  ) throws -> any DesignFamily {
    switch data.value {
    case .foils(let foils):
      guard let space = space as? FoilSpace else {
        throw SceneErrors([data.error("`foils` are for airfoils", remedy: "use `optimized`")])
      }
      return RandomFoils(space.cst, foils)
    case .optimized(let optimized): return try OptimizedVariants(file, optimized)
    }
  }

  /// What is asked is told with one number more, which is zero where nothing is asked.
  private static func network(
    _ model: Located<Scene.SamplerModel>, _ space: any DesignSpace, conditions: Int
  ) throws -> any DenoisingNetwork {
    let asked = conditions == 0 ? 0 : conditions + 1
    func checkIsVector(_ network: String) throws {
      guard space.shape.count > 1 else { return }
      throw SceneErrors([model.error("\(network) is for vectors, not for \(space.words)", remedy: "use `u-net`")])
    }
    switch model.value {
    case .perceptron(let options):
      try checkIsVector("a perceptron")
      return DenoisingPerceptron(
        size: space.count, width: options.width, blocks: options.blocks, conditions: asked)
    case .transformer(let options):
      try checkIsVector("a transformer")
      return DenoisingTransformer(
        size: space.count, width: options.width, heads: options.heads, blocks: options.blocks, conditions: asked)
    case .uNet(let declared):
      let channels = declared.channels
      let cells = space.shape.dropLast()
      guard !cells.isEmpty else {
        throw SceneErrors([model.error("a U-Net is for densities, not for \(space.words)", remedy: "use `perceptron`")])
      }
      let divisor = 1 << (channels.count - 1)
      guard cells.allSatisfy({ $0 % divisor == 0 }) else {
        throw SceneErrors([
          model.error(
            "the grid does not halve \(channels.count - 1) times",
            found: cells.reversed().map(String.init).joined(separator: " x ") + " cells",
            expected: "numbers divisible by \(divisor)")
        ])
      }
      var options = UNet.Options()
      options.axes = cells.count
      options.channels = channels
      options.conditions = asked
      return declared.sketch > 0 ? SketchedUNet(options, cells: Array(cells)) : UNet(options)
    }
  }

  /// The space with what is asked for: weights are for one of them.
  var words: String {
    var asked = family.conditions.map(\.words)
    if let sketching { asked.append(sketching.words) }
    return asked.isEmpty ? space.words : "\(space.words), asked for \(asked.joined(separator: ", "))"
  }

  /// Whether designs are made while the sampler learns.
  public var isStreamed: Bool { sampler.training.reservoir != nil }

  /// Whether every problem is sketched before anything is learned of it.
  public var needsSketches: Bool { sketching != nil }

  /// Iterations of the sketch that the network is shown; 0 for none.
  var sketch: Int { sketching?.iterations ?? 0 }

  /// Requests as the network sees them, `[count, network.conditions]`; nil for none.
  func conditions(_ requests: [SamplerRequest], _ scaling: DesignScaling) -> Tensor<Float>? {
    guard network.conditions > 0 else { return nil }
    let rows = requests.map { request in
      [Float(1)] + zip(family.conditions, request.numbers).map { Float($0.scaled($1)) }
        + (request.sketch.map { scaling.scaled([$0]).elements } ?? [])
    }
    return Tensor(rows.flatMap { $0 }, shape: [requests.count, network.conditions])
  }

  /// What the scene itself asks its sampler for.
  ///
  /// - Throws: `SceneErrors` where it is outside of what is learned, `SolveFailure` where it has no sketch.
  func request() throws -> SamplerRequest {
    let numbers = try (family as? OptimizedVariants)?.asked(beyond: sampler.beyondRange) ?? []
    return SamplerRequest(numbers: numbers, sketch: try sketching.map { try $0(drawnFile, scene) })
  }

  /// What members of the family were made for.
  ///
  /// - Throws: `SceneErrors` and `SolveFailure` where a member's problem cannot be built or sketched any more.
  func requests(of members: [FamilyMember]) throws -> [SamplerRequest] {
    guard let sketching, let variants = family as? OptimizedVariants else {
      return members.map { SamplerRequest(numbers: $0.conditions, sketch: nil) }
    }
    return try concurrentMap(members.count) { i in
      Result {
        let file = try variants.variant(of: members[i].conditions)
        let scene = try RunnableScene.build(file).optimizable(file)
        return SamplerRequest(numbers: members[i].conditions, sketch: try sketching(file, scene))
      }
    }.map { try $0.get() }
  }

  /// Reads the weights that the scene names, or others.
  ///
  /// - Throws: `SceneErrors` where they are missing, damaged, or of another sampler.
  func readWeights(_ path: String?) throws -> SamplerWeights {
    do {
      return try SamplerWeights.read(
        path ?? sampler.weights.path, network, space: words, designCount: space.count)
    } catch {
      let remedy = "make them by `backsolve train sampler \(file.path)`"
      throw SceneErrors([
        SceneDiagnostic(
          mark: sampler.weights.mark, problem: "the sampler's weights cannot be used: \(error)", remedy: remedy)
      ])
    }
  }
}
