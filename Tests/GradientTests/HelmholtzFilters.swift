import Backsolve
import TestSupport
import Testing

extension GradientTable {
  static func helmholtzFilters() throws -> [GradientCase] {
    var generator = SeededGenerator(seed: 6)
    let plane = StructuredGrid(size: [2, 1], cells: [10, 5])
    let space = StructuredGrid(size: [1, 1, 1], cells: [3, 4, 5])
    let mesh = SampleMeshes.box(.tri3, cells: 4, jitter: 0.1)
    return [
      GradientCase(
        "Helmholtz filter on a plane grid", try HelmholtzFilter(plane, radius: 0.3),
        at: generator.vector(count: plane.cellCount, in: 0...1)),
      GradientCase(
        "Helmholtz filter on a solid grid", try HelmholtzFilter(space, radius: 0.4),
        at: generator.vector(count: space.cellCount, in: 0...1)),
      GradientCase(
        "Helmholtz filter on triangles", try HelmholtzFilter(mesh, radius: 0.3),
        at: generator.vector(count: mesh.cellCount, in: 0...1)),
    ]
  }

  @Test func helmholtzFilter() throws {
    for row in try Self.helmholtzFilters() { try row.check() }
  }
}
