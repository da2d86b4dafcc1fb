import Foundation
import InverseDesign
import Testing

@Suite struct DensityTransformTests {
  @Test func interpolationsMeetTheirEnds() throws {
    for law: any PointwiseTransform in [
      SIMP(penalty: 3, modulus: 5, minimumModulusRatio: 1e-4), RAMP(penalty: 4, modulus: 5, minimumModulusRatio: 1e-4),
    ] {
      #expect(abs(law.value(at: 0) - 5e-4) < 1e-18)
      #expect(abs(law.value(at: 1) - 5) < 1e-14)
      #expect(law.value(at: -0.1) == law.value(at: 0) && law.slope(at: -0.1) == 0)
    }
    #expect(abs(SIMP(penalty: 3).value(at: 0.5) - 0.125) < 1e-9)
    #expect(abs(SIMP(penalty: 2.2).value(at: 0.5) - pow(0.5, 2.2)) < 1e-9)
    #expect(abs(RAMP(penalty: 4, minimumModulusRatio: 0).value(at: 0.5) - 0.5 / 3) < 1e-15)
  }

  @Test func projectionKeepsTheEndsAndSplitsAtEta() {
    let projection = HeavisideProjection(beta: 64, eta: 0.3)
    #expect(projection.value(at: 0) == 0)
    #expect(abs(projection.value(at: 1) - 1) < 1e-15)
    #expect(projection.value(at: 0.2) < 1e-4)
    #expect(projection.value(at: 0.4) > 1 - 1e-4)
    #expect(HeavisideProjection(beta: 0).value(at: 0.37) == 0.37)
  }

  @Test func symmetryAndExtrusionShapeTheField() throws {
    let grid = StructuredGrid(size: [1, 1, 1], cells: [5, 4, 3])
    var generator = SeededGenerator(seed: 4)
    let x = generator.vector(count: grid.cellCount)
    for axis in 0..<3 {
      let mirrored = try MirrorSymmetry(on: grid, across: axis).apply(x)
      let extruded = try Extrusion(on: grid, along: axis).apply(x)
      for cell in 0..<grid.cellCount {
        var position = grid.position(ofCell: cell)
        position[axis] = grid.cells[axis] - 1 - position[axis]
        let image = grid.cell(position)
        #expect(abs(mirrored[cell] - 0.5 * (x[cell] + x[image])) < 1e-15)
        #expect(extruded[cell] == extruded[image])
      }
      #expect(abs(extruded.sum - x.sum) < 1e-13)
      #expect((try Extrusion(on: grid, along: axis).apply(extruded) - extruded).largestMagnitude < 1e-15)
    }
  }

  @Test func refinementIsLinearBetweenCentres() throws {
    // The centres of coarse cells at 0.5, 1.5, 2.5: a slope stays one between them, and is level beyond.
    let line = try #require(GridRefinement(from: [3, 1], to: [6, 1]))
    #expect(try line.apply([0, 1, 2]) == [0, 0.25, 0.75, 1.25, 1.75, 2])
    let plane = try #require(GridRefinement(from: [2, 2], to: [4, 4]))
    let square = try plane.apply([0, 0, 0, 1])
    #expect(square[5] == 0.0625 && square[10] == 0.5625 && square[15] == 1 && square[0] == 0)
    let solid = try #require(GridRefinement(from: [2, 3, 2], to: [6, 3, 4]))
    var generator = SeededGenerator(seed: 11)
    let x = generator.vector(count: 12)
    let y = try solid.apply(x)
    // A third of the cell's width: the middle fine cell is the coarse one along x.
    for (cell, value) in x.elements.enumerated() {
      let (i, j, k) = (cell % 2, cell / 2 % 3, cell / 6)
      let other = x[i + 2 * (j + 3 * (1 - k))]
      for half in 0..<2 {
        let part = half == k ? 0.0 : 0.25
        let found = y[3 * i + 1 + 6 * (j + 3 * (2 * k + half))]
        #expect(abs(found - ((1 - part) * value + part * other)) < 1e-15)
      }
    }
    #expect(GridRefinement(from: [3, 3], to: [6, 7]) == nil && GridRefinement(from: [3], to: [6, 6]) == nil)
    #expect(GridRefinement(fromCount: 6, to: [12, 8])?.coarse == [3, 2])
    #expect(GridRefinement(fromCount: 96, to: [12, 8])?.coarse == [12, 8])
    #expect(GridRefinement(fromCount: 7, to: [12, 8]) == nil && GridRefinement(fromCount: 0, to: [12, 8]) == nil)
  }

  @Test func passiveCellsIgnoreTheDesign() throws {
    let regions = PassiveRegions(solid: [1], void: [1, 2])
    #expect(try regions.apply([0.5, 0.5, 0.5, 0.5]) == [0.5, 1, 0, 0.5])
    #expect(try regions.pullback([1, 2, 3, 4], at: .zero) == [1, 0, 0, 4])
  }
}
