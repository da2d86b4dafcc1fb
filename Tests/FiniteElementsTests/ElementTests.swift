import FiniteElements
import Testing

@Suite struct ElementTests {
  static let all = ElementTable.all + [.line2]

  /// A point inside every reference cell.
  private func inside(_ element: Element, _ generator: inout SeededGenerator) -> [Double] {
    (0..<element.dimension).map { _ in 0.05 + 0.25 * generator.uniform() }
  }

  @Test(arguments: all) func shapeFunctionsAreOneAtTheirNode(element: Element) {
    #expect(element.nodes.count == element.shape.nodeCount)
    for (a, node) in element.nodes.enumerated() {
      for (b, value) in element.values(node).enumerated() { #expect(abs(value - (a == b ? 1 : 0)) < 1e-15) }
    }
  }

  @Test(arguments: all) func linearFieldsAreReproduced(element: Element) {
    var generator = SeededGenerator(seed: 1)
    let x = inside(element, &generator)
    #expect(abs(element.values(x).reduce(0, +) - 1) < 1e-14)
    for axis in 0..<element.dimension {
      let value = zip(element.values(x), element.nodes).reduce(0) { $0 + $1.0 * $1.1[axis] }
      #expect(abs(value - x[axis]) < 1e-14)
      for other in 0..<element.dimension {
        let slope = zip(element.gradients(x), element.nodes).reduce(0) { $0 + $1.0[other] * $1.1[axis] }
        #expect(abs(slope - (axis == other ? 1 : 0)) < 1e-14)
      }
    }
  }

  @Test(arguments: all) func gradientsAreDerivatives(element: Element) {
    var generator = SeededGenerator(seed: 2)
    let x = inside(element, &generator)
    let h = 1e-6
    for axis in 0..<element.dimension {
      var ahead = x, behind = x
      ahead[axis] += h
      behind[axis] -= h
      let difference = zip(element.values(ahead), element.values(behind)).map { ($0 - $1) / (2 * h) }
      for (a, g) in element.gradients(x).enumerated() { #expect(abs(g[axis] - difference[a]) < 1e-9) }
    }
  }

  @Test(arguments: all) func quadratureIsExactToDegreeTwo(element: Element) {
    // ∫ of a monomial over the reference simplex is a! b! c! / (a + b + c + dimension)!, over the unit box 1 / Π(a + 1).
    func factorial(_ n: Int) -> Double { (1...max(1, n)).reduce(1) { $0 * Double($1) } }
    let isSimplex = element.shape == .tri3 || element.shape == .tet4
    for first in 0..<element.dimension {
      for second in 0..<element.dimension {
        for degree in 0...2 {
          var powers = [Int](repeating: 0, count: element.dimension)
          if degree > 0 { powers[first] += 1 }
          if degree > 1 { powers[second] += 1 }
          let expected =
            isSimplex
            ? powers.reduce(1) { $0 * factorial($1) } / factorial(degree + element.dimension)
            : powers.reduce(1) { $0 / Double($1 + 1) }
          let actual = element.quadrature.reduce(0) { sum, point in
            sum
              + zip(point.at, powers).reduce(point.weight) { product, factor in
                (0..<factor.1).reduce(product) { p, _ in p * factor.0 }
              }
          }
          #expect(abs(actual - expected) < 1e-15)
        }
      }
    }
  }
}
