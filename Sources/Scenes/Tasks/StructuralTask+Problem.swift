import FiniteElements
import InverseDesign

extension StructuralTask {
  /// The physics that the task collection fixes: plane stress, unit cells, SIMP on the filtered density.
  enum Physics {
    static let modulus = 1.0
    static let minimumModulusRatio = 1e-9
    static let poissonRatio = 0.3
    static let penalty = 3.0
    /// In cell widths.
    static let filterRadius = 2.0
  }

  /// The task as a design problem: rows `compliance` and `volume-fraction` (of the designable area).
  func problem(solver makeSolver: (StructuredGrid) -> AnyLinearSolver<GridOperator>) throws -> DesignProblem {
    let grid = StructuredGrid(size: [Double(width), Double(height)], cells: [width, height])
    let isDesign = designCells(grid)
    let stiffness = GridStiffness.elasticity(grid, poissonRatio: Physics.poissonRatio, assumption: .planeStress)
    let load = CellwiseLoad(given: nodalForces(grid))
    let equations = CellwiseEquations(
      stiffness: stiffness, constrained: supports(grid), loads: [load], stateName: ("displacement", "m"))
    let model = ImplicitModel(equations, solver: makeSolver(grid))
    let material = CellMaterial(
      SIMP(penalty: Physics.penalty, modulus: Physics.modulus, minimumModulusRatio: Physics.minimumModulusRatio))
    let filter = ConeFilter(over: grid, radius: Physics.filterRadius, designCells: isDesign)
    let chain = DesignChain(
      fieldMap: { _ in filter }, parameterMap: { _ in material }, model: model,
      rows: [
        .state(name: "compliance", Compliance(loads: [load])),
        .field(name: "volume-fraction", LinearFieldFunctional.volumeFraction(grid.cellVolumes, counted: isDesign)),
      ])
    return DesignProblem(
      responses: chain, layout: [Block("density", shape: [grid.cellCount])],
      bounds: Bounds(0...1, count: grid.cellCount),
      start: DenseVector(isDesign.map { $0 ? density : 0 }), objective: .row(0, .minimize),
      constraints: [.init(row: 1, .atMost(density))])
  }

  /// True where material may be.
  private func designCells(_ grid: StructuredGrid) -> [Bool] {
    var mask = [Bool](repeating: true, count: grid.cellCount)
    for r in passiveVoidElements {
      for y in r[2]...r[3] { for x in r[0]...r[1] { mask[grid.cell([x, height - 1 - y])] = false } }
    }
    return mask
  }

  private func supports(_ grid: StructuredGrid) -> ConstrainedUnknowns {
    var fixed: [Int: Double] = [:]
    for (axis, rectangles) in [fixedX, fixedY].enumerated() {
      for r in rectangles {
        for y in r[2]...r[3] { for x in r[0]...r[1] { fixed[2 * grid.node([x, height - y]) + axis] = 0 } }
      }
    }
    return ConstrainedUnknowns(unknownCount: 2 * grid.nodeCount, fixed: fixed)
  }

  private func nodalForces(_ grid: StructuredGrid) -> DenseVector {
    var load = DenseVector(zeros: 2 * grid.nodeCount)
    for f in forces {
      let node = grid.node([Int(f[0]), height - Int(f[1])])
      load[2 * node] += f[2]
      load[2 * node + 1] -= f[3]
    }
    return load
  }
}
