import DesignSamplers

/// The sketch that a network is shown of a problem: what some iterations of the scene's optimizer make of it, on the grid
/// that is drawn on, or on a coarser one from where it is interpolated.
struct ProblemSketch: Sendable {
  let iterations: Int
  /// From the grid that is sketched on; nil for the grid that is drawn on.
  let refinement: GridRefinement?

  /// - Parameters:
  ///   - net: With at least one iteration of a sketch.
  ///   - file: The scene on the grid that is drawn on.
  /// - Throws: `SceneErrors` where the grids do not fit.
  init(_ net: Scene.SamplerModel.UNet, _ file: SceneFile) throws {
    iterations = net.sketch
    refinement = try net.sketchOn.flatMap { declared in
      try FinerDesigns.refinement(declared, file, called: "sketch-on")
    }
  }

  /// As part of what weights are for.
  var words: String {
    let cells = refinement.map { " on \($0.coarse.map(String.init).joined(separator: " x ")) cells" } ?? ""
    return "a sketch of \(iterations) iterations\(cells)"
  }

  /// What it costs in gradients of the grid that is drawn on: those of a grid with a part of the cells count that part.
  var cost: Double {
    Double(iterations) * (refinement.map { Double($0.coarseCount) / Double($0.fineCount) } ?? 1)
  }

  /// - Parameters:
  ///   - file: The scene on the grid that is drawn on.
  ///   - scene: The same, built.
  func callAsFunction(_ file: SceneFile, _ scene: OptimizableScene) throws -> DenseVector {
    guard let refinement else { return try scene.optimized(iterations: iterations).design }
    let coarse = try FinerDesigns.coarse(file, refinement, keepsFilterCells: true)
    let sketched = try RunnableScene.build(coarse).optimizable(coarse).optimized(iterations: iterations)
    return try refinement.apply(sketched.design)
  }
}
