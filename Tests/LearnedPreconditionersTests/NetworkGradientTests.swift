import TestSupport
import Testing

@testable import LearnedPreconditioners

/// The networks of learned preconditioners in double precision: parameters, then inputs, are the point.
///
/// Steps are short, since a rectifier has a kink: the points have none within them.
@Suite struct NetworkGradientTests {
  private static func row(
    _ name: String, _ layout: ParameterLayout, inputs shapes: [[Int]],
    _ network: @escaping @Sendable ([Variable<Double>], BoundParameters<Double>) -> Variable<Double>
  ) -> GradientCase {
    var generator = SeededGenerator(seed: 21)
    // No last layer starts at zero here: what is before it would have no gradient.
    let parameters = generator.vector(count: layout.count, in: -0.6...0.6)
    return .network(
      name, layout, parameters: parameters, inputs: shapes, firstStep: 1e-4, using: &generator, network)
  }

  static let cases: [GradientCase] = {
    let factor = FactorNetwork()
    let directions = DirectionNetwork(axes: 2)
    let mixture = MixtureNetwork(inputs: 3, candidates: 2, hidden: [5], startsAtZero: false)
    return [
      row("factor network", factor.layout, inputs: [[4, FactorGraph.nodeInputs], [5, FactorGraph.edgeInputs]]) {
        let answer = factor(nodes: $0[0], edges: $0[1], columns: [0, 0, 1, 1, 2], rows: [1, 2, 2, 3, 3], $1)
        return .joined([answer.entries.reshaped(to: [1, 5]), answer.pivots.reshaped(to: [1, 4])])
      },
      row("direction network", directions.layout, inputs: [[1, 4, 4, 1], [1, 4, 4, 1]]) {
        directions($0[0], mask: $0[1], levels: 1, $1)
      },
      row("mixture network", mixture.layout, inputs: [[6, 3], [6, 2]]) { mixture($0[0], $0[1], $1) },
    ]
  }()

  @Test(arguments: cases) func networks(row: GradientCase) throws { try row.check() }
}
