import FiniteElements
import TestSupport
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Linear elements converge with order two in the mean square and order one in the gradient.
@Suite struct MeshConvergenceTests {
  enum Physics: String, CaseIterable, Sendable { case diffusion, elasticity }

  private let poissonRatio = 0.3

  @Test(arguments: ElementTable.all, Physics.allCases) func rates(element: Element, physics: Physics) throws {
    let refinements = element.dimension == 2 ? [8, 16] : [3, 6]
    let errors = try refinements.map { try error(element, physics, cells: $0) }
    let coarse = errors[0], fine = errors[1]
    let meanSquare = log2(coarse.meanSquare / fine.meanSquare)
    let gradient = log2(coarse.gradient / fine.gradient)
    #expect(meanSquare > 1.85 && meanSquare < 2.3, "L2 rate of \(element.shape) \(physics)")
    #expect(gradient > 0.92 && gradient < 1.3, "H1 rate of \(element.shape) \(physics)")
    #expect(fine.meanSquare < 0.02)
  }

  private func error(_ element: Element, _ physics: Physics, cells: Int) throws -> (
    meanSquare: Double, gradient: Double
  ) {
    let mesh = SampleMeshes.box(element.shape, cells: cells, jitter: 0.12)
    let stiffness =
      physics == .diffusion
      ? MeshStiffness.diffusion(mesh) : MeshStiffness.elasticity(mesh, poissonRatio: poissonRatio)
    let d = stiffness.componentsPerNode
    let exact = ManufacturedWave(components: d, dimension: mesh.dimension)
    let points = PlainQuadrature.points(of: mesh)

    var load = DenseVector(zeros: stiffness.unknownCount)
    for point in points {
      let source =
        physics == .diffusion
        ? exact.diffusionSource(point.at)
        : exact.elasticitySource(point.at, poissonRatio: poissonRatio, planeStress: mesh.dimension == 2)
      for (a, node) in point.nodes.enumerated() {
        for r in 0..<d { load[node * d + r] += point.weight * point.values[a] * source[r] }
      }
    }
    var fixed: [Int: Double] = [:]
    for node in Set(mesh.boundaryFacets.flatMap(\.nodes)) {
      for (r, value) in exact.value(mesh.point(ofNode: node)).enumerated() { fixed[node * d + r] = value }
    }
    let equations = CellwiseEquations(
      stiffness: stiffness, constrained: ConstrainedUnknowns(unknownCount: stiffness.unknownCount, fixed: fixed),
      loads: [CellwiseLoad(given: load)], stateName: ("field", "1"))
    let model = ImplicitModel(equations, solver: AnyLinearSolver(CholeskySolver<SymmetricSparseMatrix>()))
    var workspace = model.makeWorkspace()
    let u = try model.solve(
      CellCoefficients(stiffness: DenseVector(repeating: 1, count: mesh.cellCount)), in: &workspace)

    var meanSquare = 0.0, gradient = 0.0
    for point in points {
      let value = exact.value(point.at), slope = exact.gradient(point.at)
      for r in 0..<d {
        var approximate = 0.0
        var slopes = [Double](repeating: 0, count: mesh.dimension)
        for (a, node) in point.nodes.enumerated() {
          approximate += point.values[a] * u[node * d + r]
          for axis in slopes.indices { slopes[axis] += point.gradients[a][axis] * u[node * d + r] }
        }
        meanSquare += point.weight * (approximate - value[r]) * (approximate - value[r])
        for axis in slopes.indices {
          gradient += point.weight * (slopes[axis] - slope[r][axis]) * (slopes[axis] - slope[r][axis])
        }
      }
    }
    return (meanSquare.squareRoot(), gradient.squareRoot())
  }
}
