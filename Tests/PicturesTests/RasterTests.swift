import Testing

@testable import Pictures

@Suite struct RasterTests {
  @Test func colorMapsRunThroughTheirAnchors() {
    #expect(ColorMap.viridis[0] == Color(hex: 0x440154))
    #expect(ColorMap.viridis[1] == Color(hex: 0xFDE725))
    #expect(ColorMap.viridis[0.5] == Color(hex: 0x21918C))
    #expect(ColorMap.viridis[-3] == ColorMap.viridis[0] && ColorMap.viridis[.infinity] == ColorMap.viridis[1])
    #expect(ColorMap.grey[.nan] == Color(0.6, 0.6, 0.6))
  }

  @Test func aDensityStandsUprightInItsPicture() {
    let grid = StructuredGrid(size: [2, 1], cells: [4, 2])
    // Only the cell at the lower left is solid: bottom left in the picture.
    let picture = DensityPicture.render(grid, field: [1, 0, 0, 0, 0, 0, 0, 0], longerSide: 40)
    #expect(picture.width == 40 && picture.height == 20)
    #expect(picture[3, 16] == Color(hex: 0x1A1F24).rgba)
    #expect(picture[3, 3] == Color.white.rgba && picture[36, 16] == Color.white.rgba)
  }

  @Test func edgesAreSmoothAndSharedEdgesHaveNoGap() {
    var canvas = Canvas(width: 20, height: 20, background: .white, samples: 4)
    let black = Color(0, 0, 0)
    canvas.fill([SIMD2(2, 2), SIMD2(17.5, 2), SIMD2(17.5, 17.5), SIMD2(2, 17.5)], black)
    let picture = canvas.raster
    for i in 3..<17 { #expect(picture[i, i].x == 0) }
    #expect(picture[17, 10].x > 100 && picture[17, 10].x < 155)
    #expect(picture[19, 10].x == 255)
  }

  @Test func aFieldPictureShowsKeptCellsOnly() {
    let grid = StructuredGrid(size: [3, 1], cells: [3, 1])
    let field = Field("energy", at: .cells, values: [0, 1, 2])
    let picture = FieldPicture(longerSide: 150).render(grid, keeping: { $0 != 1 }, field: field, displacement: .zero)
    let middle = picture.height / 2
    #expect(picture[picture.width / 5, middle] == ColorMap.viridis[0].rgba)
    #expect(picture[picture.width / 2, middle] == Color.white.rgba)
    #expect(picture[picture.width * 4 / 5, middle] == ColorMap.viridis[1].rgba)
    let empty = FieldPicture(longerSide: 50).render(grid, keeping: { _ in false }, field: field)
    #expect(Set(empty.rgba) == [255])
  }

  @Test func aLonelyPeakDoesNotHideTheRest() {
    let values = (0..<1000).map(Double.init) + [1e6]
    #expect(FieldRange.robust(values) == 0...990)
    #expect(FieldRange.robust([3, 1, 2]) == 1...3)
    #expect(FieldRange.robust([.nan]) == 0...1)
  }
}
