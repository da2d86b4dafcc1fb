/// The coefficients of a Chebyshev iteration in three-term form:
/// x_next = x + momentum (x - x_previous) + step D⁻¹ (b - A x).
///
/// Source: Saad, Iterative Methods for Sparse Linear Systems, 2nd ed. (2003), algorithm 12.1, for an eigenvalue interval
/// [a, b] of D⁻¹ A with b = ratio * a. The polynomial that is left of the error is symmetric or antisymmetric about the
/// middle of the interval and one at zero, so it stays below one in magnitude up to a + b. That is set to the bound of
/// the eigenvalues: smoothing then converges for all of them, and best for the many that lie below b.
public struct ChebyshevPolynomial: Sendable, Hashable {
  public let momenta: [Double]
  public let steps: [Double]
  public var degree: Int { steps.count }

  /// - Parameters:
  ///   - degree: applications of D⁻¹, at least one.
  ///   - largest: a bound of the eigenvalues.
  ///   - ratio: b / a.
  public init(degree: Int, largest: Double, ratio: Double) {
    let center = largest / 2, radius = center * (ratio - 1) / (ratio + 1)
    var momenta = [0.0]
    var steps = [1 / center]
    var rho = radius / center
    for _ in 1..<max(1, degree) {
      let next = 1 / (2 * center / radius - rho)
      momenta.append(next * rho)
      steps.append(2 * next / radius)
      rho = next
    }
    self.momenta = momenta
    self.steps = steps
  }
}
