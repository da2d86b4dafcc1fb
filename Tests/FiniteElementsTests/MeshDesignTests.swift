import FiniteElements
import TestSupport
import Testing

/// Designs on unstructured meshes: exact gradients by every solver, supports moved and loads that follow the design.
@Suite struct MeshDesignTests {
  typealias Solver = AnyLinearSolver<SymmetricSparseMatrix>

  static let solvers: [Solver] = [
    Solver(CholeskySolver()),
    Solver(
      ConjugateGradient(
        IncompleteCholeskyPreconditioner(), options: IterationOptions(relativeTolerance: 1e-13))),
  ]
  static let meshes = [
    SampleMeshes.mixed(cells: 4), SampleMeshes.box(.tet4, cells: 2), SampleMeshes.box(.hex8, cells: 2),
  ]

  /// Two load cases, one of them the weight of the cells; the face x = 0 held, a node of it moved away.
  private func model(_ mesh: UnstructuredMesh, _ solver: Solver) -> ImplicitModel<CellwiseEquations<MeshStiffness>> {
    let d = mesh.dimension
    let stiffness = MeshStiffness.elasticity(mesh, poissonRatio: 0.3)
    var fixed: [Int: Double] = [:]
    for node in 0..<mesh.nodeCount where mesh.point(ofNode: node)[0] == 0 {
      for axis in 0..<d { fixed[node * d + axis] = node == 0 ? 0.1 : 0 }
    }
    let end = mesh.boundaryFacets.map(\.nodes).filter { $0.allSatisfy { mesh.point(ofNode: $0)[0] == 1 } }
    let pull = ConsistentLoads.total([0.5, -1] + [Double](repeating: 0.2, count: d - 2), over: end, of: mesh)
    let weight = BodyLoad(mesh, perVolume: [0, -2] + [Double](repeating: 0, count: d - 2))
    return ImplicitModel(
      CellwiseEquations(
        stiffness: stiffness, constrained: ConstrainedUnknowns(unknownCount: stiffness.unknownCount, fixed: fixed),
        loads: [
          CellwiseLoad(given: pull), CellwiseLoad(given: DenseVector(zeros: pull.count), fromSource: weight),
        ],
        stateName: ("displacement", "m")),
      solver: solver)
  }

  @Test(arguments: solvers, meshes) func gradientsAreExact(solver: Solver, mesh: UnstructuredMesh) throws {
    let model = model(mesh, solver)
    var generator = SeededGenerator(seed: 21)
    let seed = generator.vector(count: 2 * mesh.nodeCount * mesh.dimension)
    let x = generator.vector(count: mesh.cellCount, in: 0.2...1)
    let direction = generator.vector(count: mesh.cellCount)
    var workspace = model.makeWorkspace()
    // One number of a design, stiffness cubed and weight in proportion to it.
    func parameters(_ x: DenseVector) -> CellCoefficients {
      CellCoefficients(stiffness: DenseVector(x.elements.map { $0 * $0 * $0 }), source: x)
    }
    let linearization = try model.linearize(at: parameters(x), in: &workspace)
    let slope = try linearization.pullback(seed)
    let gradient = DenseVector(
      x.indices.map { 3 * x[$0] * x[$0] * slope.stiffness[$0] + slope.source[$0] })
    let taylor = try TaylorTest(at: x, along: direction, gradient: gradient) { design in
      try model.solve(parameters(design), in: &workspace).dot(seed)
    }
    #expect(taylor.passes(), "\(taylor.firstRemainders)")
    #expect(taylor.rates.count >= 3)
    // An older linearization still answers after newer solves have reused its factors.
    let again = try linearization.pullback(seed)
    #expect((again.stiffness - slope.stiffness).largestMagnitude <= 1e-9 * slope.stiffness.largestMagnitude)
  }
}
