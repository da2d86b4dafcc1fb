import FiniteElements
import Foundation
import InverseDesign

/// The solvers that a comparison can run on the operators of one scene, by the names that scenes give them.
struct SolverCatalogue<Operator: AssemblableOperator>: Sendable {
  struct Entry: Sendable {
    let name: String
    let make: @Sendable (@escaping ResidualObserver) -> AnyLinearSolver<Operator>
  }

  private(set) var entries: [Entry]
  private let iteration: Scene.Iteration
  private let nodes: Int
  private let components: Int
  private let dimension: Int

  var names: [String] { entries.map(\.name) }

  init(_ stiffness: some CellwiseStiffness, _ iteration: Scene.Iteration) {
    self.iteration = iteration
    nodes = stiffness.domain.nodeCount
    components = stiffness.componentsPerNode
    dimension = stiffness.domain.dimension
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
    let domain = stiffness.domain, components = components
    addCG("smoothed-aggregation") {
      SmoothedAggregationPreconditioner<Operator>(NearNullspace(of: domain, componentsPerNode: components))
    }
  }

  private mutating func addCG(_ factory: some PreconditionerFactory<Operator>) { addCG(factory.name) { factory } }

  private mutating func addCG<Factory: PreconditionerFactory>(_ name: String, _ make: @escaping @Sendable () -> Factory)
  where Factory.Operator == Operator {
    let options = IterationOptions(
      relativeTolerance: iteration.tolerance, maxIterations: iteration.maximumIterations)
    entries.append(
      Entry(name: name + "-cg") {
        AnyLinearSolver(ConjugateGradient(make(), options: options, probesPreconditioner: true, observer: $0))
      })
  }

  /// Sets up and solves; a failure is part of the result.
  /// - Precondition: the name is one of `names`.
  func run(_ name: String, _ matrix: Operator, _ columns: [DenseVector]) -> SolverComparison.Trial {
    guard let entry = entries.first(where: { $0.name == name }) else {
      preconditionFailure("no solver is called \(name)")
    }
    if name == "cholmod", let reason = tooLarge { return SolverComparison.Trial(refused: name, reason) }
    let recorder = ResidualRecorder()
    let solver = entry.make { iteration, residual in recorder.record(iteration, residual) }
    return SolverComparison.Trial.measuring(name, recorder) { setUp throws(SolveFailure) in
      let prepared = try solver.prepare(matrix, reusing: nil)
      setUp()
      let (solutions, report) = try solver.solve(prepared, columns: columns, from: nil)
      let residuals = zip(columns, solutions).map { b, x in b.norm > 0 ? (b - matrix.apply(x)).norm / b.norm : 0 }
      return (report.iterations, residuals.max() ?? 0)
    }
  }

  /// Why the factor of a large 3D domain is not tried: the system would end the process, not the factorization.
  private var tooLarge: String? {
    guard dimension == 3 else { return nil }
    let bytes = MemoryEstimate.factorBytes(nodes: Double(nodes), components: Double(components))
    guard bytes > 0.5 * Double(ProcessInfo.processInfo.physicalMemory) else { return nil }
    return "the factor would take about \(NumberFormat.significant(bytes / 1e9, digits: 3)) GB"
  }
}

extension SolverCatalogue where Operator == GridOperator {
  /// With geometric multigrid, which needs a grid.
  func addingMultigrid() -> SolverCatalogue {
    var more = self
    let options = MultigridOptions(
      relativeTolerance: iteration.tolerance, maxIterations: min(500, iteration.maximumIterations))
    more.entries.insert(
      Entry(name: "multigrid-cg") { AnyLinearSolver(MultigridCG(options, observer: $0)) }, at: 1)
    return more
  }
}
