import Backsolve
import Foundation
import _Differentiation

/// Steps of a Chebyshev smoother on a plate that conducts unevenly. Hyperparameters: logarithms of the ends of its
/// interval. It is stopped after `steps`, so nothing converges and nothing is inverted: the steps themselves are
/// differentiated.
struct TunedSmoother {
  let steps: Int
  private let errors: [DenseVector]
  private let matrix: SymmetricMap
  private let inverseDiagonal: SymmetricMap

  init(cells: [Int] = [16, 16], steps: Int = 4) throws {
    self.steps = steps
    let grid = StructuredGrid(size: cells.map(Double.init), cells: cells)
    let stiffness = GridStiffness.diffusion(grid)
    let held = ConstrainedUnknowns(of: stiffness, holding: [(grid.nodes { $0[0] == 0 }, [0])])
    var random = SeededGenerator(seed: 4)
    let conductivity = DenseVector((0..<grid.cellCount).map { _ in exp(2 * random.normal()) })
    let assembled = try stiffness.makeOperator(coefficients: conductivity, constrained: held).assembled()
    matrix = SymmetricMap { assembled.apply($0) }
    inverseDiagonal = .diagonal(assembled.diagonal().elements.map { 1 / $0 })
    // Errors as they are met, half of them smooth: random ones, and what two plain steps leave of others.
    let plain = inverseDiagonal, product = matrix
    errors = (0..<4).map { index in
      var e = random.vector(count: stiffness.unknownCount)
      if index % 2 == 1 { for _ in 0..<2 { e.add(plain.apply(product.apply(e)), scaledBy: -0.6) } }
      return e.scaled(by: 1 / e.dot(product.apply(e)).squareRoot())
    }
  }

  /// The mean of what the steps leave of an error's energy.
  var energyLeft: Functional {
    let (errors, matrix, inverse, steps) = (errors, matrix, inverseDiagonal, steps)
    let ends = Exponential()
    let roots = (0..<steps).map { cos(.pi * (Double($0) + 0.5) / Double(steps)) }
    return Functional("energy left") { h in
      var sum = 0.0
      for error in errors {
        var e = error
        for root in roots {
          // A step of one over a root of the Chebyshev polynomial of the interval.
          let place = ends(h).dot([0.5 * (1 - root), 0.5 * (1 + root)])
          e = e - inverse(matrix(e)).scaled(by: 1 / place)
        }
        sum = sum + e.dot(matrix(e))
      }
      return sum / Double(errors.count)
    }
  }
}
