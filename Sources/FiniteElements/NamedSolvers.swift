/// The solvers that comparisons run on the systems of one domain, by the names that scenes give them.
public struct NamedSolvers<Operator: AssemblableOperator>: Sendable {
  public struct Entry: Sendable {
    public let name: String
    /// The solver, telling an observer its residuals where it has any before the last.
    public let make: @Sendable (ResidualObserver?) -> AnyLinearSolver<Operator>
  }

  public private(set) var entries: [Entry]
  private let options: IterationOptions

  public var names: [String] { entries.map(\.name) }

  /// Those that need a matrix alone.
  ///
  /// - Parameters:
  ///   - domain: Gives the rigid motions of smoothed aggregation.
  ///   - components: Unknowns a node.
  ///   - options: When an iterative one stops.
  public init(_ domain: any Domain, components: Int, options: IterationOptions) {
    self.options = options
    entries = [Entry(name: "cholmod") { _ in AnyLinearSolver(CholeskySolver<Operator>()) }]
    addCG(JacobiPreconditioner<Operator>())
    if components > 1 { addCG(BlockJacobiPreconditioner<Operator>(blockSize: components)) }
    addCG(SSORPreconditioner<Operator>())
    addCG(IncompleteCholeskyPreconditioner<Operator>())
    addCG(ModifiedIncompleteCholeskyPreconditioner<Operator>())
    addCG(ThresholdCholeskyPreconditioner<Operator>())
    addCG(SparseInversePreconditioner<Operator>())
    addCG(ChebyshevPreconditioner<Operator>())
    addCG(SymmetricPolynomialPreconditioner<Operator>())
    // The rigid motions take as much memory as several states, so they are made when asked for.
    addCG("smoothed-aggregation") {
      SmoothedAggregationPreconditioner<Operator>(NearNullspace(of: domain, componentsPerNode: components))
    }
  }

  /// Adds conjugate gradients with a preconditioner, probed, under its name.
  public mutating func addCG(_ factory: some PreconditionerFactory<Operator>) { addCG(factory.name) { factory } }

  private mutating func addCG<Factory: PreconditionerFactory>(_ name: String, _ make: @escaping @Sendable () -> Factory)
  where Factory.Operator == Operator {
    let options = options
    entries.append(
      Entry(name: name + "-cg") {
        AnyLinearSolver(ConjugateGradient(make(), options: options, probesPreconditioner: true, observer: $0))
      })
  }
}

extension NamedSolvers where Operator == GridOperator {
  /// With geometric multigrid, which needs a grid.
  ///
  /// - Parameter smoothing: Chosen by the contrast of the coefficients where nil.
  public func addingMultigrid(smoothing: Smoothing? = nil) -> NamedSolvers {
    var more = self
    let options = MultigridOptions(
      relativeTolerance: options.relativeTolerance, maxIterations: min(500, options.maxIterations),
      smoothing: smoothing)
    more.entries.insert(
      Entry(name: "multigrid-cg") { AnyLinearSolver(MultigridCG(options, observer: $0)) }, at: 1)
    return more
  }
}
