/// A way to solve B λ = v by products with B alone, for adjoints of converged iterations.
public enum ImplicitSolve: Sendable, Hashable {
  /// λ = Σ_k (I - B)^k v: for every B whose I - B is a contraction, symmetric or not. It costs as many products as the
  /// iteration itself takes to gain as many digits (Lorraine, Vicol & Duvenaud, AISTATS 2020, equation 8).
  case neumannSeries(relativeTolerance: Double = 1e-12, terms: Int = 10_000)
  /// For symmetric positive definite B: about the square root of as many products.
  case conjugateGradient(relativeTolerance: Double = 1e-12, maxIterations: Int = 10_000)

  /// - Throws: where the residual does not fall below the tolerance, with how far it came.
  public func solve(_ v: DenseVector, _ b: (DenseVector) throws(SolveFailure) -> DenseVector) throws(SolveFailure)
    -> (solution: DenseVector, products: Int)
  {
    let size = v.norm
    guard size.isFinite else { throw SolveFailure(.nonFinite, "the seed of an implicit derivative is not finite") }
    if size == 0 { return (v, 0) }
    switch self {
    case .neumannSeries(let tolerance, let terms):
      var sum = v, term = v
      for k in 1...max(1, terms) {
        term = term - (try b(term))
        sum.add(term, scaledBy: 1)
        // The term that comes next is the residual v - B λ.
        if term.norm <= tolerance * size { return (sum, k) }
        if !term.isFinite { break }
      }
      throw SolveFailure(
        .stalled, "the Neumann series did not converge in \(terms) terms",
        attempts: ["relative residual \(term.norm / size): the iteration may not contract"])
    case .conjugateGradient(let tolerance, let maxIterations):
      var x = DenseVector(zeros: v.count), r = v, p = v
      var square = r.dot(r)
      for k in 1...max(1, maxIterations) {
        let image = try b(p)
        let curvature = p.dot(image)
        guard curvature > 0 else {
          throw SolveFailure(.singular, "the operator of an implicit derivative is not positive definite")
        }
        x.add(p, scaledBy: square / curvature)
        r.add(image, scaledBy: -square / curvature)
        let next = r.dot(r)
        if next.squareRoot() <= tolerance * size { return (x, k) }
        p.scale(by: next / square)
        p.add(r, scaledBy: 1)
        square = next
      }
      throw SolveFailure(
        .stalled, "conjugate gradients of an implicit derivative did not converge in \(maxIterations) iterations",
        attempts: ["relative residual \(square.squareRoot() / size)"])
    }
  }
}
