/// A convex quadratic program whose constraints may be missed at a price:
///
///     minimize g·d + d·B d / 2 + price Σ t_i   over d and t ≥ 0,   c_i + a_i·d ≤ t_i,   lower ≤ d ≤ upper
///
/// It has a solution whatever the constraints say. Primal-dual interior points with a predictor and a corrector
/// (Mehrotra, SIAM J. Optim. 2 (1992) 575); each iteration factors one matrix of the size of d.
struct ElasticProgram {
  /// B, symmetric positive definite, row-major.
  let curvature: [Double]
  let gradient: [Double]
  let values: [Double]
  /// a_i, one row a constraint.
  let rows: [[Double]]
  let lower: [Double]
  let upper: [Double]
  let price: Double

  struct Solution {
    var step: [Double]
    /// Of the constraints, between 0 and `price`.
    var multipliers: [Double]
    /// What the constraints miss.
    var misses: [Double]
  }

  private var n: Int { gradient.count }
  private var m: Int { values.count }

  /// The pairs of slacks and duals, block by block: constraints, t ≥ 0, upper bounds, lower bounds.
  private struct Point {
    var d: [Double]
    var t: [Double]
    var slack: [Double]
    var dual: [Double]
  }

  /// Nil where the numbers do not allow a factorization.
  func solve() -> Solution? {
    let hasUpper = upper.map(\.isFinite), hasLower = lower.map(\.isFinite)
    let active = [Bool](repeating: true, count: 2 * m) + hasUpper + hasLower
    let count = Double(active.count { $0 })
    var point = start(active)
    guard count > 0 else {
      return solvePositiveDefinite(curvature, gradient.map { -$0 }).map {
        Solution(step: $0, multipliers: [], misses: [])
      }
    }
    let scale = max(1, gradient.map(abs).max() ?? 0)
    for _ in 0..<100 {
      let (dualResidual, tResidual) = dualResiduals(point)
      let primalResidual = primalResiduals(point, active)
      var mu = 0.0
      for k in active.indices where active[k] { mu += point.slack[k] * point.dual[k] }
      mu /= count
      let worst = max(
        dualResidual.map(abs).max() ?? 0, tResidual.map(abs).max() ?? 0, primalResidual.map(abs).max() ?? 0)
      if mu < 1e-13 * scale, worst < 1e-10 * scale { break }
      guard let factored = Factored(self, point, active) else { break }
      // The predictor aims at zero; how far it gets sets the centre of the corrector.
      var complementarity = zip(point.slack, point.dual).map { -$0 * $1 }
      guard let affine = factored.direction(dualResidual, tResidual, primalResidual, complementarity) else { break }
      let far = lengths(point, affine, active, share: 1)
      var reached = 0.0
      for k in active.indices where active[k] {
        reached += (point.slack[k] + far.primal * affine.slack[k]) * (point.dual[k] + far.dual * affine.dual[k])
      }
      reached /= count
      let centre = min(1, (reached / mu) * (reached / mu) * (reached / mu)) * mu
      for k in active.indices where active[k] {
        complementarity[k] += centre - affine.slack[k] * affine.dual[k]
      }
      guard let step = factored.direction(dualResidual, tResidual, primalResidual, complementarity) else { break }
      let length = lengths(point, step, active, share: 0.99)
      for j in 0..<n { point.d[j] += length.primal * step.d[j] }
      for i in 0..<m { point.t[i] += length.primal * step.t[i] }
      for k in active.indices where active[k] {
        point.slack[k] += length.primal * step.slack[k]
        point.dual[k] += length.dual * step.dual[k]
      }
    }
    guard point.d.allSatisfy(\.isFinite), point.dual.allSatisfy(\.isFinite) else { return nil }
    var step = point.d
    for j in 0..<n { step[j] = min(max(step[j], lower[j]), upper[j]) }
    let misses = (0..<m).map { max(0, values[$0] + product(rows[$0], step)) }
    return Solution(step: step, multipliers: Array(point.dual[..<m]), misses: misses)
  }

  private func start(_ active: [Bool]) -> Point {
    let d = (0..<n).map { j -> Double in
      // Zero where it lies well inside, the middle of the box otherwise.
      if lower[j] < 0, upper[j] > 0 { return 0 }
      return lower[j].isFinite && upper[j].isFinite ? 0.5 * (lower[j] + upper[j]) : lower[j].isFinite ? lower[j] + 1 : 0
    }
    let excess = (0..<m).map { values[$0] + product(rows[$0], d) }
    let t = excess.map { max($0, 0) + 1 }
    let bounds = (0..<n).map { upper[$0] - d[$0] } + (0..<n).map { d[$0] - lower[$0] }
    let slack = (zip(t, excess).map { $0 - $1 } + t + bounds).map { $0.isFinite ? max($0, 1e-3) : 1 }
    let level = max(1, gradient.map(abs).max() ?? 0)
    return Point(d: d, t: t, slack: slack, dual: active.map { $0 ? level : 0 })
  }

  private func product(_ a: [Double], _ b: [Double]) -> Double {
    var sum = 0.0
    for j in a.indices { sum += a[j] * b[j] }
    return sum
  }

  /// The gradient of the Lagrangian by d and by t.
  private func dualResiduals(_ point: Point) -> ([Double], [Double]) {
    var byStep = gradient
    for j in 0..<n {
      var sum = 0.0
      for k in 0..<n { sum += curvature[j * n + k] * point.d[k] }
      byStep[j] += sum + point.dual[2 * m + j] - point.dual[2 * m + n + j]
    }
    for i in 0..<m { for j in 0..<n { byStep[j] += rows[i][j] * point.dual[i] } }
    return (byStep, (0..<m).map { price - point.dual[$0] - point.dual[m + $0] })
  }

