import Optimizers
import TestSupport
import Testing

/// The worst case over several functions as a bound form: minimize z with f_i - z <= 0.
@Suite struct BoundFormTests {
  /// Parabolas (x - c)^2 + (y - d)^2 + e: the smallest largest one is a small ball problem with a known centre.
  private static let centers: [[Double]] = [[0, 0], [4, 0], [0, 2]]

  private func evaluate(_ x: DenseVector) -> Evaluation {
    Evaluation(
      objective: 0, objectiveGradient: [0, 0],
      constraints: Self.centers.map { ($0[0] - x[0]) * ($0[0] - x[0]) + ($0[1] - x[1]) * ($0[1] - x[1]) + 1 },
      constraintGradients: Self.centers.map { [2 * (x[0] - $0[0]), 2 * (x[1] - $0[1])] })
  }

  /// The circle through the corners of a right triangle has its centre in the middle of the hypotenuse.
  @Test func findsTheSmallestEnclosingCircle() throws {
    var options = AsymptoteOptions()
    options.boundWeights = [1, 1, 1]
    let bounds = Bounds(-5...5, count: 2)
    let plain = try minimize(MethodOfMovingAsymptotes(options), from: [-3, 4], within: bounds, steps: 60, change: 1e-7)
    {
      evaluate($0)
    }
    #expect((plain.design - [2, 1]).largestMagnitude < 1e-4, "\(plain.design.elements)")
    let convergent = try minimize(
      GloballyConvergentMMA(options), from: [-3, 4], within: bounds, steps: 200, change: 1e-7
    ) { evaluate($0) }
    #expect((convergent.design - [2, 1]).largestMagnitude < 1e-4, "\(convergent.design.elements)")
  }
}
