import DesignSamplers

/// What studies of samplers need: designs by number and seed, without files.
extension SamplerScene {
  /// Designs as the model draws them, held to what the scene holds exactly.
  ///
  /// - Throws: `SceneErrors` for weights and conditions that do not fit.
  public func draw(count: Int, seed: UInt64) throws -> [DenseVector] {
    try drawing(count, seed).plain()
  }

  /// Designs led by the scene's guidance, and what that asked of the simulator, the sketch among the gradients.
  public func drawGuided(count: Int, seed: UInt64) throws -> (designs: [DenseVector], gradients: Int, values: Int) {
    let drawing = try drawing(count, seed)
    let guided = try drawing.guided(try drawing.cost().cost, MoveCuts())
    return (guided?.designs ?? [], (guided?.calls.gradients ?? 0) + sketch, guided?.calls.values ?? 0)
  }

  /// Members of the family that the sampler learns from, by number; those from `learned` on were not learned.
  public func members(_ numbers: Range<Int>) -> [DenseVector] { DesignDataSet.make(family, numbers).designs }

  /// How many members of the family the sampler learns from.
  public var learned: Int { family.count }

  /// The scene of a member, where the family is of variants of the scene; nil otherwise.
  public func variant(_ number: Int) throws -> SamplerScene? {
    guard family is OptimizedVariants, case .optimized(let data) = sampler.data.value else { return nil }
    // Of the scene itself, also where its members are on a coarser grid.
    return try SamplerScene.build(try OptimizedVariants(file, data).variant(number))
  }

  /// What is written over the scene for a member, as for `--set`, where the family is of variants of the scene.
  public func overrides(ofVariant number: Int) -> [String] {
    (family as? OptimizedVariants)?.overrides(of: number) ?? []
  }

  /// What the sketch costs in gradients of the grid that is drawn on; those of a coarser grid count as its part of the cells.
  public var sketchCost: Double { sketching?.cost ?? 0 }

  /// The first test that a design fails, in words; nil for a valid one.
  public func failedTest(_ design: DenseVector) -> String? { space.failedTest(design) }

  /// What is measured of a design besides, by name.
  public func measures(_ design: DenseVector) -> [String: Double] {
    Dictionary(space.measures(design).map { ($0.name, $0.value) }) { first, _ in first }
  }

  /// The trained model, as the scene asks it, and the scale that it sees designs in.
  ///
  /// - Throws: `SceneErrors` for weights and conditions that do not fit.
  public func model() throws -> (denoiser: any Denoiser, scaling: DesignScaling) {
    let drawing = try drawing(1, 0)
    return (drawing.denoiser, drawing.weights.scaling)
  }

  private func drawing(_ count: Int, _ seed: UInt64) throws -> SampleDrawing {
    var drawing = SampleDrawing(
      scene: self, weights: try readWeights(nil), request: try request(), progress: { _ in }, stops: { false })
    drawing.count = count
    drawing.seed = seed
    return drawing
  }
}
