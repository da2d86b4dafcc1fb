import LinearSolvers
import Testing

/// What keeps conjugate gradients honest: the probe of preconditioners, the fallback, and deflation.
@Suite struct SolverGuardTests {
  typealias Matrix = SymmetricSparseMatrix

  /// Preconditioners that are wrong on purpose.
  struct Wrong: PreconditionerFactory {
    typealias Operator = Matrix
    enum Fault: Sendable, CaseIterable { case none, negative, asymmetric, infinite }
    let fault: Fault
    var name: String { "wrong" }

    struct Prepared: Preconditioner {
      let fault: Fault
      let count: Int
      var work: PreconditionerWork { PreconditionerWork(preparation: 0, application: Double(count)) }

      func apply(_ r: UnsafePointer<Double>, into z: UnsafeMutablePointer<Double>) {
        for i in 0..<count {
          switch fault {
          case .none: z[i] = r[i]
          case .negative: z[i] = -r[i]
          case .asymmetric: z[i] = r[i] + (i > 0 ? r[i - 1] : 0)
          case .infinite: z[i] = .infinity
          }
        }
      }
    }

    func prepare(_ a: Matrix, reusing previous: consuming Prepared?) throws(SolveFailure) -> Prepared {
      Prepared(fault: fault, count: a.dimension)
    }
  }

  @Test(arguments: Wrong.Fault.allCases) func theProbeFindsWhatIsWrong(fault: Wrong.Fault) throws {
    let a = laplacian([10, 10])
    let found = PreconditionerProbe.fault(of: try Wrong(fault: fault).prepare(a, reusing: nil), dimension: 100)
    switch fault {
    case .none: #expect(found == nil)
    case .negative: #expect(found?.contains("not positive") == true)
    case .asymmetric: #expect(found?.contains("not symmetric") == true)
    case .infinite: #expect(found?.contains("not finite") == true)
    }
  }

  private let right = DenseVector(repeating: 1, count: 400)

  @Test func aFallbackTakesOverAndSaysSo() throws {
    let a = laplacian([20, 20])
    let options = IterationOptions(relativeTolerance: 1e-9, maxIterations: 5)
    let solver = FallbackSolver<Matrix>([
      AnyLinearSolver(ConjugateGradient(Wrong(fault: .asymmetric), probesPreconditioner: true)),
      AnyLinearSolver(ConjugateGradient(JacobiPreconditioner<Matrix>(), options: options)),
      AnyLinearSolver(CholeskySolver<Matrix>()),
    ])
    #expect(solver.name == "wrong-cg")
    let prepared = try solver.prepare(a, reusing: nil)
    let (solutions, report) = try solver.solve(prepared, columns: [right], from: nil)
    #expect((right - a.apply(solutions[0])).norm < 1e-12 * right.norm)
    #expect(report.solver == "cholmod")
    let note = try #require(report.notes.first)
    #expect(note.contains("wrong-cg") && note.contains("not symmetric") && note.contains("jacobi-cg"))
    // What took over stays for further columns.
    #expect(try solver.solve(prepared, columns: [right], from: nil).solutions == solutions)
  }

  @Test func aFallbackThatFailsListsWhatWasTried() throws {
    let options = IterationOptions(relativeTolerance: 1e-9, maxIterations: 3)
    let solver = FallbackSolver<Matrix>([
      AnyLinearSolver(ConjugateGradient(JacobiPreconditioner<Matrix>(), options: options)),
      AnyLinearSolver(ConjugateGradient(SSORPreconditioner<Matrix>(), options: options)),
    ])
    let prepared = try solver.prepare(laplacian([20, 20]), reusing: nil)
    let failure = #expect(throws: SolveFailure.self) { try solver.solve(prepared, columns: [right], from: nil) }
    #expect(failure?.kind == .stalled && failure?.attempts.count == 2)
    let infinite = DenseVector(repeating: .infinity, count: 400)
    let other = #expect(throws: SolveFailure.self) {
      try solver.solve(try solver.prepare(laplacian([20, 20]), reusing: nil), columns: [infinite], from: nil)
    }
    #expect(other?.kind == .nonFinite)
  }

  /// A sequence of related systems: what earlier solutions span is not searched again.
  @Test func recycledSolutionsSaveIterations() throws {
    var counts: [Int: [Int]] = [:]
    for recycled in [0, 4] {
      let solver = ConjugateGradient(
        JacobiPreconditioner<Matrix>(), options: IterationOptions(relativeTolerance: 1e-9),
        recycledSolutions: recycled)
      var prepared: ConjugateGradient<JacobiPreconditioner<Matrix>>.Prepared?
      for step in 0..<6 {
        let a = laplacian([20, 20], shift: 0.002 * Double(step))
        let next = try solver.prepare(a, reusing: prepared)
        let (solutions, report) = try solver.solve(next, columns: [right], from: nil)
        #expect((right - a.apply(solutions[0])).norm <= 1e-9 * right.norm)
        counts[recycled, default: []].append(report.iterations)
        prepared = next
      }
    }
    let plain = try #require(counts[0]), deflated = try #require(counts[4])
    #expect(deflated[0] == plain[0])
    #expect(deflated[5] * 2 < plain[5], "\(plain) \(deflated)")
  }

  @Test func deflationSolvesInItsSpaceAtOnce() throws {
    let a = laplacian([20, 20])
    let solver = ConjugateGradient(
      JacobiPreconditioner<Matrix>(), options: IterationOptions(relativeTolerance: 1e-9), recycledSolutions: 2)
    let first = try solver.prepare(a, reusing: nil)
    _ = try solver.solve(first, columns: [right], from: nil)
    let second = try solver.prepare(a, reusing: first)
    #expect(try solver.solve(second, columns: [right.scaled(by: 3)], from: nil).report.iterations <= 1)
  }
}
