import Backsolve

/// A steel arm in three dimensions, clamped on the left, pulled down along the lower edge on the right: stiffest for a
/// little less than a third of the material (30 percent). Its surface is `cantilever.stl`, its picture `cantilever.png`.
@main struct CantileverIn3D {
  static func main() throws { _ = try run() }

  /// - Returns: the compliance of the optimized arm, in J.
  static func run(cells: [Int] = [32, 16, 16], iterations: Int = 30, into folder: String = ".") throws -> Double {
    let grid = StructuredGrid(size: [0.4, 0.2, 0.2], cells: cells)

    let stiffness = GridStiffness.elasticity(grid, poissonRatio: 0.3)
    let wall = grid.nodes { $0[0] == 0 }
    let edge = grid.nodes { $0[0] == cells[0] && $0[1] == 0 }
    let load = CellwiseLoad(given: ConsistentLoads.nodal([0, -10_000 / Double(edge.count), 0], at: edge, of: grid))
    let arm = CellwiseEquations(
      stiffness: stiffness, constrained: ConstrainedUnknowns(of: stiffness, holding: [(wall, [0, 1, 2])]),
      loads: [load], stateName: ("displacement", "m"))

    // In three dimensions conjugate gradients with multigrid do without a matrix.
    let chain = DesignChain(
      field: ConeFilter(over: grid, radius: 1.5 * grid.spacing[0]),
      parameters: CellMaterial(SIMP(penalty: 3, modulus: 210e9)),
      model: ImplicitModel(arm, solver: MultigridCG()),
      rows: [
        .state(name: "compliance", Compliance(loads: [load])),
        .field(name: "volume", LinearFieldFunctional.volumeFraction(grid.cellVolumes)),
      ])
    let problem = DesignProblem(
      density: 0.3, over: grid, responses: chain, objective: .row(0, .minimize),
      constraints: [.init(row: 1, .atMost(0.3))])
    let loop = DesignLoop(
      problem: problem, optimizer: OptimalityCriteria(), stopping: StoppingCriteria(iterations: iterations))

    let outcome = try loop.run(
      hooks: .init(afterIteration: { history, _, _ in
        guard let row = history.rows.last else { return }
        print("\(row.iteration)  compliance \(row.objective) J  solver iterations \(row.solverIterations)")
      }))

    // What is denser than a half, as a closed surface to print and to look at.
    let surface = Isosurface.extract(from: grid, field: outcome.result.field)
    try AtomicFile.write(STLFile.encode(surface, title: "cantilever"), to: folder + "/cantilever.stl")
    try AtomicFile.write(SurfaceRenderer().render(surface, width: 640, height: 480).png, to: folder + "/cantilever.png")
    return outcome.values[0]
  }
}
