/// The coefficients of a Chebyshev smoother in three-term form:
/// x_next = x + momentum (x - x_previous) + step D⁻¹ (b - A x).
///
/// Source: Saad, Iterative Methods for Sparse Linear Systems, 2nd ed. (2003), algorithm 12.1, for the eigenvalue interval
/// [largest / ratio, largest] of D⁻¹ A.
struct ChebyshevPolynomial: Sendable, Hashable {
  let momenta: [Float]
  let steps: [Float]
  var degree: Int { steps.count }

  init(degree: Int, largest: Double, ratio: Double) {
    let smallest = largest / ratio
    let center = (largest + smallest) / 2, radius = (largest - smallest) / 2
    var momenta: [Float] = [0]
    var steps = [Float(1 / center)]
    var rho = radius / center
    for _ in 1..<max(1, degree) {
      let next = 1 / (2 * center / radius - rho)
      momenta.append(Float(next * rho))
      steps.append(Float(2 * next / radius))
      rho = next
    }
    self.momenta = momenta
    self.steps = steps
  }
}
