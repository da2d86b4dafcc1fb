import FiniteElements
import InverseDesign

/// How a thresholded body is solved.
struct ThresholdedSolution<Operator: LinearOperator> {
  let solver: AnyLinearSolver<Operator>
  /// The stiffness of removed cells beside that of solid ones: 0 where the solver bears it.
  let voidRatio: Double
}

/// A cellwise physics solved at a density field given, for `simulate` and `verify`.
struct CellwiseAnalysis<Stiffness: CellwiseStiffness>: FieldAnalysis where Stiffness.Operator: AssemblableOperator {
  let model: ImplicitModel<CellwiseEquations<Stiffness>>
  let material: CellMaterial
  let modulus: Double
  let thresholded: ThresholdedSolution<Stiffness.Operator>
  /// True for structures, whose void is nothing; false for conductors.
  let removesVoid: Bool
  /// What `compare` can run.
  let catalogue: SolverCatalogue<Stiffness.Operator>

  private var domain: any Domain { model.equations.stiffness.domain }

  func analyse(_ field: DenseVector) throws -> FieldResult {
    let parameters = try material.parameters(of: field)
    var workspace = model.makeWorkspace()
    let linearization = try model.linearize(at: parameters, in: &workspace)
    return FieldResult(
      state: linearization.state, compliances: compliances(model.equations, parameters, linearization.state),
      report: linearization.report)
  }

  var solverNames: [String] { catalogue.names }

  func compare(solvers names: [String], at field: DenseVector, _ eachDone: (SolverComparison.Trial) -> Void) throws {
    let parameters = try material.parameters(of: field)
    let start = model.equations.initialState(parameters)
    let matrix = try model.equations.jacobian(start, parameters)
    let columns = model.equations.residual(start, parameters).map { $0.scaled(by: -1) }
    // The pattern is known from here on, as it is after the first iteration of a run.
    _ = matrix.assembled()
    for name in names { eachDone(catalogue.run(name, matrix, columns)) }
  }

  func analyseThresholded(_ field: DenseVector) throws -> ThresholdedResult {
    let volumes = domain.cellVolumes
    let (kept, threshold) = sameVolume(field, volumes)
    let (solid, floating) = attached(kept)
    // Solid cells at full stiffness. Void of a structure is removed, or nearly so. Void of a conductor stays what it is,
    // a poor conductor, because heat may be made in it.
    let void = removesVoid ? thresholded.voidRatio * modulus : material.interpolation.value(at: 0)
    var coefficients = DenseVector(repeating: void, count: solid.count)
    var inUse = [Bool](repeating: false, count: domain.nodeCount)
    for cell in solid.indices where solid[cell] {
      coefficients[cell] = modulus
      for node in domain.nodes(ofCell: cell) { inUse[node] = true }
    }
    let d = model.equations.stiffness.componentsPerNode
    var fixed = Dictionary(
      uniqueKeysWithValues: zip(model.equations.constrained.indices, model.equations.constrained.values))
    if removesVoid {
      // Unknowns of removed nodes have no stiffness of their own. In a soft void only those with a load must be held: it
      // is not carried, and must not be.
      var held = [Bool](repeating: thresholded.voidRatio == 0, count: inUse.count)
      for load in model.equations.loads {
        for unknown in load.given.indices where load.given[unknown] != 0 { held[unknown / d] = true }
      }
      for node in inUse.indices where !inUse[node] && held[node] { for c in 0..<d { fixed[node * d + c] = 0 } }
    }
    let equations = CellwiseEquations(
      stiffness: model.equations.stiffness,
      constrained: ConstrainedUnknowns(unknownCount: model.equations.dimension, fixed: fixed),
      loads: model.equations.loads, stateName: ("state", ""))
    let parameters = CellCoefficients(
      stiffness: coefficients, source: material.hasSource ? DenseVector(solid.map { $0 ? 1 : 0 }) : .zero)
    let body = ImplicitModel(equations, solver: thresholded.solver, warmStarts: false)
    var workspace = body.makeWorkspace()
    let linearization = try body.linearize(at: parameters, in: &workspace)
    let filled = zip(solid, volumes.elements).reduce(0) { $0 + ($1.0 ? $1.1 : 0) }
    return ThresholdedResult(
      threshold: threshold, solid: solid, floatingCells: floating, volumeFraction: filled / volumes.sum,
      compliances: compliances(equations, parameters, linearization.state), state: linearization.state,
      report: linearization.report, lostLoad: removesVoid ? lostLoad(inUse) : 0)
  }

  /// The share of the given loads that acts on nodes of removed material alone, by the sum of magnitudes.
  private func lostLoad(_ inUse: [Bool]) -> Double {
    let d = model.equations.stiffness.componentsPerNode
    var lost = 0.0, total = 0.0
    for load in model.equations.loads {
      for unknown in load.given.indices where !model.equations.constrained.mask[unknown] {
        total += abs(load.given[unknown])
        if !inUse[unknown / d] { lost += abs(load.given[unknown]) }
      }
    }
    return total > 0 ? lost / total : 0
  }

  private func compliances(
    _ equations: CellwiseEquations<Stiffness>, _ parameters: CellCoefficients, _ state: DenseVector
  ) -> [Double] {
    Compliance.ofEachCase(equations.loads).map { $0.value(parameters, state) }
  }

  /// The densest cells that together have the field's volume. Ties go to the lower index.
  private func sameVolume(_ field: DenseVector, _ volumes: DenseVector) -> (kept: [Bool], threshold: Double) {
    let target = field.dot(volumes)
    let order = field.indices.sorted { field[$0] != field[$1] ? field[$0] > field[$1] : $0 < $1 }
    var kept = [Bool](repeating: false, count: field.count)
    var filled = 0.0
    var threshold = 1.0
    for cell in order {
      if filled + 0.5 * volumes[cell] > target || field[cell] <= 0 { break }
      kept[cell] = true
      filled += volumes[cell]
      threshold = field[cell]
    }
    return (kept, threshold)
  }

  /// The kept cells that hang on a support through whole facets, and how many do not.
  private func attached(_ kept: [Bool]) -> (solid: [Bool], floating: Int) {
    var cellsOfFacet: [Set<Int>: [Int]] = [:]
    for cell in kept.indices where kept[cell] {
      let nodes = domain.shapeNodes(ofCell: cell)
      for facet in domain.shape(ofCell: cell).facets {
        cellsOfFacet[Set(facet.map { nodes[$0] }), default: []].append(cell)
      }
    }
    var neighbours = [[Int]](repeating: [], count: kept.count)
    for cells in cellsOfFacet.values where cells.count == 2 {
      neighbours[cells[0]].append(cells[1])
      neighbours[cells[1]].append(cells[0])
    }
    let d = model.equations.stiffness.componentsPerNode
    let mask = model.equations.constrained.mask
    var solid = [Bool](repeating: false, count: kept.count)
    var front = kept.indices.filter { cell in
      kept[cell] && domain.nodes(ofCell: cell).contains { node in (0..<d).contains { mask[node * d + $0] } }
    }
    for cell in front { solid[cell] = true }
    while let cell = front.popLast() {
      for next in neighbours[cell] where !solid[next] {
        solid[next] = true
        front.append(next)
      }
    }
    return (solid, zip(kept, solid).count { $0 && !$1 })
  }
}
