import Synchronization

/// The filter that solves a partial differential equation: -r² Δρ̃ + ρ̃ = ρ with no flux through the boundary.
///
/// Lazarov and Sigmund (2011): with r = R / (2√3) it spreads like a cone filter of radius R. Cell values load the nodes
/// (P, ∫N over each cell), the nodes solve (r² K + M) ρ̃ = P ρ, and each cell takes its mean: V⁻¹ Pᵀ (r² K + M)⁻¹ P.
/// M is lumped, which keeps bounds where the cells are not obtuse; constants and the total volume are kept exactly, to
/// the accuracy of the solver.
public struct HelmholtzFilter: Transform {
  /// R, in m.
  public let radius: Double
  private let volumes: DenseVector
  /// P and its transpose.
  private let spread: BodyLoad
  private let equation: Equation

  /// On a structured grid.
  public init(_ grid: StructuredGrid, radius: Double) throws(SolveFailure) {
    let cell = Self.gridCell(grid)
    try self.init(
      CellwiseAssembler(
        connectivity: CellConnectivity(grid), matrices: CellMatrices(components: 1, rowMajor: [cell])),
      spread: BodyLoad(grid, perVolume: [1]), domain: grid, radius: radius)
  }

  /// On an unstructured mesh.
  public init(_ mesh: UnstructuredMesh, radius: Double) throws(SolveFailure) {
    try self.init(
      MeshStiffness.diffusion(mesh).assembler, spread: BodyLoad(mesh, perVolume: [1]), domain: mesh, radius: radius)
  }

  private init(_ assembler: CellwiseAssembler, spread: BodyLoad, domain: any Domain, radius: Double)
    throws(SolveFailure)
  {
    precondition(radius >= 0 && radius.isFinite, "a filter radius of \(radius) m")
    self.radius = radius
    self.spread = spread
    volumes = domain.cellVolumes
    let lengthSquared = radius * radius / 12
    var matrix = assembler.assemble(coefficients: DenseVector(repeating: lengthSquared, count: domain.cellCount))
    // The row sums of the mass matrix are the loads of the constant one.
    let lumped = spread.load(of: DenseVector(repeating: 1, count: domain.cellCount))
    for node in 0..<lumped.count { matrix.values[Int(matrix.pattern.columnStarts[node])] += lumped[node] }
    equation = try Equation(matrix, dimension: domain.dimension)
  }

  public func apply(_ x: DenseVector) throws(SolveFailure) -> DenseVector {
    precondition(x.count == volumes.count, "a field of \(x.count) entries on \(volumes.count) cells")
    return dividedByVolumes(spread.pullback(try equation.solve(spread.load(of: x))))
  }

  public func pullback(_ seed: DenseVector, at x: DenseVector) throws(SolveFailure) -> DenseVector {
    if seed.isEmpty { return seed }
    return spread.pullback(try equation.solve(spread.load(of: dividedByVolumes(seed))))
  }

  private func dividedByVolumes(_ x: DenseVector) -> DenseVector {
    DenseVector(count: x.count) { y in for cell in 0..<x.count { y[cell] = x[cell] / volumes[cell] } }
  }

  /// ∫ ∇N·∇N over one cell of a grid, corners in lexicographic order.
  private static func gridCell(_ grid: StructuredGrid) -> [Double] {
    let single = StructuredGrid(size: grid.spacing, cells: grid.cells.map { _ in 1 })
    guard let mesh = try? UnstructuredMesh(single) else {
      preconditionFailure("the cell of a grid is a sound mesh")
    }
    let stiffness = MeshStiffness.diffusion(mesh)
    return (0..<mesh.nodeCount).flatMap { node in
      var unit = DenseVector(zeros: mesh.nodeCount)
      unit[node] = 1
      return stiffness.apply(coefficients: [1], to: unit).elements
    }
  }

  /// The equation, prepared once. One solve at a time.
  private final class Equation: Sendable {
    private typealias Solver = AnyLinearSolver<SymmetricSparseMatrix>
    private struct State: @unchecked Sendable {
      let solver: Solver
      let prepared: Solver.Prepared
    }
    private let state: Mutex<State>

    init(_ matrix: SymmetricSparseMatrix, dimension: Int) throws(SolveFailure) {
      // Factors fill in quickly in 3D, while this well-conditioned matrix needs few iterations there.
      let solver =
        dimension == 2 || matrix.dimension < 5_000
        ? Solver(CholeskySolver<SymmetricSparseMatrix>())
        : Solver(
          ConjugateGradient(
            JacobiPreconditioner<SymmetricSparseMatrix>(), options: IterationOptions(relativeTolerance: 1e-12)))
      state = Mutex(State(solver: solver, prepared: try solver.prepare(matrix, reusing: nil)))
    }

    func solve(_ right: DenseVector) throws(SolveFailure) -> DenseVector {
      try state.withLock { state throws(SolveFailure) in
        try state.solver.solve(state.prepared, columns: [right], from: nil).solutions[0]
      }
    }
  }
}
