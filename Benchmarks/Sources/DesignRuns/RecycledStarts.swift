import Backsolve

/// Starts each solve from the best combination, in the energy norm, of the last few solutions (Fischer, Comput.
/// Methods Appl. Mech. Eng. 163 (1998) 193): one product a solution kept. For one right-hand side a matrix, whose
/// solutions change little from step to step.
struct RecycledStarts<Inner: LinearSolver>: LinearSolver {
  typealias Operator = Inner.Operator

  final class Prepared {
    let inner: Inner.Prepared
    let matrix: Inner.Operator
    var solutions: [DenseVector]

    init(inner: Inner.Prepared, matrix: Inner.Operator, solutions: [DenseVector]) {
      (self.inner, self.matrix, self.solutions) = (inner, matrix, solutions)
    }
  }

  let inner: Inner
  let kept: Int
  var name: String { "recycled \(inner.name)" }

  func prepare(_ a: Operator, reusing previous: consuming Prepared?) throws(SolveFailure) -> Prepared {
    let earlier = previous
    return Prepared(
      inner: try inner.prepare(a, reusing: earlier?.inner), matrix: a, solutions: earlier?.solutions ?? [])
  }

  func solve(_ prepared: Prepared, columns: [DenseVector], from guesses: [DenseVector]?) throws(SolveFailure)
    -> (solutions: [DenseVector], report: SolveReport)
  {
    let start = columns.count == 1 ? combination(prepared, columns[0]).map { [$0] } : nil
    let answer = try inner.solve(prepared.inner, columns: columns, from: start ?? guesses)
    if columns.count == 1 { prepared.solutions = Array(([answer.solutions[0]] + prepared.solutions).prefix(kept)) }
    return answer
  }

  func preparationWork(_ prepared: Prepared) -> Double { inner.preparationWork(prepared.inner) }

  /// The latest solution first, each made orthogonal to those before it in the inner product of the matrix.
  private func combination(_ prepared: Prepared, _ right: DenseVector) -> DenseVector? {
    guard !prepared.solutions.isEmpty else { return nil }
    var basis: [(vector: DenseVector, image: DenseVector)] = []
    var x = DenseVector(zeros: right.count)
    for solution in prepared.solutions {
      var w = solution
      var image = prepared.matrix.apply(w)
      let before = w.dot(image)
      for other in basis {
        let factor = w.dot(other.image)
        w.add(other.vector, scaledBy: -factor)
        image.add(other.image, scaledBy: -factor)
      }
      let square = w.dot(image)
      guard square > 1e-14 * before else { continue }
      x.add(w, scaledBy: w.dot(right) / square)
      let scale = 1 / square.squareRoot()
      basis.append((w.scaled(by: scale), image.scaled(by: scale)))
    }
    return x
  }
}
