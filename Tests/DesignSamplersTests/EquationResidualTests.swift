import DesignSamplers
import Testing

@Suite("Equation residuals") struct EquationResidualTests {
  @Test("Each sample counts with the mean size of its entries over the scale") func mean() {
    let samples: [DenseVector] = [[1, 0], [0, 2], [0.6, 0.8]]
    let circle = EquationResidual(of: samples) { [$0[0] * $0[0] + $0[1] * $0[1] - 1] }
    #expect(circle.norms.last == 3 && abs(circle.mean - 1) < 1e-15)
    let signed = EquationResidual(of: [1.0, 3], relativeTo: 4) { [$0, -$0, 0, 0] }
    #expect(signed.norms == [0.125, 0.375] && signed.mean == 0.25)
  }

  @Test("A quantile is the least norm that a part of the samples does not exceed") func quantiles() {
    let residual = EquationResidual(of: [7, 1, 10, 3, 2, 9, 4, 8, 6, 5]) { [Double($0)] }
    #expect([0, 0.1, 0.11, 0.5, 0.9, 1].map(residual.quantile) == [1, 1, 2, 5, 9, 10])
  }

  @Test("What is not a number is worse than any") func notNumbers() {
    let residual = EquationResidual(of: [0.0, 1, .nan]) { [$0] }
    #expect(residual.norms == [0, 1, .infinity] && residual.mean == .infinity && residual.quantile(0.5) == 1)
  }
}
