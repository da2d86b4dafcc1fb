import FiniteElements
import Foundation
import InverseDesign
import LearnedPreconditioners

/// The solvers that a comparison can run on the operators of one scene, by the names that scenes give them.
struct SolverCatalogue<Operator: AssemblableOperator>: Sendable {
  private var solvers: NamedSolvers<Operator>
  private let nodes: Int
  private let components: Int
  private let dimension: Int

  var names: [String] { solvers.names }

  /// - Parameter factor: Weights of a learned factor, where the scene has some.
  init(_ stiffness: some CellwiseStiffness, _ iteration: Scene.Iteration, _ factor: LearnedFactor?) {
    nodes = stiffness.domain.nodeCount
    components = stiffness.componentsPerNode
    dimension = stiffness.domain.dimension
    solvers = NamedSolvers(
      stiffness.domain, components: components,
      options: IterationOptions(
        relativeTolerance: iteration.tolerance, maxIterations: iteration.maximumIterations))
    if let factor { solvers.addCG(LearnedCholeskyPreconditioner<Operator>(factor)) }
  }

  /// Sets up and solves; a failure is part of the result.
  /// - Precondition: the name is one of `names`.
  func run(_ name: String, _ matrix: Operator, _ columns: [DenseVector]) -> SolverComparison.Trial {
    guard let entry = solvers.entries.first(where: { $0.name == name }) else {
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
  /// With geometric multigrid, which needs a grid; smoothed as the scene says where it does.
  func addingMultigrid(_ solver: Scene.Solver) -> SolverCatalogue {
    var more = self
    var smoothing: Smoothing?
    if case .multigridCG(let options) = solver { smoothing = options.smoothing.map { Smoothing(degrees: $0) } }
    more.solvers = solvers.addingMultigrid(smoothing: smoothing)
    return more
  }
}
