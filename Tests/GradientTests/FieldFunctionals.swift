import Backsolve
import TestSupport
import Testing

extension GradientTable {
  static let fieldFunctionals: [GradientCase] = {
    var generator = SeededGenerator(seed: 5)
    return [
      GradientCase(
        "weighted sum of a field", LinearFieldFunctional(weights: generator.vector(count: 30)),
        at: generator.vector(count: 30))
    ]
  }()

  @Test(arguments: fieldFunctionals)
  func fieldFunctional(_ row: GradientCase) throws { try row.check() }
}
