import FiniteElements
import Testing

@Suite struct GridStiffnessTests {
  @Test(arguments: GridCase.all) func cellMatrixIsTheIntegralOfTheStrainEnergy(_ example: GridCase) {
    let expected = DenseVector(example.reference.cellMatrix.flatMap { $0 })
    #expect(isClose(DenseVector(example.stiffness.cellMatrix), expected, 1e-13))
  }

  @Test(arguments: GridCase.all) func operatorMatchesDenseAssembly(_ example: GridCase) throws {
    var generator = SeededGenerator(seed: 1)
    let stiffness = example.stiffness
    let coefficients = generator.vector(count: stiffness.grid.cellCount, in: 0.1...2)
    let u = generator.vector(count: stiffness.unknownCount)
    let fixed = [0, 3, stiffness.unknownCount - 1, stiffness.unknownCount / 2]
    let constrained = ConstrainedUnknowns(
      unknownCount: stiffness.unknownCount, fixed: Dictionary(uniqueKeysWithValues: fixed.map { ($0, 0.5) }))
    let free = example.reference.dense(coefficients)
    let held = example.reference.dense(coefficients, fixed: fixed)
    let matrix = try stiffness.makeOperator(coefficients: coefficients, constrained: constrained)
    #expect(isClose(stiffness.apply(coefficients: coefficients, to: u), GridReference.multiply(free, u), 1e-13))
    #expect(isClose(matrix.apply(u), GridReference.multiply(held, u), 1e-13))
    #expect(isClose(matrix.diagonal(), DenseVector(held.indices.map { held[$0][$0] }), 1e-13))
  }

  @Test(arguments: GridCase.all) func energiesAreDerivativesByCoefficient(_ example: GridCase) {
    var generator = SeededGenerator(seed: 2)
    let stiffness = example.stiffness
    let coefficients = generator.vector(count: stiffness.grid.cellCount, in: 0.1...2)
    let direction = generator.vector(count: stiffness.grid.cellCount)
    let u = generator.vector(count: stiffness.unknownCount)
    let lambda = generator.vector(count: stiffness.unknownCount)
    // λᵀ K(c) u is linear in c.
    let expected = lambda.dot(stiffness.apply(coefficients: direction, to: u))
    let scale = lambda.dot(stiffness.apply(coefficients: coefficients, to: lambda))
    #expect(abs(stiffness.cellEnergies(lambda, u).dot(direction) - expected) < 1e-12 * scale)
    let energies = stiffness.cellEnergies(u, u)
    #expect(energies.elements.allSatisfy { $0 >= 0 })
    #expect(abs(energies.dot(coefficients) - u.dot(stiffness.apply(coefficients: coefficients, to: u))) < 1e-12 * scale)
    #expect(stiffness.cellEnergies(.zero, u) == DenseVector(zeros: stiffness.grid.cellCount))
  }

  @Test(arguments: GridCase.all) func rigidMotionsStoreNoEnergy(_ example: GridCase) {
    var generator = SeededGenerator(seed: 3)
    let stiffness = example.stiffness
    let grid = stiffness.grid
    let coefficients = generator.vector(count: grid.cellCount, in: 0.1...2)
    let d = stiffness.componentsPerNode
    for motion in 0..<(d == 1 ? 1 : d + d * (d - 1) / 2) {
      var u = DenseVector(zeros: stiffness.unknownCount)
      for node in 0..<grid.nodeCount {
        let x = grid.point(ofNode: node)
        if motion < d {
          u[node * d + motion] = 1
        } else {
          let (a, b) = d == 2 ? (0, 1) : [(0, 1), (0, 2), (1, 2)][motion - d]
          u[node * d + a] = -x[b]
          u[node * d + b] = x[a]
        }
      }
      #expect(stiffness.apply(coefficients: coefficients, to: u).largestMagnitude < 1e-13 * 10)
    }
  }

  @Test func eigenvalueBoundIsSharp() {
    let grid = StructuredGrid(size: [1, 1, 1], cells: [1, 1, 1])
    let form = GridStiffness.elasticity(grid, poissonRatio: 0.3)
    // By power iteration on one cell.
    var x = SeededGenerator(seed: 5).vectorOnce(count: 24)
    let k = form.cellMatrix
    var ratio = 0.0
    for _ in 0..<500 {
      let y = DenseVector((0..<24).map { i in (0..<24).reduce(0) { $0 + k[i * 24 + $1] * x[$1] } / k[i * 24 + i] })
      ratio = y.norm / x.norm
      x = y.scaled(by: 1 / y.norm)
    }
    #expect(form.largestScaledEigenvalue >= ratio * (1 - 1e-12))
    #expect(form.largestScaledEigenvalue < ratio * 1.01)
  }
}

extension SeededGenerator {
  fileprivate func vectorOnce(count: Int) -> DenseVector {
    var copy = self
    return copy.vector(count: count)
  }
}
