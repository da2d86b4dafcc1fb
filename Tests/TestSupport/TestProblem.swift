import DifferentiableCore
import Optimizers

/// An optimization problem with a published optimum.
public struct TestProblem: Sendable, CustomStringConvertible {
  public let name: String
  public let start: DenseVector
  public let bounds: Bounds
  /// The published optimal value and, where it is unique and short, the design.
  public let optimum: Double
  public let minimizer: DenseVector?
  let objective: @Sendable (DenseVector) -> (Double, DenseVector)
  /// Each at most zero when satisfied.
  let constraints: [@Sendable (DenseVector) -> (Double, DenseVector)]

  public var description: String { name }
  public var constraintCount: Int { constraints.count }

  public init(
    _ name: String, start: DenseVector, lower: [Double]? = nil, upper: [Double]? = nil, optimum: Double,
    minimizer: DenseVector? = nil, objective: @escaping @Sendable (DenseVector) -> (Double, DenseVector),
    constraints: [@Sendable (DenseVector) -> (Double, DenseVector)] = []
  ) {
    self.name = name
    self.start = start
    self.optimum = optimum
    self.minimizer = minimizer
    self.objective = objective
    self.constraints = constraints
    let n = start.count
    bounds = Bounds(
      lower: DenseVector(lower ?? [Double](repeating: -.infinity, count: n)),
      upper: DenseVector(upper ?? [Double](repeating: .infinity, count: n)))
  }

  public func evaluate(_ x: DenseVector) -> Evaluation {
    let (value, gradient) = objective(x)
    let rows = constraints.map { $0(x) }
    return Evaluation(
      objective: value, objectiveGradient: gradient, constraints: rows.map { $0.0 },
      constraintGradients: rows.map { $0.1 })
  }
}
