import LinearSolvers
import Testing

@Suite struct ConjugateGradientTests {
  /// -u'' on a line with a jump of `contrast` in the coefficient half way, both ends fixed.
  struct Line: LinearOperator {
    var dimension: Int
    var contrast = 1.0
    var shift = 0.0

    func apply(_ x: UnsafePointer<Double>, into y: UnsafeMutablePointer<Double>) {
      for i in 0..<dimension {
        let left = weight(i), right = weight(i + 1)
        y[i] = (left + right + shift) * x[i]
        if i > 0 { y[i] -= left * x[i - 1] }
        if i + 1 < dimension { y[i] -= right * x[i + 1] }
      }
    }

    func diagonal() -> DenseVector { DenseVector((0..<dimension).map { weight($0) + weight($0 + 1) + shift }) }

    var multiplyAdds: Double { 3 * Double(dimension) }

    private func weight(_ edge: Int) -> Double { edge <= dimension / 2 ? 1 : contrast }
  }

  @Test func solvesColumnsAndReportsTheTrueResidual() throws {
    let line = Line(dimension: 60, contrast: 1e4)
    let solver = ConjugateGradient(
      JacobiPreconditioner<Line>(), options: IterationOptions(relativeTolerance: 1e-10))
    #expect(solver.name == "jacobi-cg")
    var generator = SeededGenerator(seed: 1)
    let expected = (0..<2).map { _ in generator.vector(count: 60) }
    var columns = expected.map(line.apply)
    columns.append(DenseVector(zeros: 60))
    let prepared = try solver.prepare(line, reusing: nil)
    let (solutions, report) = try solver.solve(prepared, columns: columns, from: nil)
    for column in 0..<2 {
      let residual = (columns[column] - line.apply(solutions[column])).norm / columns[column].norm
      #expect(residual <= report.relativeResidual)
      #expect((solutions[column] - expected[column]).norm < 1e-6 * expected[column].norm)
    }
    #expect(solutions[2] == columns[2])
    #expect(report.relativeResidual <= 1e-10)
    #expect(report.iterations > 0)
    #expect(try solver.solve(prepared, columns: columns, from: solutions).report.iterations == 0)
  }

  @Test func failuresAreTyped() throws {
    let right = DenseVector(repeating: 1, count: 40)
    let impatient = ConjugateGradient(
      JacobiPreconditioner<Line>(), options: IterationOptions(relativeTolerance: 1e-10, maxIterations: 3))
    let line = Line(dimension: 40)
    let stalled = #expect(throws: SolveFailure.self) {
      try impatient.solve(try impatient.prepare(line, reusing: nil), columns: [right], from: nil)
    }
    #expect(stalled?.kind == .stalled)
    #expect(stalled?.attempts.count == 1)
    let solver = ConjugateGradient(JacobiPreconditioner<Line>())
    // Not positive definite, by a diagonal that is and by one that is not.
    let indefinite = Line(dimension: 40, shift: -1)
    let broken = #expect(throws: SolveFailure.self) {
      try solver.solve(try solver.prepare(indefinite, reusing: nil), columns: [right], from: nil)
    }
    #expect(broken?.kind == .stalled)
    let negative = #expect(throws: SolveFailure.self) {
      try solver.prepare(Line(dimension: 4, shift: -3), reusing: nil)
    }
    #expect(negative?.kind == .singular)
    let bad = DenseVector(repeating: .infinity, count: 40)
    let infinite = #expect(throws: SolveFailure.self) {
      try solver.solve(try solver.prepare(line, reusing: nil), columns: [bad], from: nil)
    }
    #expect(infinite?.kind == .nonFinite)
  }

  /// Does nothing useful at first; its stronger form inverts the diagonal.
  struct Reluctant: PreconditionerFactory {
    typealias Operator = Line
    var isStrong = false
    let name = "reluctant"
    var stronger: Reluctant? { isStrong ? nil : Reluctant(isStrong: true) }

    func prepare(_ a: Line, reusing previous: consuming JacobiPreconditioner<Line>.Prepared?) throws(SolveFailure)
      -> JacobiPreconditioner<Line>.Prepared
    {
      let model = isStrong ? a : Line(dimension: a.dimension, contrast: 1e-8, shift: a.shift)
      return try JacobiPreconditioner<Line>().prepare(model, reusing: nil)
    }
  }

  @Test func stallIsRetriedWithAStrongerPreconditioner() throws {
    let line = Line(dimension: 30, contrast: 1e4)
    let solver = ConjugateGradient(
      Reluctant(), options: IterationOptions(relativeTolerance: 1e-9, maxIterations: 45))
    let right = DenseVector(repeating: 1, count: 30)
    let (solutions, report) = try solver.solve(try solver.prepare(line, reusing: nil), columns: [right], from: nil)
    #expect((right - line.apply(solutions[0])).norm <= 1e-9 * right.norm)
    #expect(report.notes.count == 1)
  }

  @Test func stallDetectorWaitsForItsWindow() {
    var detector = StallDetector(window: 3)
    let norms = [8.0, 4, 3, 2.5, 1.9, 1.5, 1.2, 1.1]
    let stalls = norms.map { detector.hasStalled(at: $0) }
    #expect(stalls == [false, false, false, false, false, false, false, true])
    let isStalledByNaN = detector.hasStalled(at: .nan)
    #expect(isStalledByNaN)
  }
}
