/// The convex separable approximations of the objective and the constraints around a design x0:
///
///     f~_i(x) = f_i + sum_j (x_j - x0_j) [ p_ij (U_j - x0_j) / (U_j - x_j) - q_ij (x0_j - L_j) / (x_j - L_j) ]
///     p_ij = max(0, f'_ij) + 0.001 |f'_ij| + rho_i / range_j,   q_ij = p_ij - f'_ij
///
/// which is Svanberg's sum of p/(U - x) + q/(x - L) (1987, eq. (5)-(9); the small terms: 2007 notes) with its constant
/// taken out term by term, so that small steps lose no digits.
struct SeparableApproximation {
  let design: DenseVector
  let asymptotes: Asymptotes
  let ranges: DenseVector
  /// The box of the step: alpha and beta. `[count]`
  let lower: DenseVector
  let upper: DenseVector
  /// f_i(x0): the objective, then the constraints, each times its scale.
  let values: [Double]
  let gradients: [DenseVector]
  /// What each function is multiplied by, so that it varies by about one over the bounds.
  let scales: [Double]
  /// rho_i, of the scaled functions.
  var curvatures: [Double]

  var count: Int { design.count }
  var constraintCount: Int { values.count - 1 }

  /// - Parameter curvatures: rho_i of the scaled functions, objective first; nil for the small ones of the plain method.
  init(
    at design: DenseVector, _ evaluation: Evaluation, within bounds: Bounds, ranges: DenseVector,
    asymptotes: Asymptotes, curvatures: [Double]?, options: AsymptoteOptions
  ) {
    self.design = design
    self.asymptotes = asymptotes
    self.ranges = ranges
    let gradients = [evaluation.objectiveGradient] + evaluation.constraintGradients
    let scales = evaluation.scales(over: ranges, options: options)
    values = zip([evaluation.objective] + evaluation.constraints, scales).map { $0 * $1 }
    self.gradients = gradients
    self.scales = scales
    self.curvatures =
      curvatures ?? [Double](repeating: 1e-5 / Double(max(1, design.count)), count: gradients.count)
    let n = design.count
    let (lower, upper) = (WorkArray(n), WorkArray(n))
    withReadPointers([design, bounds.lower, bounds.upper, ranges, asymptotes.lower, asymptotes.upper]) { from in
      concurrentlyForEach(count: n) { block in
        let x = from[0].base, low = from[1].base, high = from[2].base, range = from[3].base
        let l = from[4].base, u = from[5].base
        let margin = options.asymptoteMargin
        for j in block {
          let move = options.moveLimit * range[j]
          lower.base[j] = min(x[j], max(low[j], max(l[j] + margin * (x[j] - l[j]), x[j] - move)))
          upper.base[j] = max(x[j], min(high[j], min(u[j] - margin * (u[j] - x[j]), x[j] + move)))
        }
      }
    }
    (self.lower, self.upper) = (lower.vector, upper.vector)
  }

  /// The Lagrangian's minimum over the box for given multipliers, and what the dual problem needs there.
  struct LagrangianPoint {
    /// f~_i at the minimizer, objective first (scaled).
    var values: [Double]
    /// Minus the second derivative of the dual: sum_j f~'_ij f~'_kj / L''_j over the free entries. Row-major.
    var curvature: [Double]
  }

