import Backsolve
import TestSupport
import Testing

extension GradientTable {
  private static let plane = StructuredGrid(size: [1.4, 1], cells: [7, 5])
  private static let solid = StructuredGrid(size: [1.2, 1, 1.5], cells: [6, 5, 4])

  private static func densities(_ count: Int) -> DenseVector {
    var generator = SeededGenerator(seed: 7)
    return generator.vector(count: count, in: 0.1...0.9)
  }

  static let densityTransforms: [GradientCase] = {
    let flat = densities(plane.cellCount)
    let full = densities(solid.cellCount)
    let designCells = (0..<solid.cellCount).map { $0 % 7 != 3 }
    let passive = PassiveRegions(solid: [0, 5, 9], void: [3, 9, 20])
    return [
      GradientCase("cone filter on a plane grid", ConeFilter(over: plane, radius: 0.5), at: flat),
      GradientCase("cone filter on a solid grid", ConeFilter(over: solid, radius: 0.7), at: full),
      GradientCase(
        "cone filter of some cells", ConeFilter(over: solid, radius: 0.7, designCells: designCells), at: full),
      GradientCase("cone filter by neighbour list", ConeFilter(over: GradedStrip(), radius: 0.3), at: densities(40)),
      GradientCase("SIMP, exponent 3", SIMP(penalty: 3, modulus: 2, minimumModulusRatio: 1e-3), at: flat),
      GradientCase("SIMP, exponent 2.5", SIMP(penalty: 2.5), at: flat),
      GradientCase("RAMP", RAMP(penalty: 6, modulus: 2, minimumModulusRatio: 1e-3), at: flat),
      GradientCase("Heaviside projection", HeavisideProjection(beta: 8, eta: 0.4), at: flat, firstStep: 2e-3),
      GradientCase("mirror symmetry", MirrorSymmetry(on: solid, across: 1), at: full),
      GradientCase("extrusion", Extrusion(on: solid, along: 2), at: full),
      GradientCase("passive regions", passive, at: flat),
      GradientCase("refinement of a plane grid", GridRefinement(from: [7, 5], to: [14, 15])!, at: flat),
      GradientCase("refinement of a solid grid", GridRefinement(from: [6, 5, 4], to: [12, 5, 12])!, at: full),
      GradientCase(
        "the whole chain",
        TransformChain([
          MirrorSymmetry(on: plane, across: 0), ConeFilter(over: plane, radius: 0.5), HeavisideProjection(beta: 2),
          passive, SIMP(penalty: 3),
        ]), at: flat),
    ]
  }()

  @Test(arguments: densityTransforms)
  func densityTransform(_ row: GradientCase) throws { try row.check() }
}
