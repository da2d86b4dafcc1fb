import Backsolve
import TestSupport
import Testing
import _Differentiation

extension GradientTable {
  /// The operations that objectives in plain Swift are written with, each differentiated by the compiler.
  private static func row(_ name: String, _ functional: Functional) -> GradientCase {
    var generator = SeededGenerator(seed: 3)
    return GradientCase(
      name, at: generator.vector(count: 12, in: 0.2...1),
      value: { try functional.value(at: $0) }, gradient: { try functional.valueWithGradient(at: $0).gradient })
  }

  static let vectorOperations: [GradientCase] = {
    var generator = SeededGenerator(seed: 4)
    let weights = generator.vector(count: 12)
    let simp = SIMP(penalty: 3)
    let filter = ConeFilter(over: StructuredGrid(size: [4, 3], cells: [4, 3]), radius: 1.5)
    return [
      row("dot of a vector with itself", Functional("square") { x in x.dot(x) }),
      row("sum and difference", Functional("sum") { x in (x + weights).dot(x - weights) }),
      row(
        "scaling by a number that depends on the vector", Functional("scaled") { x in x.scaled(by: x.sum).dot(weights) }
      ),
      row("transforms composed in Swift", Functional("composed") { x in simp(filter(x)).dot(weights) + x.sum }),
    ]
  }()

  @Test(arguments: vectorOperations)
  func vectorOperation(_ row: GradientCase) throws { try row.check() }
}
