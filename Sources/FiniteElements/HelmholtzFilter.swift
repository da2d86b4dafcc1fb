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
  private let spread: CellSpread
  private let equation: Equation

  /// On a structured grid or an unstructured mesh. The equation is prepared when the filter is first applied.
  public init(over domain: any Domain, radius: Double) {
    precondition(radius >= 0 && radius.isFinite, "a filter radius of \(radius) m")
    self.radius = radius
    volumes = domain.cellVolumes
    let spread: CellSpread
    let assembler: @Sendable () -> CellwiseAssembler
    switch domain {
    case let grid as StructuredGrid:
      spread = CellSpread(grid)
      let cell = GridStiffness.diffusion(grid).cellMatrix
      assembler = {
        CellwiseAssembler(
          connectivity: CellConnectivity(grid), matrices: CellMatrices(components: 1, rowMajor: [cell]))
      }
    case let mesh as UnstructuredMesh:
      spread = CellSpread(mesh)
      assembler = { MeshStiffness.diffusion(mesh).assembler }
    default: preconditionFailure("a Helmholtz filter works on grids and meshes")
    }
    self.spread = spread
    let cellCount = domain.cellCount
    equation = Equation(dimension: domain.dimension) {
      // r² = (R / (2√3))²
      let lengthSquared = DenseVector(repeating: radius * radius / 12, count: cellCount)
      var matrix = assembler().assemble(coefficients: lengthSquared)
      // The row sums of the mass matrix are the integrals of the shape functions.
      let lumped = spread.toNodes(DenseVector(repeating: 1, count: cellCount))
      for node in 0..<lumped.count { matrix.values[Int(matrix.pattern.columnStarts[node])] += lumped[node] }
      return matrix
    }
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
      var prepared: (solver: Solver, state: Solver.Prepared)?
    }
    private let dimension: Int
    private let matrix: @Sendable () -> SymmetricSparseMatrix
    private let state = Mutex(State())

    init(dimension: Int, matrix: @escaping @Sendable () -> SymmetricSparseMatrix) {
      self.dimension = dimension
      self.matrix = matrix
    }

    func solve(_ right: DenseVector) throws(SolveFailure) -> DenseVector {
      try state.withLock { kept throws(SolveFailure) in
        let prepared: (solver: Solver, state: Solver.Prepared)
        if let known = kept.prepared { prepared = known } else { prepared = try prepare() }
        kept.prepared = prepared
        return try prepared.solver.solve(prepared.state, columns: [right], from: nil).solutions[0]
      }
    }

    private func prepare() throws(SolveFailure) -> (solver: Solver, state: Solver.Prepared) {
      let matrix = matrix()
      // Factors fill in quickly in 3D, while this well-conditioned matrix needs few iterations there.
      let solver =
        dimension == 2 || matrix.dimension < 5_000
        ? Solver(CholeskySolver<SymmetricSparseMatrix>())
        : Solver(
          ConjugateGradient(
            JacobiPreconditioner<SymmetricSparseMatrix>(), options: IterationOptions(relativeTolerance: 1e-12)))
      return (solver, try solver.prepare(matrix, reusing: nil))
    }
  }
}