  private func primalResiduals(_ point: Point, _ active: [Bool]) -> [Double] {
    var residual = [Double](repeating: 0, count: active.count)
    for i in 0..<m {
      residual[i] = values[i] + product(rows[i], point.d) - point.t[i] + point.slack[i]
      residual[m + i] = -point.t[i] + point.slack[m + i]
    }
    for j in 0..<n {
      if active[2 * m + j] { residual[2 * m + j] = point.d[j] - upper[j] + point.slack[2 * m + j] }
      if active[2 * m + n + j] { residual[2 * m + n + j] = lower[j] - point.d[j] + point.slack[2 * m + n + j] }
    }
    return residual
  }

  /// The longest steps that keep slacks and duals positive, and no longer than one.
  private func lengths(_ point: Point, _ step: Point, _ active: [Bool], share: Double) -> (primal: Double, dual: Double)
  {
    var primal = 1.0, dual = 1.0
    for k in active.indices where active[k] {
      if step.slack[k] < 0 { primal = min(primal, -share * point.slack[k] / step.slack[k]) }
      if step.dual[k] < 0 { dual = min(dual, -share * point.dual[k] / step.dual[k]) }
    }
    // A quadratic term ties primal and dual steps together.
    let both = min(primal, dual)
    return (both, both)
  }

  /// Newton's matrix of one iteration, reduced to d and factored.
  private struct Factored {
    let program: ElasticProgram
    let active: [Bool]
    let point: Point
    let weights: [Double]
    let factor: [Double]

    init?(_ program: ElasticProgram, _ point: Point, _ active: [Bool]) {
      let n = program.n, m = program.m
      self.program = program
      self.active = active
      self.point = point
      weights = active.indices.map { active[$0] ? point.dual[$0] / point.slack[$0] : 0 }
      var matrix = program.curvature
      for j in 0..<n { matrix[j * n + j] += weights[2 * m + j] + weights[2 * m + n + j] }
      for i in 0..<m {
        let w = weights[i] * weights[m + i] / (weights[i] + weights[m + i]), row = program.rows[i]
        for j in 0..<n where row[j] != 0 {
          let scaled = w * row[j]
          for k in 0...j { matrix[j * n + k] += scaled * row[k] }
        }
      }
      for j in 0..<n { for k in (j + 1)..<max(n, j + 1) { matrix[j * n + k] = matrix[k * n + j] } }
      guard let factor = choleskyFactor(matrix, n) else { return nil }
      self.factor = factor
    }

    func direction(_ rd: [Double], _ rt: [Double], _ rp: [Double], _ rc: [Double]) -> Point? {
      let n = program.n, m = program.m
      // slack step = -rp - G step; dual step = (rc - dual * slack step) / slack.
      let pushed = active.indices.map { k in active[k] ? (rc[k] + point.dual[k] * rp[k]) / point.slack[k] : 0 }
      var right = rd.map { -$0 }
      var alongT = [Double](repeating: 0, count: m)
      for i in 0..<m {
        alongT[i] = -rt[i] + pushed[i] + pushed[m + i]
        let share = weights[i] / (weights[i] + weights[m + i])
        let force = -pushed[i] + share * alongT[i]
        for j in 0..<n { right[j] += program.rows[i][j] * force }
      }
      for j in 0..<n { right[j] += -pushed[2 * m + j] + pushed[2 * m + n + j] }
      let d = solveFactored(factor, right, n)
      guard d.allSatisfy(\.isFinite) else { return nil }
      var step = Point(
        d: d, t: alongT, slack: [Double](repeating: 0, count: active.count),
        dual: [Double](repeating: 0, count: active.count))
      for i in 0..<m {
        let a = program.product(program.rows[i], d)
        step.t[i] = (alongT[i] + weights[i] * a) / (weights[i] + weights[m + i])
        step.slack[i] = -rp[i] - a + step.t[i]
        step.slack[m + i] = -rp[m + i] + step.t[i]
      }
      for j in 0..<n {
        step.slack[2 * m + j] = -rp[2 * m + j] - d[j]
        step.slack[2 * m + n + j] = -rp[2 * m + n + j] + d[j]
      }
      for k in active.indices where active[k] {
        step.dual[k] = (rc[k] - point.dual[k] * step.slack[k]) / point.slack[k]
      }
      return step
    }
  }
}

/// The lower factor of a symmetric positive definite matrix (row-major); nil where it is not.
private func choleskyFactor(_ matrix: [Double], _ n: Int) -> [Double]? {
  var l = matrix
  let isPositive = l.withUnsafeMutableBufferPointer { l in
    for j in 0..<n {
      for i in j..<n {
        var entry = l[i * n + j]
        for k in 0..<j { entry -= l[i * n + k] * l[j * n + k] }
        if i == j {
          guard entry > 0, entry.isFinite else { return false }
          l[j * n + j] = entry.squareRoot()
        } else {
          l[i * n + j] = entry / l[j * n + j]
        }
      }
    }
    return true
  }
  return isPositive ? l : nil
}

private func solveFactored(_ l: [Double], _ right: [Double], _ n: Int) -> [Double] {
  var x = right
  for i in 0..<n {
    for k in 0..<i { x[i] -= l[i * n + k] * x[k] }
    x[i] /= l[i * n + i]
  }
  for i in stride(from: n - 1, through: 0, by: -1) {
    for k in (i + 1)..<max(n, i + 1) { x[i] -= l[k * n + i] * x[k] }
    x[i] /= l[i * n + i]
  }
  return x
}
