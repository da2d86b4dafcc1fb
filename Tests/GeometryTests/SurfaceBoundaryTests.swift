import Testing

@testable import Geometry

@Suite struct SurfaceBoundaryTests {
  @Test func keptCellsAreEnclosed() {
    let grid = StructuredGrid(size: [3, 2, 1], cells: [6, 4, 2])
    let (surface, nodes) = BoundarySurface.extract(from: grid, keeping: { _ in true })
    #expect(surface.closedness.isClosed)
    #expect(abs(surface.volume - 6) < 1e-12)
    #expect(nodes.count == surface.vertices.count)
    for (v, node) in nodes.enumerated() {
      let p = grid.point(ofNode: node)
      #expect(surface.vertices[v] == SIMD3(p[0], p[1], p[2]))
    }
    #expect(BoundarySurface.extract(from: grid, keeping: { _ in false }).surface.isEmpty)
  }

  @Test func cellsThatTouchAlongAnEdgeStayClosed() {
    let grid = StructuredGrid(size: [2, 2, 1], cells: [2, 2, 1])
    let (surface, nodes) = BoundarySurface.extract(from: grid, keeping: { $0 == 0 || $0 == 3 })
    #expect(surface.closedness == TriangleSurface.Closedness())
    #expect(abs(surface.volume - 2) < 1e-12)
    #expect(nodes.count == surface.vertices.count)
  }

  @Test(arguments: 0..<4) func randomCellsAreClosed(seed: Int) {
    var generator = SeededGenerator(seed: UInt64(seed))
    let grid = StructuredGrid(size: [5, 4, 3], cells: [5, 4, 3])
    let kept = (0..<grid.cellCount).map { _ in Bool.random(using: &generator) }
    let (surface, _) = BoundarySurface.extract(from: grid, keeping: { kept[$0] })
    #expect(surface.closedness == TriangleSurface.Closedness())
    #expect(abs(surface.volume - Double(kept.filter { $0 }.count)) < 1e-10)
  }
}
