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
      from.withUnsafeBufferPointer { from in
        let shared = UncheckedShared(from.baseAddress!)
        concurrentlyForEach(piece: pieces) { piece in
          let range = piece * block..<min(n, (piece + 1) * block)
          weights.withUnsafeBufferPointer { weights in
            scales.withUnsafeBufferPointer { scales in
              curvatures.withUnsafeBufferPointer { curvatures in
                let rows = FunctionRows(
                  constraintCount: m, vectors: shared.value, weights: weights.baseAddress!,
                  scales: scales.baseAddress!, curvatures: curvatures.baseAddress!)
                rows.minimizeLagrangian(range, sums: partial.base + piece * width, minimizer: minimizer?.base)
              }
            }
          }
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
