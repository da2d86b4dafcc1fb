import FiniteElements
import InverseDesign

/// Runs structural tasks by a method and reports them as lines of CSV.
public struct TaskRunner: Sendable {
  public enum Method: String, Sendable, CaseIterable {
    /// One analysis of the uniform start.
    case uniform
    case oc, mma, gcmma, lbfgs, adam
    case projectedGradient = "projected-gradient"
  }

  public let method: Method
  public let analyses: Int

  public init(method: Method, analyses: Int) {
    self.method = method
    self.analyses = analyses
  }

  public static let header = "name,method,compliance,volume,analyses,cpu_seconds"

  public func run(_ task: StructuralTask) throws -> String {
    let start = ProcessUsage.cpuSeconds
    let problem = try task.problem { _ in AnyLinearSolver(CholeskySolver<GridOperator>()) }
    let values: [Double]
    let count: Int
    if method == .uniform {
      values = try problem.responses.makeSession().evaluate(problem.start, gradientsOf: []).values
      count = 1
    } else {
      let loop = DesignLoop(
        problem: problem, optimizer: optimizer, stopping: StoppingCriteria(iterations: analyses),
        scaling: method == .oc ? .none : .byFirstValue)
      let outcome = try loop.run()
      values = outcome.values
      count = outcome.history.rows.count
    }
    let cpu = ProcessUsage.cpuSeconds - start
    return
      "\(task.name),\(method.rawValue),\(values[0]),\(values[1]),\(count),\(NumberFormat.significant(cpu, digits: 4))"
  }

  private var optimizer: any Optimizer {
    switch method {
    case .uniform, .oc: OptimalityCriteria()
    case .mma: MethodOfMovingAsymptotes()
    case .gcmma: GloballyConvergentMMA()
    case .lbfgs: AugmentedLagrangian(LBFGSB())
    case .adam: AugmentedLagrangian(Adam())
    case .projectedGradient: AugmentedLagrangian(ProjectedGradient())
    }
  }
}
