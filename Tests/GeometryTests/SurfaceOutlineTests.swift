import Testing

@testable import Geometry

@Suite struct SurfaceOutlineTests {
  let grid = StructuredGrid(origin: [1, -1], size: [3, 1], cells: [30, 10])

  @Test func aFullFieldGivesTheRectangle() {
    let outline = Outline.extract(from: grid, field: DenseVector(repeating: 1, count: grid.cellCount))
    #expect(outline.loops.count == 1)
    #expect(outline.loops[0].count == 4)
    #expect(abs(outline.area - 3) < 1e-12)
  }

  @Test func anEmptyFieldGivesNothing() {
    #expect(Outline.extract(from: grid, field: DenseVector(zeros: grid.cellCount)).isEmpty)
    #expect(Outline.extract(from: grid, keeping: { _ in false }).isEmpty)
  }

  @Test func aHoleIsTakenOff() {
    let fine = StructuredGrid(size: [1, 1], cells: [60, 60])
    let field = DenseVector(
      (0..<fine.cellCount).map { cell in
        let c = fine.centroid(ofCell: cell)
        return ((c[0] - 0.5) * (c[0] - 0.5) + (c[1] - 0.5) * (c[1] - 0.5)).squareRoot() + 0.5 - 0.3
      })
    let outline = Outline.extract(from: fine, field: field)
    #expect(outline.loops.count == 2)
    #expect(abs(outline.area - (1 - Double.pi * 0.09)) < 2e-3)
  }

  @Test(arguments: 0..<4) func noiseClosesUp(seed: Int) {
    var generator = SeededGenerator(seed: UInt64(seed))
    let field = DenseVector((0..<grid.cellCount).map { _ in Double.random(in: 0..<1, using: &generator) })
    let outline = Outline.extract(from: grid, field: field)
    #expect(outline.area > 0 && outline.area < 3)
    let kept = Outline.extract(from: grid, keeping: { field[$0] >= 0.5 })
    let cells = (0..<grid.cellCount).filter { field[$0] >= 0.5 }.count
    #expect(abs(kept.area - Double(cells) * grid.cellVolume) < 1e-12)
  }
}
