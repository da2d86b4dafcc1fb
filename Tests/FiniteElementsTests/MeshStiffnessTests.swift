import FiniteElements
import TestSupport
import Testing

@Suite struct MeshStiffnessTests {
  static let meshes =
    ElementTable.all.map { SampleMeshes.box($0.shape, cells: 4, jitter: 0.2) } + [SampleMeshes.mixed(cells: 4)]

  private func coefficients(_ mesh: UnstructuredMesh, seed: UInt64 = 3) -> DenseVector {
    var generator = SeededGenerator(seed: seed)
    return generator.vector(count: mesh.cellCount, in: 0.1...2)
  }

  @Test(arguments: meshes) func rigidMotionsCostNothing(mesh: UnstructuredMesh) {
    let stiffness = MeshStiffness.elasticity(mesh, poissonRatio: 0.3)
    let d = mesh.dimension
    let c = coefficients(mesh)
    for a in 0..<d {
      var translation = DenseVector(zeros: stiffness.unknownCount)
      for node in 0..<mesh.nodeCount { translation[node * d + a] = 1 }
      #expect(stiffness.apply(coefficients: c, to: translation).largestMagnitude < 1e-13)
      for b in 0..<a {
        var rotation = DenseVector(zeros: stiffness.unknownCount)
        for node in 0..<mesh.nodeCount {
          rotation[node * d + a] = mesh.point(ofNode: node)[b]
          rotation[node * d + b] = -mesh.point(ofNode: node)[a]
        }
        #expect(stiffness.apply(coefficients: c, to: rotation).largestMagnitude < 1e-13)
      }
    }
    let diffusion = MeshStiffness.diffusion(mesh)
    let constant = DenseVector(repeating: 2, count: mesh.nodeCount)
    #expect(diffusion.apply(coefficients: c, to: constant).largestMagnitude < 1e-13)
  }

  @Test(arguments: meshes) func assembledMatrixProductAndEnergiesAgree(mesh: UnstructuredMesh) throws {
    for stiffness in [MeshStiffness.elasticity(mesh, poissonRatio: 0.3), .diffusion(mesh, thickness: 0.5)] {
      let c = coefficients(mesh)
      var generator = SeededGenerator(seed: 4)
      let u = generator.vector(count: stiffness.unknownCount), v = generator.vector(count: stiffness.unknownCount)
      let free = ConstrainedUnknowns(unknownCount: stiffness.unknownCount, fixed: [:])
      let matrix = try stiffness.makeOperator(coefficients: c, constrained: free)
      let product = stiffness.apply(coefficients: c, to: u)
      #expect((matrix.apply(u) - product).largestMagnitude < 1e-13)
      #expect(abs(stiffness.cellEnergies(v, u).dot(c) - v.dot(product)) < 1e-12)
    }
  }

  /// A linear field on the boundary must come out linear inside, with constant stress: the patch test.
  @Test(arguments: meshes) func patchTest(mesh: UnstructuredMesh) throws {
    let boundary = Set(mesh.boundaryFacets.flatMap(\.nodes))
    for stiffness in [MeshStiffness.elasticity(mesh, poissonRatio: 0.3), .diffusion(mesh)] {
      let d = stiffness.componentsPerNode
      let slopes: [[Double]] = [[0.3, -0.2, 0.5], [0.1, 0.4, -0.7], [-0.6, 0.2, 0.1]]
      func exact(_ node: Int, _ component: Int) -> Double {
        zip(mesh.point(ofNode: node), slopes[component]).reduce(0.2) { $0 + $1.0 * $1.1 }
      }
      var fixed: [Int: Double] = [:]
      for node in boundary { for r in 0..<d { fixed[node * d + r] = exact(node, r) } }
      let equations = CellwiseEquations(
        stiffness: stiffness, constrained: ConstrainedUnknowns(unknownCount: stiffness.unknownCount, fixed: fixed),
        loads: [CellwiseLoad(given: DenseVector(zeros: stiffness.unknownCount))], stateName: ("field", "1"))
      let model = ImplicitModel(equations, solver: AnyLinearSolver(CholeskySolver<SymmetricSparseMatrix>()))
      var workspace = model.makeWorkspace()
      let c = CellCoefficients(stiffness: DenseVector(repeating: 3, count: mesh.cellCount))
      let state = try model.solve(c, in: &workspace)
      for node in 0..<mesh.nodeCount {
        for r in 0..<d { #expect(abs(state[node * d + r] - exact(node, r)) < 1e-12) }
      }
      // Only inner nodes were unknown, and there were some.
      #expect(boundary.count < mesh.nodeCount)
    }
  }

  @Test func unstretchedSquareHasTheClosedFormStiffness() throws {
    // Plane stress, one square cell stretched along x with y free: E t times the strain.
    let mesh = SampleMeshes.box(.quad4, cells: 1)
    let stiffness = MeshStiffness.elasticity(mesh, poissonRatio: 0.25, thickness: 2)
    var u = DenseVector(zeros: 8)
    for node in 0..<4 {
      u[2 * node] = 1e-3 * mesh.point(ofNode: node)[0]
      u[2 * node + 1] = -0.25e-3 * mesh.point(ofNode: node)[1]
    }
    let energy = stiffness.cellEnergies(u, u)[0]
    #expect(abs(energy - 2 * 1e-6) < 1e-18)
    let strain = MeshStiffness.elasticity(mesh, poissonRatio: 0.25, assumption: .planeStrain)
    // Uniaxial strain stiffness E (1 - ν) / ((1 + ν)(1 - 2 ν)).
    for node in 0..<4 { u[2 * node + 1] = 0 }
    #expect(abs(strain.cellEnergies(u, u)[0] - 1e-6 * 0.75 / (1.25 * 0.5)) < 1e-18)
  }

  @Test func sameBitsForAnyThreadCount() throws {
    let mesh = SampleMeshes.box(.tet4, cells: 7, jitter: 0.1)
    let c = coefficients(mesh)
    var results: [DenseVector] = []
    for threads in [1, 2, 3] {
      Threads.limit(to: threads)
      let stiffness = MeshStiffness.elasticity(mesh, poissonRatio: 0.3)
      let free = ConstrainedUnknowns(unknownCount: stiffness.unknownCount, fixed: [5: 0])
      let matrix = try stiffness.makeOperator(coefficients: c, constrained: free)
      let u = DenseVector((0..<stiffness.unknownCount).map { Double($0 % 17) })
      results.append(matrix.apply(u) + stiffness.apply(coefficients: c, to: u))
    }
    Threads.limit(to: 2)
    #expect(results[0] == results[1])
    #expect(results[0] == results[2])
  }
}
