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

  @Test func passiveCellsIgnoreTheDesign() throws {
    let regions = PassiveRegions(solid: [1], void: [1, 2])
    #expect(try regions.apply([0.5, 0.5, 0.5, 0.5]) == [0.5, 1, 0, 0.5])
    #expect(try regions.pullback([1, 2, 3, 4], at: .zero) == [1, 0, 0, 4])
  }
}
