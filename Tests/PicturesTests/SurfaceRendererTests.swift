import Testing

@testable import Pictures

@Suite struct SurfaceRendererTests {
  private let grid = StructuredGrid(size: [2, 1, 1], cells: [8, 4, 4])

  private func picture(_ view: ViewPoint) -> Raster {
    let surface = Isosurface.extract(from: grid, field: DenseVector(repeating: 1, count: grid.cellCount))
    return SurfaceRenderer(view: view).render(surface, width: 120, height: 90)
  }

  @Test(arguments: ViewPoint.Axis.allCases) func theBodyFillsThePictureFromAnySide(up: ViewPoint.Axis) {
    for azimuth in [0.0, 140] {
      let picture = picture(ViewPoint(up: up, azimuth: azimuth))
      // The body is bluish, the shadow on the floor is grey.
      let body = (0..<90).map { y in (0..<120).filter { Int(picture[$0, y].z) > Int(picture[$0, y].x) + 8 } }
      let rows = body.indices.filter { !body[$0].isEmpty }
      let columns = body.flatMap { $0 }
      #expect(rows.count > 45 || Set(columns).count > 60)
      #expect(rows.first! > 3 && rows.last! < 86 && columns.min()! > 3 && columns.max()! < 116)
    }
  }

  @Test func theTopIsLitMoreThanTheFront() {
    let surface = Isosurface.extract(from: grid, field: DenseVector(repeating: 1, count: grid.cellCount))
    let picture = SurfaceRenderer(view: ViewPoint(azimuth: 0, elevation: 45)).render(surface, width: 80, height: 80)
    #expect(picture[40, 25].y > picture[40, 55].y)
  }

  /// Bands and rows are drawn by several threads and must not depend on how many.
  @Test func aPictureHasTheSameBytesOnOneThread() {
    let many = picture(ViewPoint())
    Threads.limit(to: 1)
    defer { Threads.limit(to: 2) }
    #expect(picture(ViewPoint()) == many)
  }

  @Test func nothingGivesTheBackground() {
    let picture = SurfaceRenderer(background: Color(hex: 0x102030)).render(TriangleSurface(), width: 8, height: 6)
    #expect(picture[3, 3] == Color(hex: 0x102030).rgba)
  }

  @Test func smoothingKeepsTheBoundaryPlanesAndTheVolume() {
    let field = DenseVector(
      (0..<grid.cellCount).map { cell in
        let c = grid.centroid(ofCell: cell)
        return c[0] + 0.3 * c[1] < 1.2 ? 1 : 0
      })
    let surface = Isosurface.extract(from: grid, field: field)
    let smooth = surface.smoothed(keepingOn: (SIMD3(0, 0, 0), SIMD3(2, 1, 1)))
    #expect(smooth.triangles == surface.triangles)
    #expect(abs(smooth.volume / surface.volume - 1) < 0.03)
    for (before, after) in zip(surface.vertices, smooth.vertices) {
      for axis in 0..<3 where before[axis] == 0 || before[axis] == 1 && axis > 0 {
        #expect(after[axis] == before[axis])
      }
    }
  }
}
