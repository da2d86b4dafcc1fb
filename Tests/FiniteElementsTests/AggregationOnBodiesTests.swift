import FiniteElements
import TestSupport
import Testing

/// Smoothed aggregation with the rigid motions of a body.
@Suite struct AggregationOnBodiesTests {
  private let options = IterationOptions(relativeTolerance: 1e-8, maxIterations: 400)

  private func iterations(
    _ matrix: SymmetricSparseMatrix, _ load: DenseVector, _ nullspace: NearNullspace
  ) throws -> Int {
    let factory = SmoothedAggregationPreconditioner<SymmetricSparseMatrix>(nullspace, coarsestSize: 100)
    let solver = ConjugateGradient(factory, options: options, probesPreconditioner: true)
    let (solutions, report) = try solver.solve(try solver.prepare(matrix, reusing: nil), columns: [load], from: nil)
    #expect((load - matrix.apply(solutions[0])).norm <= 1.001e-8 * load.norm)
    return report.iterations
  }

  /// Iterations stay within a few from mesh to mesh, on grids with voids too, and the rotations are what keeps them there.
  @Test(arguments: [1.0, 1e-9]) func isNearlyIndependentOfTheMesh(void: Double) throws {
    var counts: [Int] = [], withoutRotations = 0
    for n in [24, 48] {
      let grid = StructuredGrid(size: [2, 1], cells: [n, n / 2])
      let stiffness = GridStiffness.elasticity(grid, poissonRatio: 0.3)
      let constrained = ConstrainedUnknowns(of: stiffness, holding: [(grid.nodes { $0[0] == 0 }, [0, 1])])
      // Round holes, as many on every mesh.
      let coefficients = DenseVector(
        (0..<grid.cellCount).map { cell in
          let p = grid.centroid(ofCell: cell).map { 2 * $0 - (2 * $0).rounded(.down) - 0.5 }
          return p[0] * p[0] + p[1] * p[1] < 0.09 ? void : 1
        })
      let matrix = try stiffness.makeOperator(coefficients: coefficients, constrained: constrained).assembled()
      let load = ConsistentLoads.nodal([0, -1], at: [grid.node([n, 0])], of: grid)
      counts.append(try iterations(matrix, load, NearNullspace(of: grid, componentsPerNode: 2)))
      withoutRotations = try iterations(
        matrix, load, .translations(unknownCount: matrix.dimension, blockSize: 2))
    }
    #expect(counts[1] <= counts[0] + 8 && counts[1] < 40, "\(counts)")
    #expect(counts[1] < withoutRotations, "\(counts) and without rotations \(withoutRotations)")
  }

  /// Rollers hold one component of a node; a single clamped node is a block of its own.
  @Test func holdsSingleComponents() throws {
    let mesh = SampleMeshes.box(.tet4, cells: 6, jitter: 0.1)
    let stiffness = MeshStiffness.elasticity(mesh, poissonRatio: 0.3, thickness: 1)
    func nodes(_ isWanted: (SIMD3<Double>) -> Bool) -> [Int] {
      (0..<mesh.nodeCount).filter { isWanted(mesh.position(ofNode: $0)) }
    }
    let constrained = ConstrainedUnknowns(
      of: stiffness,
      holding: [(nodes { $0.x == 0 }, [0]), (nodes { $0.y == 0 }, [1]), (nodes { $0.z == 0 }, [2])])
    let matrix = try stiffness.makeOperator(
      coefficients: DenseVector(repeating: 210e9, count: mesh.cellCount), constrained: constrained)
    var load = DenseVector(zeros: matrix.dimension)
    for node in nodes({ $0.x == 1 }) { load[3 * node] = 1000 }
    #expect(try iterations(matrix, load, NearNullspace(of: mesh, componentsPerNode: 3)) < 40)
  }

  @Test func rigidMotionsDoNoWork() throws {
    let grid = StructuredGrid(size: [3, 2, 1], cells: [3, 2, 2])
    let stiffness = GridStiffness.elasticity(grid, poissonRatio: 0.3)
    let ones = DenseVector(repeating: 1, count: grid.cellCount)
    let motions = RigidMotions.vectors(of: grid)
    #expect(motions.count == 6)
    for motion in motions {
      #expect(motion.norm > 0)
      #expect(stiffness.apply(coefficients: ones, to: motion).largestMagnitude < 1e-13)
    }
  }
}
