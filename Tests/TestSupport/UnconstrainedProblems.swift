import DifferentiableCore

extension TestProblem {
  /// Rosenbrock's function in many entries: the sum over pairs of neighbours; the optimum is 0 at ones.
  public static func rosenbrock(_ n: Int, lower: Double? = nil) -> TestProblem {
    TestProblem(
      "Rosenbrock in \(n) entries" + (lower.map { ", each at least \($0)" } ?? ""),
      start: DenseVector((0..<n).map { $0 % 2 == 0 ? -1.2 : 1 }),
      lower: lower.map { [Double](repeating: $0, count: n) }, optimum: 0,
      minimizer: DenseVector(repeating: 1, count: n),
      objective: { x in
        var value = 0.0
        var gradient = DenseVector(zeros: n)
        for i in 0..<(n - 1) {
          let rise = x[i + 1] - x[i] * x[i]
          value += 100 * rise * rise + (1 - x[i]) * (1 - x[i])
          gradient[i] += -400 * x[i] * rise - 2 * (1 - x[i])
          gradient[i + 1] += 200 * rise
        }
        return (value, gradient)
      })
  }

  /// A chain of springs pressed onto an obstacle: x' A x / 2 - f' x with A = tridiag(-1, 2, -1) and x >= 0. The exact
  /// minimizer of the load here, +1 on the first half and -1 on the second, is found from its complementarity
  /// conditions by projected Gauss-Seidel to round-off.
  public static func obstacle(_ n: Int) -> TestProblem {
    let load = (0..<n).map { $0 < n / 2 ? 1.0 : -1.0 }
    var x = [Double](repeating: 0, count: n)
    for _ in 0..<(40 * n * n) {
      var change = 0.0
      for i in 0..<n {
        let next = max(0, 0.5 * (load[i] + (i > 0 ? x[i - 1] : 0) + (i < n - 1 ? x[i + 1] : 0)))
        change = max(change, abs(next - x[i]))
        x[i] = next
      }
      if change < 1e-14 { break }
    }
    let exact = DenseVector(x)
    let objective: @Sendable (DenseVector) -> (Double, DenseVector) = { x in
      let stretched = DenseVector(
        (0..<n).map { 2 * x[$0] - ($0 > 0 ? x[$0 - 1] : 0) - ($0 < n - 1 ? x[$0 + 1] : 0) })
      let load = DenseVector(load)
      return (0.5 * x.dot(stretched) - load.dot(x), stretched - load)
    }
    return TestProblem(
      "obstacle of \(n) springs", start: DenseVector(repeating: 1, count: n),
      lower: [Double](repeating: 0, count: n), optimum: objective(exact).0, minimizer: exact, objective: objective)
  }
}
