/// Some steps of Newton's method x⁺ = x - t J(x)⁻¹ F(x) as a function of their start that has a derivative.
///
/// From a seed s on x⁺, with the step d = J⁻¹ F and Jᵀ y = s: of a whole step what F changes by cancels against x, and what is
/// left is the change of J, so the seed on x is (1 - t) s + t ∂(yᵀ J(x) d)/∂x. Near a solution d vanishes and with it the
/// derivative: where Newton's method converges, its end does not depend on the start. Lengths t are held fixed.
public struct UnrolledNewton {
  /// Equations F(x) = 0 as a step and its derivative need them.
  public struct Equations: Sendable {
    /// A Jacobian that was factored.
    public struct Factored {
      /// J⁻¹ v; nil where J is singular.
      public let solve: (DenseVector) -> DenseVector?
      /// J⁻ᵀ v.
      public let solveTransposed: (DenseVector) -> DenseVector?

      /// - Parameters:
      ///   - solve: J⁻¹ v; nil where J is singular.
      ///   - solveTransposed: J⁻ᵀ v, likewise.
      public init(
        solve: @escaping (DenseVector) -> DenseVector?, solveTransposed: @escaping (DenseVector) -> DenseVector?
      ) {
        self.solve = solve
        self.solveTransposed = solveTransposed
      }
    }

    /// F(x).
    public let residual: @Sendable (DenseVector) -> DenseVector
    /// J(x) = F'(x); nil where it has no factors.
    public let factored: @Sendable (DenseVector) -> Factored?
    /// ∂(yᵀ J(x) d)/∂x.
    public let curvature: @Sendable (_ x: DenseVector, _ y: DenseVector, _ d: DenseVector) -> DenseVector

    /// - Parameters:
    ///   - residual: F(x).
    ///   - factored: J(x) = F'(x); nil where it has no factors.
    ///   - curvature: ∂(yᵀ J(x) d)/∂x, of x, y and d.
    public init(
      residual: @escaping @Sendable (DenseVector) -> DenseVector,
      factored: @escaping @Sendable (DenseVector) -> Factored?,
      curvature: @escaping @Sendable (_ x: DenseVector, _ y: DenseVector, _ d: DenseVector) -> DenseVector
    ) {
      self.residual = residual
      self.factored = factored
      self.curvature = curvature
    }
  }

  /// x after the steps; fewer were taken where a Jacobian had no factors or a step was not finite.
  public private(set) var end: DenseVector
  private let equations: Equations
  private var steps: [(x: DenseVector, step: DenseVector, length: Double, factored: Equations.Factored)] = []
  /// Steps that were taken.
  public var count: Int { steps.count }

  /// - Parameters:
  ///   - equations: F(x) = 0.
  ///   - start: x.
  ///   - steps: How many.
  ///   - halvings: Of a step, at most, until it lessens the residual's norm.
  public init(_ equations: Equations, from start: DenseVector, steps: Int, halvings: Int = 0) {
    self.equations = equations
    end = start
    var residual = equations.residual(start)
    for _ in 0..<steps {
      guard let factored = equations.factored(end), let step = factored.solve(residual), step.isFinite else { break }
      var length = 1.0
      var next = end - step
      var after = equations.residual(next)
      for _ in 0..<halvings where !(after.norm < residual.norm) {
        length /= 2
        next = end
        next.add(step, scaledBy: -length)
        after = equations.residual(next)
      }
      self.steps.append((end, step, length, factored))
      (end, residual) = (next, after)
    }
  }

  /// The gradient with respect to the start; nil where a transposed solve has none.
  ///
  /// - Parameter seed: On `end`.
  public func pullback(_ seed: DenseVector) -> DenseVector? {
    var seed = seed
    for (x, step, length, factored) in steps.reversed() {
      guard let y = factored.solveTransposed(seed) else { return nil }
      seed = seed.scaled(by: 1 - length) + equations.curvature(x, y, step).scaled(by: length)
    }
    return seed
  }
}
