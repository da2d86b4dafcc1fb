import Backsolve
import Foundation
import LearnedPreconditioners

/// The solvers of one system, by the names that scenes give them, to a relative residual of 1e-8.
struct Contenders<Operator: AssemblableOperator> {
  let solvers: NamedSolvers<Operator>

  static var options: IterationOptions { IterationOptions(relativeTolerance: 1e-8, maxIterations: 3000) }

  /// Prints a row of JSON for each solver wanted.
  func run(_ caseName: String, _ matrix: Operator, _ load: DenseVector, _ options: BenchmarkOptions) {
    for entry in solvers.entries where options.solvers?.contains(entry.name) ?? true {
      let solver = entry.make(nil)
      var row = Row(case: caseName, unknowns: matrix.dimension, solver: entry.name)
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
  var solvers = NamedSolvers<SymmetricSparseMatrix>(
    domain, components: 1, options: Contenders<SymmetricSparseMatrix>.options)
  if let weights = options.weights {
    solvers.addCG(
      LearnedCholeskyPreconditioner<SymmetricSparseMatrix>(try LearnedFactor.read(weights, dimension: 2, components: 1))
    )
  }
  Contenders(solvers: solvers).run(name, matrix, system.load, options)
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
  let solvers = NamedSolvers<GridOperator>(
    domain, components: components, options: Contenders<GridOperator>.options)
  Contenders(solvers: solvers.addingMultigrid()).run(name, matrix, system.load, options)
}
