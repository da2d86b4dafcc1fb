import Synchronization

/// The filter that solves a partial differential equation: -r² Δρ̃ + ρ̃ = ρ with no flux through the boundary.
///
/// Lazarov and Sigmund (2011): with r = R / (2√3) it spreads like a cone filter of radius R. Cell values load the nodes
/// (P, ∫N over each cell), the nodes solve (r² K + M) ρ̃ = P ρ, and each cell takes its mean: V⁻¹ Pᵀ (r² K + M)⁻¹ P.
/// M is lumped and K has no positive entry beside its diagonal (`MonotoneDiffusion`), so densities stay between the
/// smallest and the largest given, on cells of any shape; constants and the total volume are kept. All to the accuracy
/// of the solver. Where cells are obtuse the filter is a little wider than its radius.
public struct HelmholtzFilter: Transform {
  /// R, in m.
  public let radius: Double
  private let volumes: DenseVector
  private let spread: CellSpread
  private let equation: Equation

  /// On a structured grid.
  public init(_ grid: StructuredGrid, radius: Double) throws(SolveFailure) {
    let assembler = CellwiseAssembler(
      connectivity: CellConnectivity(grid),
      matrices: CellMatrices(components: 1, rowMajor: [MonotoneDiffusion.cellMatrix(grid)]))
    try self.init(assembler, CellSpread(grid), over: grid, radius: radius)
  }

  /// On an unstructured mesh.
  public init(_ mesh: UnstructuredMesh, radius: Double) throws(SolveFailure) {
    try self.init(MeshStiffness.diffusion(mesh).assembler, CellSpread(mesh), over: mesh, radius: radius)
  }

  private init(_ assembler: CellwiseAssembler, _ spread: CellSpread, over domain: any Domain, radius: Double)
    throws(SolveFailure)
  {
    precondition(radius >= 0 && radius.isFinite, "a filter radius of \(radius) m")
    self.radius = radius
    self.spread = spread
    volumes = domain.cellVolumes
    // r² = (R / (2√3))²
    var matrix = assembler.assemble(
      coefficients: DenseVector(repeating: radius * radius / 12, count: domain.cellCount))
    MonotoneDiffusion.limit(&matrix)
    // The row sums of the mass matrix are the integrals of the shape functions.
    let lumped = spread.toNodes(DenseVector(repeating: 1, count: domain.cellCount))
    for node in 0..<lumped.count { matrix.values[Int(matrix.pattern.columnStarts[node])] += lumped[node] }
    equation = try Equation(matrix, dimension: domain.dimension)
  }

  public func apply(_ x: DenseVector) throws(SolveFailure) -> DenseVector {
    precondition(x.count == volumes.count, "a field of \(x.count) entries on \(volumes.count) cells")
    return dividedByVolumes(spread.toCells(try equation.solve(spread.toNodes(x))))
  }

  public func pullback(_ seed: DenseVector, at x: DenseVector) throws(SolveFailure) -> DenseVector {
    if seed.isEmpty { return seed }
    return spread.toCells(try equation.solve(spread.toNodes(dividedByVolumes(seed))))
  }

  private func dividedByVolumes(_ x: DenseVector) -> DenseVector {
    DenseVector(count: x.count) { y in for cell in 0..<x.count { y[cell] = x[cell] / volumes[cell] } }
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
