import Backsolve

/// The right half of a beam that is loaded at the middle of its top and rests on its ends: stiffest for half the
/// material. The picture is `mbb-beam.png`.
@main struct MBBBeam {
  static func main() throws { _ = try run() }

  /// - Returns: the compliance of the optimized beam, in J.
  static func run(cells: [Int] = [120, 40], iterations: Int = 50, into folder: String = ".") throws -> Double {
    let grid = StructuredGrid(size: [3, 1], cells: cells)

    // The physics: half of the beam, so nothing crosses the plane of symmetry at x = 0.
    let stiffness = GridStiffness.elasticity(grid, poissonRatio: 0.3)
    let symmetryPlane = grid.nodes { $0[0] == 0 }
    let support = [grid.node([cells[0], 0])], top = [grid.node([0, cells[1]])]
    let load = CellwiseLoad(given: ConsistentLoads.nodal([0, -1], at: top, of: grid))
    let beam = CellwiseEquations(
      stiffness: stiffness,
      constrained: ConstrainedUnknowns(of: stiffness, holding: [(symmetryPlane, [0]), (support, [1])]),
      loads: [load], stateName: ("displacement", "m"))

    // What is designed: one density a cell, blurred over a length and penalized between void and solid.
    let chain = DesignChain(
      field: ConeFilter(over: grid, radius: 0.06), parameters: CellMaterial(SIMP(penalty: 3)),
      model: ImplicitModel(beam, solver: CholeskySolver()),
      rows: [
        .state(name: "compliance", Compliance(loads: [load])),
        .field(name: "volume", LinearFieldFunctional.volumeFraction(grid.cellVolumes)),
      ])

    // What is wanted of it.
    let problem = DesignProblem(
      density: 0.5, over: grid, responses: chain, objective: .row(0, .minimize),
      constraints: [.init(row: 1, .atMost(0.5))])
    let loop = DesignLoop(
      problem: problem, optimizer: OptimalityCriteria(), stopping: StoppingCriteria(iterations: iterations))

    let outcome = try loop.run(
      hooks: .init(afterIteration: { history, _, _ in
        guard let row = history.rows.last else { return }
        print("\(row.iteration)  compliance \(row.objective) J  volume \(row.constraints[0])  change \(row.change)")
      }))
    let picture = DensityPicture.render(grid, field: outcome.result.field)
    try AtomicFile.write(picture.png, to: folder + "/mbb-beam.png")
    return outcome.values[0]
  }
}