  /// Minimizes f~_0 + sum multipliers_i f~_i over the box, entry by entry in closed form.
  /// - Parameter minimizer: where to write the minimizer; nil where only the numbers are wanted.
  func minimizeLagrangian(_ multipliers: [Double], minimizer: WorkArray? = nil) -> LagrangianPoint {
    let m = constraintCount
    let n = count
    let width = m + 1 + m * m
    let block = 4096
    let pieces = (n + block - 1) / block
    let partial = WorkArray(pieces * width)
    let weights = [1.0] + multipliers
    withReadPointers([design, asymptotes.lower, asymptotes.upper, lower, upper, ranges] + gradients) { from in
      concurrentlyForEach(piece: pieces) { piece in
        withUnsafeTemporaryAllocation(of: SIMD8<Double>.self, capacity: width + m + 1) { sums in
          sums.initialize(repeating: .zero)
          let (values, slopes) = (sums.baseAddress!, sums.baseAddress! + width)
          let curvature = values + (m + 1)
          var j = piece * block
          let end = min(n, j + block)
          while j < end {
            let lanes = min(8, end - j)
            let x0 = load(from[0].base + j, lanes, fill: 0)
            let l = load(from[1].base + j, lanes, fill: -1)
            let u = load(from[2].base + j, lanes, fill: 1)
            let low = load(from[3].base + j, lanes, fill: 0)
            let high = load(from[4].base + j, lanes, fill: 0)
            let inverseRange = 1 / load(from[5].base + j, lanes, fill: 1)
            let above = u - x0
            let below = x0 - l
            var p = SIMD8<Double>.zero
            var q = SIMD8<Double>.zero
            for i in 0...m {
              let slope = load(from[6 + i].base + j, lanes, fill: 0) * scales[i]
              let (pi, qi) = split(slope, curvatures[i] * inverseRange)
              p += weights[i] * pi
              q += weights[i] * qi
            }
            let rootP = above * p.squareRoot()
            let rootQ = below * q.squareRoot()
            let sum = rootP + rootQ
            var x = (l * rootP + u * rootQ) / sum
            x.replace(with: x0, where: .!(sum .> 0))
            x.replace(with: low, where: x .< low)
            x.replace(with: high, where: x .> high)
            let free = (x .> low) .& (x .< high)
            let toUpper = above / (u - x)
            let toLower = below / (x - l)
            let step = x - x0
            for i in 0...m {
              let slope = load(from[6 + i].base + j, lanes, fill: 0) * scales[i]
              let (pi, qi) = split(slope, curvatures[i] * inverseRange)
              values[i] += step * (pi * toUpper - qi * toLower)
              slopes[i] = pi * toUpper * toUpper - qi * toLower * toLower
            }
            if m > 0 {
              // L'' = 2 P (U - x0)^2 / (U - x)^3 + 2 Q (x0 - L)^2 / (x - L)^3
              let second = 2 * (p * toUpper * toUpper / (u - x) + q * toLower * toLower / (x - l))
              var inverse = 1 / second
              inverse.replace(with: 0, where: .!(free .& (second .> 0)))
              for i in 0..<m {
                let scaled = slopes[i + 1] * inverse
                for k in 0...i { curvature[i * m + k] += scaled * slopes[k + 1] }
              }
            }
            if let minimizer { store(x, minimizer.base + j, lanes) }
            j &+= 8
          }
          for entry in 0..<width { partial.base[piece * width + entry] = values[entry].sum() }
        }
      }
    }
    var totals = [Double](repeating: 0, count: width)
    for piece in 0..<pieces {
      for entry in 0..<width { totals[entry] += partial.base[piece * width + entry] }
    }
    var curvature = Array(totals[(m + 1)...])
    for i in 0..<m {
      for k in 0..<i { curvature[k * m + i] = curvature[i * m + k] }
    }
    return LagrangianPoint(values: zip(values, totals).map { $0 + $1 }, curvature: curvature)
  }
}

/// p and q of the entries of one function.
@inline(__always)
private func split(_ slope: SIMD8<Double>, _ curvature: SIMD8<Double>) -> (SIMD8<Double>, SIMD8<Double>) {
  let zero = SIMD8<Double>.zero
  let rise = slope.replacing(with: zero, where: slope .< zero)
  let fall = rise - slope
  let small = 0.001 * (rise + fall) + curvature
  return (rise + small, fall + small)
}

@inline(__always)
private func load(_ pointer: UnsafePointer<Double>, _ lanes: Int, fill: Double) -> SIMD8<Double> {
  if lanes == 8 { return UnsafeRawPointer(pointer).loadUnaligned(as: SIMD8<Double>.self) }
  var result = SIMD8<Double>(repeating: fill)
  for lane in 0..<lanes { result[lane] = pointer[lane] }
  return result
}

@inline(__always)
private func store(_ value: SIMD8<Double>, _ pointer: UnsafeMutablePointer<Double>, _ lanes: Int) {
  for lane in 0..<lanes { pointer[lane] = value[lane] }
}

extension Evaluation {
  /// What the objective and each constraint are multiplied by, so that each varies by about one over the bounds.
  func scales(over ranges: DenseVector, options: AsymptoteOptions) -> [Double] {
    var scales = ([objectiveGradient] + constraintGradients).map { gradient in
      let variation = gradient.variation(over: ranges)
      return variation > 0 ? 1 / variation : 1
    }
    if objectiveGradient.largestMagnitude == 0 {
      // A pure bound form: the objective is z, in the unit of the constraints that it bounds.
      scales[0] = zip(options.boundWeights, scales.dropFirst()).filter { $0.0 > 0 }.map { $0.1 }.min() ?? 1
    }
    return scales
  }
}

extension DenseVector {
  /// sum |g_j| range_j: how much a linear function changes across the box.
  func variation(over ranges: DenseVector) -> Double {
    withUnsafeBufferPointer { g in
      ranges.withUnsafeBufferPointer { r in
        sumInBlocks(count: g.count) { block in
          var total = 0.0
          for j in block { total += abs(g[j]) * r[j] }
          return total
        }
      }
    }
  }
}
