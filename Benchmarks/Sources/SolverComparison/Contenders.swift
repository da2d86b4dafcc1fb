import Backsolve
import Foundation

/// The solvers of one system, by the names that scenes give them, to a relative residual of 1e-8.
struct Contenders<Operator: AssemblableOperator> {
  private(set) var entries: [(name: String, make: () -> AnyLinearSolver<Operator>)] = []

  init(_ nullspace: @escaping () -> NearNullspace, components: Int) {
    add("cholmod") { CholeskySolver<Operator>() }
    addCG(JacobiPreconditioner<Operator>())
    if components > 1 { addCG(BlockJacobiPreconditioner<Operator>(blockSize: components)) }
    addCG(SSORPreconditioner<Operator>())
    addCG(IncompleteCholeskyPreconditioner<Operator>())
    addCG(ModifiedIncompleteCholeskyPreconditioner<Operator>())
    addCG(ThresholdCholeskyPreconditioner<Operator>())
    addCG(SparseInversePreconditioner<Operator>())
    addCG(ChebyshevPreconditioner<Operator>())
    addCG(SymmetricPolynomialPreconditioner<Operator>())
    add("smoothed-aggregation-cg") {
      ConjugateGradient(SmoothedAggregationPreconditioner<Operator>(nullspace()), options: Self.options)
    }
  }

  static var options: IterationOptions { IterationOptions(relativeTolerance: 1e-8, maxIterations: 3000) }

  mutating func add<Solver: LinearSolver>(_ name: String, _ make: @escaping () -> Solver)
  where Solver.Operator == Operator {
    entries.append((name, { AnyLinearSolver(make()) }))
  }

  private mutating func addCG(_ factory: some PreconditionerFactory<Operator>) {
    add(factory.name + "-cg") { ConjugateGradient(factory, options: Self.options) }
  }

  /// Prints a row of JSON for each solver wanted.
  func run(_ caseName: String, _ matrix: Operator, _ load: DenseVector, _ options: BenchmarkOptions) {
    for (name, make) in entries where options.solvers?.contains(name) ?? true {
      let solver = make()
      var row = Row(case: caseName, unknowns: matrix.dimension, solver: name)
      let start = ProcessUsage.cpuSeconds
      do {
        let prepared = try solver.prepare(matrix, reusing: nil)
        let ready = ProcessUsage.cpuSeconds, wall = ProcessUsage.wallSeconds
        row.setupCPUSeconds = ready - start
        let (solutions, report) = try solver.solve(prepared, columns: [load], from: nil)
        row.solveCPUSeconds = ProcessUsage.cpuSeconds - ready
        row.solveWallSeconds = ProcessUsage.wallSeconds - wall
        row.iterations = report.iterations
        row.trueRelativeResidual = (load - matrix.apply(solutions[0])).norm / load.norm
        row.status = "converged"
      } catch {
        row.solveCPUSeconds = ProcessUsage.cpuSeconds - start - row.setupCPUSeconds
        row.status = "\(error)"
      }
      row.peakMemoryBytes = ProcessUsage.peakMemoryBytes
      row.write()
    }
  }

  private struct Row: Codable {
    var `case`: String
    var unknowns: Int
    var solver: String
    var setupCPUSeconds = 0.0
    var solveCPUSeconds = 0.0
    var solveWallSeconds = 0.0
    var iterations = 0
    var trueRelativeResidual = -1.0
    /// Of the whole process so far: run one solver a process to compare.
    var peakMemoryBytes = 0
    var status = ""

    func write() {
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.sortedKeys]
      guard let data = try? encoder.encode(self) else { return }
      FileHandle.standardOutput.write(data + Data("\n".utf8))
    }
  }
}

/// Runs a system on a mesh.
func compareOnMesh(_ name: String, _ system: LogNormalPlane, _ options: BenchmarkOptions) throws {
  let matrix = try system.stiffness.makeOperator(coefficients: system.coefficients, constrained: system.constrained)
  let domain = system.mesh
  if let folder = options.folder { try writeSystem(matrix, system.load, domain, components: 1, to: folder, name) }
  Contenders<SymmetricSparseMatrix>({ NearNullspace(of: domain, componentsPerNode: 1) }, components: 1)
    .run(name, matrix, system.load, options)
}

/// Runs a system on a grid, geometric multigrid too.
func compareOnGrid(_ name: String, _ system: GridSystem, _ options: BenchmarkOptions) throws {
  let matrix = try system.stiffness.makeOperator(coefficients: system.coefficients, constrained: system.constrained)
  let domain = system.stiffness.domain, components = system.stiffness.componentsPerNode
  if let folder = options.folder {
    try writeSystem(matrix.assembled(), system.load, domain, components: components, to: folder, name)
  }
  // Patterns are known after the first iteration of a run; only solvers that need a matrix pay for it.
  if options.solvers?.contains(where: { $0 != "multigrid-cg" }) ?? true { _ = matrix.assembled() }
  var contenders = Contenders<GridOperator>(
    { NearNullspace(of: domain, componentsPerNode: components) }, components: components)
  contenders.add("multigrid-cg") { MultigridCG(MultigridOptions(relativeTolerance: 1e-8)) }
  contenders.run(name, matrix, system.load, options)
}
