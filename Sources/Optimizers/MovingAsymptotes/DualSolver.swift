#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Solves the convex subproblem by its dual, which has one unknown per constraint: an interior-point method in the
/// multipliers, with their slacks and z carried along (primal-dual), and a line search on the dual barrier function.
///
/// The design is eliminated in closed form, so each iteration is one pass over it. The dual is concave and once
/// differentiable everywhere, and the matrix of the direction is positive definite, so the search cannot fail.
struct DualSolver {
  let approximation: SeparableApproximation
  let options: AsymptoteOptions

  struct Solution {
    var design: DenseVector
    /// Multipliers of the unscaled constraints for the unscaled objective.
    var multipliers: [Double]
    /// f~_i at the solution, objective first (scaled).
    var values: [Double]
    /// z, in the unit of the objective.
    var bound: Double
    /// Passes over the design.
    var passes: Int
  }

  func solve() -> Solution {
    let m = approximation.constraintCount
    let scales = approximation.scales
    let minimizer = WorkArray(approximation.count)
    // The weights of z in the scaled constraints, and its price in the scaled objective.
    let a = (0..<m).map { (options.boundWeights.indices.contains($0) ? options.boundWeights[$0] : 0) * scales[$0 + 1] }
    let price = scales[0]
    let total = a.reduce(0, +)
    var point = Barrier(
      lambda: [Double](repeating: total > 0 ? min(1, 0.5 * price / total) : 1, count: m), mu: 1, price: price, a: a,
      options: options)
    var passes = 0
    if m > 0 {
      var slacks = point.lambda.map { 1 / $0 }
      var z = 1 / point.room
      var at = approximation.minimizeLagrangian(point.lambda)
      passes = 1
      while true {
        passes += point.converge(approximation, &at, &slacks, &z)
        if point.mu <= Barrier.last { break }
        point.mu = max(Barrier.last, 0.05 * point.mu)
      }
    }
    let end = approximation.minimizeLagrangian(point.lambda, minimizer: minimizer)
    return Solution(
      design: minimizer.vector,
      multipliers: (0..<m).map { point.lambda[$0] * scales[$0 + 1] / scales[0] },
      values: end.values, bound: m > 0 && total > 0 ? point.mu / point.room : 0, passes: passes + 1)
  }
}

/// The dual with logarithmic barriers for lambda >= 0 and for the price of z.
private struct Barrier {
  /// The barrier parameter of the answer: the product of a multiplier and its constraint, both scaled.
  static let last = 1e-10

  var lambda: [Double]
  /// The barrier parameter.
  var mu: Double
  let price: Double
  let a: [Double]
  let options: AsymptoteOptions

  /// price - a lambda: must stay positive.
  var room: Double { price - zip(a, lambda).reduce(0) { $0 + $1.0 * $1.1 } }
  private var hasBound: Bool { a.contains { $0 > 0 } }

  private func violation(_ i: Int) -> Double {
    max(0, lambda[i] - options.violationPrice) / options.squaredViolationPrice
  }

  private func value(_ point: SeparableApproximation.LagrangianPoint) -> Double {
    var value = point.values[0]
    for i in lambda.indices {
      let y = violation(i)
      value += lambda[i] * point.values[i + 1] - 0.5 * options.squaredViolationPrice * y * y + mu * log(lambda[i])
    }
    return hasBound ? value + mu * log(room) : value
  }

  private func gradient(_ point: SeparableApproximation.LagrangianPoint) -> [Double] {
    let z = hasBound ? mu / room : 0
    return lambda.indices.map { point.values[$0 + 1] - violation($0) - a[$0] * z + mu / lambda[$0] }
  }

  /// Newton's method at this barrier parameter, from the Lagrangian's minimum at the multipliers now; returns the
  /// number of passes over the design.
  mutating func converge(
    _ approximation: SeparableApproximation, _ point: inout SeparableApproximation.LagrangianPoint,
    _ slacks: inout [Double], _ z: inout Double
  ) -> Int {
    let m = lambda.count
    var passes = 0
    for _ in 0..<50 {
      let gradient = gradient(point)
      var matrix = point.curvature
      for i in 0..<m {
        matrix[i * m + i] += slacks[i] / lambda[i]
        if lambda[i] > options.violationPrice { matrix[i * m + i] += 1 / options.squaredViolationPrice }
        for k in 0..<m where hasBound { matrix[i * m + k] += a[i] * a[k] * z / room }
      }
      guard let direction = solvePositiveDefinite(matrix, gradient) else { break }
      // What Newton's step promises, against the barrier: the measure of distance that does not depend on any scale.
      let rise = zip(gradient, direction).reduce(0) { $0 + $1.0 * $1.1 }
      let before = value(point)
      if rise <= max((mu <= Self.last ? 1e-6 : 0.1) * mu, 1e-16 * abs(before)) { break }
      let change = zip(a, direction).reduce(0) { $0 + $1.0 * $1.1 }
      let slackSteps = (0..<m).map { mu / lambda[$0] - slacks[$0] - slacks[$0] / lambda[$0] * direction[$0] }
      let zStep = hasBound ? mu / room - z + z / room * change : 0
      // Stay strictly inside.
      var longest = 1.0
      for i in 0..<m where direction[i] < 0 { longest = min(longest, -0.99 * lambda[i] / direction[i]) }
      if hasBound, change > 0 { longest = min(longest, 0.99 * room / change) }
      let start = lambda
      let startRoom = room
      var step = longest
      for _ in 0..<40 {
        for i in 0..<m { lambda[i] = start[i] + step * direction[i] }
        let trial = approximation.minimizeLagrangian(lambda)
        passes += 1
        let roundOff = 1e-13 * (1 + abs(before))
        if value(trial) >= before + 1e-4 * step * rise - roundOff {
          point = trial
          break
        }
        step *= 0.5
      }
      // Slacks and z stay within a wide band around mu / lambda, which keeps the directions those of this barrier.
      for i in 0..<m {
        let central = mu / lambda[i]
        slacks[i] = min(max(slacks[i] + step * slackSteps[i], 1e-3 * central), 1e3 * central)
      }
      if hasBound {
        let central = mu / room
        z = min(max(z + step * zStep, 1e-3 * central), 1e3 * central)
      }
      if startRoom == room, start == lambda { break }
    }
    return passes
  }
}
