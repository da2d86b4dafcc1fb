import FieldIO
import FiniteElements
import TestSupport
import Testing

/// Meshes as Gmsh writes them, from the file to the answer.
@Suite struct RealMeshTests {
  /// The bracket hangs by its bolts and is pulled at its pin: both solvers find the same compliance.
  @Test func theBracketCarriesItsPin() throws {
    let folder = #filePath.split(separator: "/").dropLast(3).map { "/" + $0 }.joined() + "/Scenes/Meshes/"
    let mesh = try GmshReader.read(contentsOf: folder + "bracket.msh")
    let stiffness = MeshStiffness.elasticity(mesh, poissonRatio: 0.3)
    let bolts = try #require(mesh.nodeRegions["base-bolts"])
    let pin = try #require(mesh.facetRegions["pin-hole"])
    var fixed: [Int: Double] = [:]
    for node in bolts { for axis in 0..<3 { fixed[node * 3 + axis] = 0 } }
    let load = ConsistentLoads.total([1000, 0, 0], over: pin, of: mesh)
    let constrained = ConstrainedUnknowns(unknownCount: stiffness.unknownCount, fixed: fixed)
    #expect(RigidMotions.free(mesh, constrained).isEmpty)
    let steel = DenseVector(repeating: 210e9, count: mesh.cellCount)
    let a = try stiffness.makeOperator(coefficients: steel, constrained: constrained)
    let solvers: [AnyLinearSolver<SymmetricSparseMatrix>] = [
      AnyLinearSolver(CholeskySolver()),
      AnyLinearSolver(
        ConjugateGradient(
          IncompleteCholeskyPreconditioner(), options: IterationOptions(relativeTolerance: 1e-7))),
    ]
    let compliances = try solvers.map { solver in
      let prepared = try solver.prepare(a, reusing: nil)
      return try solver.solve(prepared, columns: [load], from: nil).solutions[0].dot(load)
    }
    #expect(abs(compliances[0] - compliances[1]) < 1e-6 * compliances[0])
    // Newton times metres: a pin pulled by 1 kN moves by some hundredths of a millimetre.
    #expect(compliances[0] > 1e-3 && compliances[0] < 0.5)
  }
}
