import Backsolve
import LearnedPreconditioners

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// A linear system on a grid.
struct GridSystem {
  let stiffness: GridStiffness
  let coefficients: DenseVector
  let constrained: ConstrainedUnknowns
  let load: DenseVector

  // MARK: - Diffusion

  /// The unit cube with its boundary at zero and a unit load, conductivity 1 or exp(2 g).
  static func box(_ side: Int, logNormal: Bool) -> GridSystem {
    let grid = StructuredGrid(size: [1, 1, 1], cells: [side, side, side])
    let stiffness = GridStiffness.diffusion(grid)
    let boundary = grid.nodes { $0.contains(0) || $0.contains(side) }
    let constrained = ConstrainedUnknowns(of: stiffness, holding: [(boundary, [0])])
    var coefficients = DenseVector(repeating: 1, count: grid.cellCount)
    if logNormal {
      let field = GaussianField(dimension: 3, resolution: 32, seed: 1)
      for cell in 0..<grid.cellCount { coefficients[cell] = exp(2 * field.value(at: grid.centroid(ofCell: cell))) }
    }
    var load = BodyLoad(grid, perVolume: [1]).load(of: DenseVector(repeating: 1, count: grid.cellCount))
    constrained.zero(&load)
    return GridSystem(stiffness: stiffness, coefficients: coefficients, constrained: constrained, load: load)
  }

  // MARK: - Elasticity, ν = 0.3, unit cells, unit modulus

  /// The half beam of the first table after some evaluations, from the uniform start.
  static func optimizedBeam(_ cells: [Int], evaluations: Int = 30, design: String?) throws -> GridSystem {
    let grid = StructuredGrid(size: cells.map(Double.init), cells: cells)
    let stiffness = GridStiffness.elasticity(grid, poissonRatio: 0.3)
    let constrained = ConstrainedUnknowns(
      of: stiffness, holding: [(grid.nodes { $0[0] == 0 }, [0]), ([grid.node([cells[0], 0])], [1])])
    let load = ConsistentLoads.nodal([0, -1], at: [grid.node([0, cells[1]])], of: grid)
    return try optimized(stiffness, constrained, load, volume: 0.5, radius: 2, evaluations, design)
  }

  /// A clamped arm pulled down along an edge, at 12 % volume with a filter radius of 1.5 cells.
  static func optimizedCantilever(_ cells: [Int], evaluations: Int = 30, design: String?) throws -> GridSystem {
    let start = uniformCantilever(cells)
    return try optimized(
      start.stiffness, start.constrained, start.load, volume: 0.12, radius: 1.5, evaluations, design)
  }

  static func uniformCantilever(_ cells: [Int]) -> GridSystem {
    let grid = StructuredGrid(size: cells.map(Double.init), cells: cells)
    let stiffness = GridStiffness.elasticity(grid, poissonRatio: 0.3)
    let constrained = ConstrainedUnknowns(of: stiffness, holding: [(grid.nodes { $0[0] == 0 }, [0, 1, 2])])
    let edge = grid.nodes { $0[0] == cells[0] && $0[2] == 0 }
    return GridSystem(
      stiffness: stiffness, coefficients: DenseVector(repeating: 1, count: grid.cellCount), constrained: constrained,
      load: ConsistentLoads.nodal([0, 0, -1], at: edge, of: grid))
  }

  /// Half the cells solid at random, the rest 1e-9; a load at random in every direction on the nodes of solid cells.
  static func halfSolid(_ cells: [Int], seed: UInt64 = 1) -> GridSystem {
    let start = uniformCantilever(cells)
    guard let grid = start.stiffness.domain as? StructuredGrid else { return start }
    var generator = SeededGenerator(seed: seed)
    var coefficients = DenseVector(repeating: 1e-9, count: grid.cellCount)
    var load = DenseVector(zeros: start.load.count)
    for cell in 0..<grid.cellCount where generator.uniform() < 0.5 {
      coefficients[cell] = 1
      for node in grid.nodes(ofCell: cell) { for axis in 0..<3 { load[3 * node + axis] = 2 * generator.uniform() - 1 } }
    }
    start.constrained.zero(&load)
    return GridSystem(
      stiffness: start.stiffness, coefficients: coefficients, constrained: start.constrained, load: load)
  }

  /// - Parameter design: a file with the physical density, read where it is there and written where it is not.
  private static func optimized(
    _ stiffness: GridStiffness, _ constrained: ConstrainedUnknowns, _ load: DenseVector, volume: Double,
    radius: Double, _ evaluations: Int, _ design: String?
  ) throws -> GridSystem {
    let simp = SIMP(penalty: 3)
    if let design, let bytes = try? AtomicFile.read(design) {
      let field = DenseVector(try NPYFile(bytes: bytes, path: design).values)
      return GridSystem(
        stiffness: stiffness, coefficients: try simp.apply(field), constrained: constrained, load: load)
    }
    let run = try designRun(stiffness, constrained, load, volume: volume, radius: radius, evaluations)
    let field = run.result.field
    if let design { try AtomicFile.write(NPYFile(shape: [field.count], values: field.elements).bytes, to: design) }
    return GridSystem(stiffness: stiffness, coefficients: try simp.apply(field), constrained: constrained, load: load)
  }

  /// Compliance by optimality criteria from a uniform density.
  static func designRun(
    _ stiffness: GridStiffness, _ constrained: ConstrainedUnknowns, _ load: DenseVector, volume: Double,
    radius: Double, _ evaluations: Int, each: @escaping (_ field: DenseVector) throws -> Void = { _ in }
  ) throws -> DesignLoop.Outcome {
    let simp = SIMP(penalty: 3)
    guard let grid = stiffness.domain as? StructuredGrid else { preconditionFailure("a grid stiffness has a grid") }
    let loads = [CellwiseLoad(given: load)]
    let equations = CellwiseEquations(
      stiffness: stiffness, constrained: constrained, loads: loads, stateName: ("displacement", "m"))
    let chain = DesignChain(
      field: ConeFilter(over: grid, radius: radius), parameters: CellMaterial(simp),
      model: ImplicitModel(equations, solver: MultigridCG()),
      rows: [
        .state(name: "compliance", Compliance(loads: loads)),
        .field(name: "volume", LinearFieldFunctional.volumeFraction(grid.cellVolumes)),
      ])
    let problem = DesignProblem(
      density: volume, over: grid, responses: chain, objective: .row(0, .minimize),
      constraints: [.init(row: 1, .atMost(volume))])
    return try DesignLoop(
      problem: problem, optimizer: OptimalityCriteria(), stopping: StoppingCriteria(iterations: evaluations)
    ).run(hooks: .init(afterIteration: { _, latest, _ in try each(latest.field) }))
  }
}
