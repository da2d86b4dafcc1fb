/// A smooth inner problem min_x f(x, h), whose answer depends on hyperparameters h: a weight of regularization, the radius
/// of a filter, the load that a design is made for.
public protocol InnerProblem: Sendable {
  var stateBlocks: [Block] { get }
  /// argmin_x f(x, h), by whatever method; the gradient there should vanish to the accuracy wanted.
  func minimizer(_ hyperparameters: DenseVector) throws(SolveFailure) -> DenseVector
  /// ∂²f/∂x² v.
  func hessianProduct(_ v: DenseVector, at x: DenseVector, _ hyperparameters: DenseVector) throws(SolveFailure)
    -> DenseVector
  /// (∂²f/∂x∂h)ᵀ v, one entry a hyperparameter.
  func mixedPullback(_ v: DenseVector, at x: DenseVector, _ hyperparameters: DenseVector) throws(SolveFailure)
    -> DenseVector
  /// A step α with which gradient descent on f contracts: below 2 over the largest eigenvalue of the Hessian. It scales the
  /// Neumann series; conjugate gradients do not depend on it.
  func descentStep(at x: DenseVector, _ hyperparameters: DenseVector) throws(SolveFailure) -> Double
}

/// The answer of an inner problem as a state, with the gradient of what is said of it in its hyperparameters.
///
/// With H = ∂²f/∂x² a seed v has the hypergradient -(∂²f/∂x∂h)ᵀ H⁻¹ v; H⁻¹ v by the Neumann series of gradient descent or by
/// conjugate gradients (Lorraine, Vicol & Duvenaud, "Optimizing millions of hyperparameters by implicit differentiation",
/// AISTATS 2020). A truncated series is refused, not returned.
public struct StationaryPointModel<Problem: InnerProblem>: ForwardModel {
  public typealias Parameters = DenseVector
  public typealias State = DenseVector
  public typealias Workspace = Void

  public let problem: Problem
  public let inverse: ImplicitSolve
  public let identity = ModelIdentity()

  public init(_ problem: Problem, inverse: ImplicitSolve = .conjugateGradient()) {
    self.problem = problem
    self.inverse = inverse
  }

  public var stateBlocks: [Block] { problem.stateBlocks }
  public func makeWorkspace() {}

  public func linearize(at hyperparameters: DenseVector, in workspace: inout Void) throws(SolveFailure)
    -> Linearization<DenseVector, DenseVector>
  {
    let (problem, inverse) = (problem, inverse)
    let x = try problem.minimizer(hyperparameters)
    return Linearization(
      state: x, report: SolveReport(solver: "inner-problem"),
      pullback: { seed throws(SolveFailure) in
        if seed.isEmpty { return .zero }
        let step = try problem.descentStep(at: x, hyperparameters)
        let solved = try inverse.solve(seed) { v throws(SolveFailure) in
          try problem.hessianProduct(v, at: x, hyperparameters).scaled(by: step)
        }
        return try problem.mixedPullback(solved.solution.scaled(by: -step), at: x, hyperparameters)
      })
  }
}
