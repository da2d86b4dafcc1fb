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

@Suite struct MarksTests {
  @Test func signsAreClosedBodies() {
    let arrow = TriangleSurface.arrow(from: SIMD3(0, 0, 0), to: SIMD3(1, 2, 3), radius: 0.1)
    #expect(arrow.closedness.isClosed && arrow.volume > 0)
    let ball = TriangleSurface.ball(at: SIMD3(1, 1, 1), radius: 2)
    #expect(ball.closedness.isClosed)
    #expect(abs(ball.volume / (4 / 3 * Double.pi * 8) - 1) < 0.08)
  }

  @Test func manyNodesBecomeFewSigns() {
    let supports = (0..<1000).map { SIMD3(0, Double($0) / 1000, 0) }
    let marks = Marks(loads: [.init(at: .zero, direction: .zero)], supports: supports)
    let parts = marks.parts(extent: 1)
    #expect(parts.count == 1)
    let one = TriangleSurface.ball(at: .zero, radius: 1).triangles.count
    #expect((8...15).contains(parts[0].surface.triangles.count / one))
  }

  @Test func signsAreDrawnInAFlatPicture() {
    let grid = StructuredGrid(size: [2, 1], cells: [4, 2])
    var picture = FieldPicture(map: .grey, longerSide: 660)
    picture.marks = Marks(
      loads: [.init(at: SIMD3(2, 1, 0), direction: SIMD3(0, -1, 0))], supports: [.zero, SIMD3(0, 1, 0)])
    let field = Field("density", at: .cells, values: [Double](repeating: 0.5, count: 8))
    let raster = picture.render(grid, field: field)
    func count(_ color: Color) -> Int {
      (0..<raster.height).reduce(0) { sum, y in
        sum + (0..<raster.width).filter { raster[$0, y] == color.rgba }.count
      }
    }
    #expect(count(picture.marks.loadColor) > 5 && count(picture.marks.supportColor) > 5)
  }
}

/// Values that no picture can show must not end the program.
@Suite struct BrokenValuesTests {
  private let grid = StructuredGrid(size: [2, 1, 1], cells: [4, 2, 2])

  @Test(arguments: [Double.nan, .infinity, -.infinity, 1e300, -1e300]) func anythingMayBeAValue(value: Double) {
    let flat = StructuredGrid(size: [2, 1], cells: [4, 2])
    var density = DenseVector(repeating: 1, count: 8)
    density[3] = value
    #expect(DensityPicture.render(flat, field: density, longerSide: 20).png.count > 50)
    #expect(Outline.extract(from: flat, field: density).area > 1)
    let displacement = DenseVector((0..<30).map { $0 == 7 ? value : 0.1 })
    let field = Field("f", at: .cells, values: density.elements)
    #expect(FieldPicture(longerSide: 30).render(flat, field: field, displacement: displacement).width > 0)

    var solid = DenseVector(repeating: 1, count: 16)
    solid[5] = value
    let moved = DenseVector((0..<135).map { $0 == 60 ? value : 0.1 })
    let model = ReportModel(
      grid: grid, density: solid, displacement: moved, fields: [(Field("f", at: .cells, values: solid.elements), "")])
    #expect(model.surface.closedness.isClosed)
    #expect(model.surface.vertices.allSatisfy { $0.x.isFinite && $0.y.isFinite && $0.z.isFinite })
    #expect(ReportPage(title: "t", model: model).html.contains("id=\"model\""))
    #expect(ConvergencePlot(objective: [1, value, 2], change: [value]).svg.contains("</svg>"))
  }
}
