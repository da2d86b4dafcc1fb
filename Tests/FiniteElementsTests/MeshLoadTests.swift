import FiniteElements
import TestSupport
import Testing

@Suite struct MeshLoadTests {
  static let meshes = ElementTable.all.map { SampleMeshes.box($0.shape, cells: 3, jitter: 0.2) }

  /// The sum of one component, and of its moment with a coordinate.
  private func sums(_ load: DenseVector, _ mesh: UnstructuredMesh, component: Int, of d: Int, axis: Int) -> (
    Double, Double
  ) {
    (0..<mesh.nodeCount).reduce((0, 0)) { sums, node in
      let value = load[node * d + component]
      return (sums.0 + value, sums.1 + value * mesh.point(ofNode: node)[axis])
    }
  }

  @Test(arguments: meshes) func tractionsKeepForceAndMoment(mesh: UnstructuredMesh) {
    let d = mesh.dimension
    let top = mesh.boundaryFacets.map(\.nodes).filter { $0.allSatisfy { mesh.point(ofNode: $0)[d - 1] == 1 } }
    let traction = Array([3.0, -2, 5][..<d])
    let load = ConsistentLoads.traction(traction, on: top, of: mesh, thickness: 0.5)
    let scale = d == 2 ? 0.5 : 1.0
    for r in 0..<d {
      // A uniform traction on a unit side acts at its middle.
      let (force, moment) = sums(load, mesh, component: r, of: d, axis: 0)
      #expect(abs(force - scale * traction[r]) < 1e-13)
      #expect(abs(moment - scale * traction[r] / 2) < 1e-13)
    }
    let total = ConsistentLoads.total(traction, over: top, of: mesh)
    #expect(abs(sums(total, mesh, component: 0, of: d, axis: 0).0 - 3) < 1e-13)
    let nodal = ConsistentLoads.nodal(traction, at: [0, 4], of: mesh)
    #expect(nodal[4 * d + 1] == -2 && nodal.sum == 2 * traction.reduce(0, +))
  }

  @Test(arguments: meshes) func bodyLoadsKeepForceAndMomentAndTranspose(mesh: UnstructuredMesh) {
    let d = mesh.dimension
    let weight = Array([0, -9.81, 1.5][..<d])
    let body = BodyLoad(mesh, perVolume: weight, thickness: 2)
    let scale = d == 2 ? 2.0 : 1.0
    let uniform = body.load(of: DenseVector(repeating: 1, count: mesh.cellCount))
    let (force, moment) = sums(uniform, mesh, component: 1, of: d, axis: 0)
    #expect(abs(force + 9.81 * scale) < 1e-12)
    #expect(abs(moment + 9.81 * scale / 2) < 1e-12)
    var generator = SeededGenerator(seed: 5)
    #expect(body.pullback(.zero).largestMagnitude == 0)
    let source = generator.vector(count: mesh.cellCount), seed = generator.vector(count: mesh.nodeCount * d)
    #expect(abs(body.load(of: source).dot(seed) - source.dot(body.pullback(seed))) < 1e-12)
  }

  @Test(arguments: [[4, 3], [3, 2, 2]]) func gridsAndTheirMeshesAgree(cells: [Int]) throws {
    let grid = StructuredGrid(size: cells.map { Double($0) * 0.5 }, cells: cells)
    let mesh = try UnstructuredMesh(grid)
    let weight = Array([1.0, -2, 3][..<grid.dimension])
    var generator = SeededGenerator(seed: 6)
    let source = generator.vector(count: grid.cellCount)
    let onGrid = BodyLoad(grid, perVolume: weight, thickness: 3).load(of: source)
    let onMesh = BodyLoad(mesh, perVolume: weight, thickness: 3).load(of: source)
    #expect((onGrid - onMesh).largestMagnitude < 1e-14)
    for axis in 0..<grid.dimension {
      for atEnd in [false, true] {
        let facets = grid.facets(normalTo: axis, atEnd: atEnd)
        #expect(facets.count == grid.cellCount / cells[axis])
        let load = ConsistentLoads.traction(weight, on: facets, of: grid)
        let area = grid.size.reduce(1, *) / grid.size[axis]
        #expect(abs(load.sum - area * weight.reduce(0, +)) < 1e-13)
        let coordinate = atEnd ? grid.size[axis] : 0
        #expect(facets.joined().allSatisfy { grid.point(ofNode: $0)[axis] == coordinate })
      }
    }
  }

  /// A bar pulled at its end stretches by F L / (E A).
  @Test(arguments: meshes) func aPulledBarStretches(mesh: UnstructuredMesh) throws {
    let stiffness = MeshStiffness.elasticity(mesh, poissonRatio: 0.3)
    let d = mesh.dimension
    var fixed: [Int: Double] = [:]
    for node in 0..<mesh.nodeCount {
      let x = mesh.point(ofNode: node)
      for axis in 0..<d where x[axis] == 0 { fixed[node * d + axis] = 0 }
    }
    let end = mesh.boundaryFacets.map(\.nodes).filter { $0.allSatisfy { mesh.point(ofNode: $0)[0] == 1 } }
    let load = ConsistentLoads.total([4] + [Double](repeating: 0, count: d - 1), over: end, of: mesh)
    let equations = CellwiseEquations(
      stiffness: stiffness, constrained: ConstrainedUnknowns(unknownCount: stiffness.unknownCount, fixed: fixed),
      loads: [CellwiseLoad(given: load)], stateName: ("displacement", "m"))
    let solver = ConjugateGradient(
      IncompleteCholeskyPreconditioner<SymmetricSparseMatrix>(),
      options: IterationOptions(relativeTolerance: 1e-12))
    let model = ImplicitModel(equations, solver: AnyLinearSolver(solver))
    var workspace = model.makeWorkspace()
    let c = CellCoefficients(stiffness: DenseVector(repeating: 200, count: mesh.cellCount))
    let u = try model.solve(c, in: &workspace)
    for node in 0..<mesh.nodeCount {
      let x = mesh.point(ofNode: node)
      #expect(abs(u[node * d] - 0.02 * x[0]) < 1e-11)
      #expect(abs(u[node * d + 1] + 0.3 * 0.02 * x[1]) < 1e-11)
    }
  }
}
