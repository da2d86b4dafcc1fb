/// The hot loop of the subproblem: the closed-form minimizer of the Lagrangian over a range of entries, eight at a time.
struct FunctionRows {
  typealias Lanes = SIMD8<Double>

  let constraintCount: Int
  /// The design, L, U, alpha, beta and the ranges, then the gradients, objective first.
  let vectors: UnsafePointer<ReadPointer>
  /// One, then the multipliers; the scales; rho_i. `[constraintCount + 1]`
  let weights: UnsafePointer<Double>
  let scales: UnsafePointer<Double>
  let curvatures: UnsafePointer<Double>

  /// Writes sum f~_i - f_i (objective first), then the lower triangle of sum f~'_ij f~'_kj / L''_j over free entries.
  func minimizeLagrangian(
    _ range: Range<Int>, sums result: UnsafeMutablePointer<Double>, minimizer: UnsafeMutablePointer<Double>?
  ) {
    let m = constraintCount
    let width = m + 1 + m * m
    withUnsafeTemporaryAllocation(of: Lanes.self, capacity: width + 3 * (m + 1)) { scratch in
      scratch.initialize(repeating: .zero)
      let values = scratch.baseAddress!
      let slopes = values + width
      var j = range.lowerBound
      while j < range.upperBound {
        accumulate(j, lanes: min(8, range.upperBound &- j), values, slopes, minimizer)
        j &+= 8
      }
      for entry in 0..<width { result[entry] = values[entry].sum() }
    }
  }

  @inline(__always)
  private func accumulate(
    _ j: Int, lanes: Int, _ values: UnsafeMutablePointer<Lanes>, _ slopes: UnsafeMutablePointer<Lanes>,
    _ minimizer: UnsafeMutablePointer<Double>?
  ) {
    let m = constraintCount
    let x0 = load(0, j, lanes, fill: 0)
    let l = load(1, j, lanes, fill: -1)
    let u = load(2, j, lanes, fill: 1)
    let low = load(3, j, lanes, fill: 0)
    let high = load(4, j, lanes, fill: 0)
    let inverseRange = 1 / load(5, j, lanes, fill: 1)
    let above = u - x0
    let below = x0 - l
    // P and Q of the Lagrangian; p and q of each function wait in the scratch.
    let rises = slopes + (m &+ 1)
    let falls = rises + (m &+ 1)
    var p = Lanes.zero
    var q = Lanes.zero
    var i = 0
    while i <= m {
      let slope = load(6 &+ i, j, lanes, fill: 0) * scales[i]
      let rise = slope.replacing(with: 0, where: slope .< 0)
      let fall = rise - slope
      let small = 0.001 * (rise + fall) + curvatures[i] * inverseRange
      rises[i] = rise + small
      falls[i] = fall + small
      p += weights[i] * rises[i]
      q += weights[i] * falls[i]
      i &+= 1
    }
    let rootP = above * p.squareRoot()
    let rootQ = below * q.squareRoot()
    var x = (l * rootP + u * rootQ) / (rootP + rootQ)
    x.replace(with: low, where: x .< low)
    x.replace(with: high, where: x .> high)
    let inverseAbove = 1 / (u - x)
    let inverseBelow = 1 / (x - l)
    let toUpper = above * inverseAbove
    let toLower = below * inverseBelow
    let step = x - x0
    i = 0
    while i <= m {
      let up = rises[i] * toUpper
      let down = falls[i] * toLower
      values[i] += step * (up - down)
      slopes[i] = up * toUpper - down * toLower
      i &+= 1
    }
    if m > 0 {
      // L'' = 2 P (U - x0)^2 / (U - x)^3 + 2 Q (x0 - L)^2 / (x - L)^3, and no curvature where the box holds the entry.
      let second = p * toUpper * toUpper * inverseAbove + q * toLower * toLower * inverseBelow
      var inverse = 0.5 / second
      inverse.replace(with: 0, where: x .<= low)
      inverse.replace(with: 0, where: x .>= high)
      let curvature = values + (m &+ 1)
      i = 0
      while i < m {
        let scaled = slopes[i &+ 1] * inverse
        var k = 0
        while k <= i {
          curvature[i &* m &+ k] += scaled * slopes[k &+ 1]
          k &+= 1
        }
        i &+= 1
      }
    }
    if let minimizer {
      for lane in 0..<lanes { minimizer[j &+ lane] = x[lane] }
    }
  }

  @inline(__always)
  private func load(_ vector: Int, _ j: Int, _ lanes: Int, fill: Double) -> Lanes {
    let pointer = vectors[vector].base + j
    if lanes == 8 { return UnsafeRawPointer(pointer).loadUnaligned(as: Lanes.self) }
    var result = Lanes(repeating: fill)
    for lane in 0..<lanes { result[lane] = pointer[lane] }
    return result
  }
}
