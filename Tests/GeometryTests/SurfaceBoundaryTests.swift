import TestSupport
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

  @Test(arguments: [CellShape.tet4, .hex8]) func keptCellsOfAMeshAreEnclosed(shape: CellShape) {
    let mesh = SampleMeshes.box(shape, cells: 3, jitter: 0.2)
    var generator = SeededGenerator(seed: 9)
    let kept = (0..<mesh.cellCount).map { _ in Double.random(in: 0..<1, using: &generator) < 0.6 }
    let (surface, _) = BoundarySurface.extract(from: mesh, keeping: { kept[$0] })
    #expect(surface.closedness == TriangleSurface.Closedness())
    let volume = (0..<mesh.cellCount).filter { kept[$0] }.reduce(0) { $0 + mesh.volume(ofCell: $1) }
    // The jittered faces of hexahedra are not flat; their triangles enclose nearly the same.
    #expect(abs(surface.volume / volume - 1) < (shape == .tet4 ? 1e-12 : 0.02))
  }

  @Test func theOutlineOfAMixedMeshEnclosesItsArea() {
    let mesh = SampleMeshes.mixed(cells: 4)
    let outline = Outline.extract(from: mesh, keeping: { _ in true })
    #expect(outline.loops.count == 1 && abs(outline.area - 1) < 1e-12)
    let holed = Outline.extract(from: mesh, keeping: { $0 != 2 })
    #expect(abs(holed.area - (1 - mesh.volume(ofCell: 2))) < 1e-12)
  }
}
