#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// The candidates of one update: the entries that do not depend on the multiplier are computed once, then each step of the bisection is
/// one pass over four arrays.
struct OptimalityCriteriaUpdate {
  let count: Int
  let options: OptimalityCriteria.Options
  /// x (-f'/g')^damping; the update divides by lambda^damping.
  private let target: WorkArray
  private let lower: WorkArray
  private let upper: WorkArray
  private let constraintGradient: DenseVector
  /// The linearised constraint without the candidate's part: g(x) - g' x.
  private let offset: Double

  init(design: DenseVector, bounds: Bounds, evaluation: Evaluation, options: OptimalityCriteria.Options)
    throws(SolveFailure)
  {
    let n = design.count
    let gradient = evaluation.constraintGradients[0]
    let mean = gradient.sum / Double(max(1, n))
    guard mean > 0 else {
      throw SolveFailure(.unsupported, "optimality criteria need a constraint that grows with the design")
    }
    count = n
    self.options = options
    constraintGradient = gradient
    offset = evaluation.constraints[0] - gradient.dot(design)
    let (target, lower, upper) = (WorkArray(n), WorkArray(n), WorkArray(n))
    withReadPointers([design, bounds.lower, bounds.upper, evaluation.objectiveGradient, gradient]) { from in
      let damping = options.damping
      let move = options.moveLimit
      concurrentlyForEach(count: n) { range in
        let x = from[0].base, low = from[1].base, high = from[2].base, slope = from[3].base, resource = from[4].base
        let target = target.base, lower = lower.base, upper = upper.base
        for i in range {
          lower[i] = max(low[i], x[i] - move)
          upper[i] = min(high[i], x[i] + move)
          let gain = -slope[i]
          let price = resource[i] / mean
          if price > 0 {
            let ratio = max(0, gain / price)
            target[i] = x[i] * (damping == 0.5 ? ratio.squareRoot() : pow(ratio, damping))
          } else {
            // A free entry: all the way up where that helps, and where it stands otherwise.
            if gain <= 0 { (lower[i], upper[i]) = (x[i], x[i]) }
            target[i] = .greatestFiniteMagnitude
          }
        }
      }
    }
    (self.target, self.lower, self.upper) = (target, lower, upper)
  }

  private func factor(_ lambda: Double) -> Double {
    lambda > 0 ? 1 / pow(lambda, options.damping) : .greatestFiniteMagnitude
  }

  /// The constraint, linearised, at the candidate of a multiplier.
  func linearisedConstraint(_ lambda: Double) -> Double { offset + linearPart(lambda) }

  /// The constraint, linearised, at any design.
  func linearisedConstraint(at design: DenseVector) -> Double { offset + constraintGradient.dot(design) }

  /// The multiplier at which the linearised constraint would hold without move limit and bounds.
  var unlimitedMultiplier: Double {
    let lambda = pow(-offset / constraintGradient.dot(target.vector), -1 / options.damping)
    return lambda.isFinite && lambda > 1e-100 && lambda < 1e100 ? lambda : 1
  }

  /// The candidate of a multiplier.
  func fill(_ candidate: inout DenseVector, _ lambda: Double) {
    let factor = factor(lambda)
    let (target, lower, upper) = (target, lower, upper)
    candidate.withUnsafeMutableBufferPointer { candidate in
      let shared = UncheckedShared(candidate)
      concurrentlyForEach(count: count) { range in
        guard let candidate = shared.value.baseAddress else { return }
        let target = target.base, lower = lower.base, upper = upper.base
        for i in range { candidate[i] = min(max(target[i] * factor, lower[i]), upper[i]) }
      }
    }
  }

  /// g' x_new(lambda), without storing x_new.
  private func linearPart(_ lambda: Double) -> Double {
    let factor = factor(lambda)
    let (target, lower, upper) = (target.base, lower.base, upper.base)
    return constraintGradient.withUnsafeBufferPointer { gradient in
      sumInBlocks(count: count) { range in
        let gradient = gradient.baseAddress!
        var partial = SIMD8<Double>.zero
        var i = range.lowerBound
        while i &+ 8 <= range.upperBound {
          var x = load(target + i) * factor
          let low = load(lower + i)
          x.replace(with: low, where: x .< low)
          let high = load(upper + i)
          x.replace(with: high, where: x .> high)
          partial += x * load(gradient + i)
          i &+= 8
        }
        var total = partial.sum()
        while i < range.upperBound {
          total += gradient[i] * min(max(target[i] * factor, lower[i]), upper[i])
          i &+= 1
        }
        return total
      }
    }
  }
}

@inline(__always)
private func load(_ pointer: UnsafePointer<Double>) -> SIMD8<Double> {
  UnsafeRawPointer(pointer).loadUnaligned(as: SIMD8<Double>.self)
}

@inline(__always)
private func load(_ pointer: UnsafeMutablePointer<Double>) -> SIMD8<Double> { load(UnsafePointer(pointer)) }
