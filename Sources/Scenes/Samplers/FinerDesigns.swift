import DesignSamplers

/// What becomes of designs that were drawn on a coarser grid than the scene's own.
public struct FinerDesigns: Sendable {
  /// The scene on its own grid.
  public let scene: OptimizableScene
  /// The same with the optimizer of its guidance.
  public let polisher: OptimizableScene
  public let refinement: GridRefinement
  let space: any DesignSpace

  /// - Parameters:
  ///   - runnable: The scene on its own grid.
  ///   - file: The scene as written.
  ///   - refinement: From the grid that is drawn on.
  init(_ runnable: RunnableScene, _ file: SceneFile, _ refinement: GridRefinement) throws {
    scene = try runnable.optimizable(file)
    polisher = try scene.polisher(file)
    space = try DesignSpaces.space(of: runnable, file)
    self.refinement = refinement
  }

  /// Designs on the scene's grid, held to what it holds exactly.
  ///
  /// - Parameter designs: On the grid that is drawn on.
  public func refined(_ designs: [DenseVector]) throws -> [DenseVector] {
    try concurrentMap(designs.count) { index in
      Result { space.nearestAllowed(try refinement.apply(designs[index])) }
    }.map { try $0.get() }
  }

  /// The way from a coarser grid to the scene's own; nil where they are the same.
  ///
  /// - Parameters:
  ///   - declared: The coarser grid.
  ///   - file: The scene.
  ///   - word: The key of the coarser grid, for messages.
  /// - Throws: `SceneErrors` where there is no such way.
  static func refinement(
    _ declared: Located<Scene.CoarseGrid>?, _ file: SceneFile, called word: String = "drawn-on"
  ) throws -> GridRefinement? {
    guard let declared else { return nil }
    guard case .grid(let grid) = file.scene.domain.value, file.scene.design?.value is Scene.DensityDesign else {
      throw SceneErrors([
        declared.error("`\(word)` is for densities on a grid", remedy: "take it out")
      ])
    }
    let cells = declared.value.cells
    guard let refinement = GridRefinement(from: cells, to: grid.cells.value) else {
      func words(_ cells: [Int]) -> String { cells.map(String.init).joined(separator: " x ") }
      throw SceneErrors([
        declared.error(
          "the scene's cells are not a whole number of times those of `\(word)`",
          found: "\(words(cells)) for \(words(grid.cells.value)) cells",
          expected: "along each axis a divisor of the scene's number, such as "
            + words(grid.cells.value.map { $0 % 2 == 0 ? $0 / 2 : $0 }))
      ])
    }
    guard cells != grid.cells.value else { return nil }
    if let start = file.scene.startDesign {
      throw SceneErrors([
        SceneDiagnostic(
          mark: start.mark, problem: "a scene with `\(word)` takes no `start-design`",
          remedy: "take one of them out; `backsolve refine` polishes designs given")
      ])
    }
    return refinement
  }

  /// The scene on a coarser grid: lengths stay, so a filter told in cells becomes one in metres.
  ///
  /// - Parameters:
  ///   - file: The scene.
  ///   - refinement: From the coarser grid.
  ///   - keepsFilterCells: Whether the filter is as many cells long instead, which keeps few cells from checkerboards.
  static func coarse(
    _ file: SceneFile, _ refinement: GridRefinement, keepsFilterCells: Bool = false
  ) throws -> SceneFile {
    var overrides = ["domain.grid.cells=[\(refinement.coarse.map(String.init).joined(separator: ", "))]"]
    if let density = file.scene.design?.value as? Scene.DensityDesign, case .grid(let grid) = file.scene.domain.value,
      let filter = density.filter?.value
    {
      let (word, radius) =
        switch filter {
        case .cone(let radius): ("cone", radius)
        case .helmholtz(let radius): ("helmholtz", radius)
        }
      let cell = zip(grid.size, grid.cells.value).map { $0 / Double($1) }.min() ?? 1
      switch radius {
      case .cells(let count):
        if !keepsFilterCells { overrides.append("design.density.filter.\(word).radius=\(count * cell) m") }
      case .meters(let length):
        if keepsFilterCells { overrides.append("design.density.filter.\(word).radius=\(length / cell) cells") }
      }
    }
    return try SceneFile.parse(file.resolvedText, name: file.path, overrides: overrides)
  }
}
