#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// One update: the entries that do not depend on the multiplier are computed once, then each step of the bisection is
/// one pass over four arrays.
struct OptimalityCriteriaUpdate {
  private let count: Int
  private let options: OptimalityCriteria.Options
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

  /// The candidate whose constraint is met, and its multiplier.
  func solve(_ constraintValue: (@Sendable (DenseVector) -> Double)?) -> (design: DenseVector, multiplier: Double) {
    var candidate = DenseVector(zeros: count)
    func violated(_ lambda: Double) -> Bool {
      guard let constraintValue else { return offset + linearPart(lambda) > 0 }
      fill(&candidate, lambda)
      return constraintValue(candidate) > 0
    }
    func result(_ lambda: Double) -> (DenseVector, Double) {
      fill(&candidate, lambda)
      return (candidate, lambda)
    }
    if !violated(0) { return result(0) }
    var l1 = 0.0
    var l2 = options.largestMultiplier
    if violated(l2) {
      // Out of reach within the move limit: as low as it goes, and on from there.
      if violated(Self.beyondEveryMultiplier) { return result(Self.beyondEveryMultiplier) }
      repeat { (l1, l2) = (l2, l2 * 1e6) } while violated(l2)
    }
    var middle = 0.5 * (l1 + l2)
    while (l2 - l1) / (l1 + l2) > options.multiplierTolerance && l2 > 1e-200 {
      middle = 0.5 * (l1 + l2)
      if violated(middle) { l1 = middle } else { l2 = middle }
    }
    return result(middle)
  }

  private static let beyondEveryMultiplier = 1e300

  private func factor(_ lambda: Double) -> Double {
    lambda > 0 ? 1 / pow(lambda, options.damping) : .greatestFiniteMagnitude
  }

  private func fill(_ candidate: inout DenseVector, _ lambda: Double) {
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
