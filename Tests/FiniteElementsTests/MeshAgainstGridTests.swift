import FiniteElements
import TestSupport
import Testing

/// A grid and the mesh of the same boxes are the same discretization.
@Suite struct MeshAgainstGridTests {
  @Test(arguments: [[5, 4], [4, 3, 2]], [true, false]) func operatorsAgree(cells: [Int], elastic: Bool) throws {
    let grid = StructuredGrid(size: cells.map { Double($0) * 0.5 }, cells: cells)
    let mesh = try UnstructuredMesh(grid)
    let onGrid = elastic ? GridStiffness.elasticity(grid, poissonRatio: 0.3, thickness: 2) : .diffusion(grid)
    let onMesh = elastic ? MeshStiffness.elasticity(mesh, poissonRatio: 0.3, thickness: 2) : .diffusion(mesh)
    var generator = SeededGenerator(seed: 9)
    let c = generator.vector(count: grid.cellCount, in: 0.1...1)
    let u = generator.vector(count: onGrid.unknownCount)
    let constrained = ConstrainedUnknowns(unknownCount: onGrid.unknownCount, fixed: [0: 0, 3: 0, 7: 0])
    let matrixFree = try onGrid.makeOperator(coefficients: c, constrained: constrained)
    let assembled = matrixFree.assembled()
    let mine = try onMesh.makeOperator(coefficients: c, constrained: constrained)
    #expect((assembled.apply(u) - matrixFree.apply(u)).largestMagnitude < 1e-12)
    #expect((mine.apply(u) - matrixFree.apply(u)).largestMagnitude < 1e-12)
    #expect((assembled.diagonal() - matrixFree.diagonal()).largestMagnitude < 1e-12)
    #expect((onGrid.cellEnergies(u, u) - onMesh.cellEnergies(u, u)).largestMagnitude < 1e-12)
    // One pattern object for all operators of a stiffness.
    let again = try onGrid.makeOperator(coefficients: c, constrained: constrained).assembled()
    #expect(again.pattern === assembled.pattern)
  }
}
