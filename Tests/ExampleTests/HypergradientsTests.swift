import Backsolve
import TestSupport
import Testing

@testable import Hypergradients

/// Every hypergradient of the example, by either inverse, is the central difference of what it is the gradient of.
@Suite struct HypergradientsTests {
  private func check(
    at h: DenseVector, _ value: (DenseVector, ImplicitSolve) throws -> (value: Double, gradient: DenseVector)
  ) throws {
    let plain = Hypergradients.inverses[0].1, step = 1e-3
    let differences = try h.elements.indices.map { k in
      var (ahead, behind) = (h, h)
      ahead[k] += step
      behind[k] -= step
      return (try value(ahead, plain).value - value(behind, plain).value) / (2 * step)
    }
    let size = DenseVector(differences).norm
    #expect(size > 1e-4)
    for (name, inverse) in Hypergradients.inverses {
      let slopes = try value(h, inverse).gradient
      #expect((slopes - DenseVector(differences)).norm < 1e-3 * size, "\(name): \(slopes.elements) \(differences)")
    }
  }

  @Test func radius() throws { try check(at: [-0.4], TunedDesign(cells: [6, 4]).madeByTwoTools) }

  @Test func schedule() throws { try check(at: [1.5, 2.5], TunedDesign(cells: [6, 4]).schedule) }

  @Test func regularization() throws { try check(at: [3], TunedRegularization(cells: [6, 6]).heldOut) }

  @Test func smoother() throws {
    let functional = try TunedSmoother(cells: [6, 6]).energyLeft
    let h: DenseVector = [-2, 0.8], direction: DenseVector = [0.6, -0.8]
    let gradient = try functional.valueWithGradient(at: h).gradient
    let test = try TaylorTest(at: h, along: direction, gradient: gradient) { point throws(SolveFailure) in
      try functional.value(at: point)
    }
    #expect(test.passes(), "rates \(test.rates)")
  }
}
