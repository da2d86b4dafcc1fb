/// The asymptotes of one step and the box that the step may use.
struct Asymptotes: Sendable, Equatable {
  /// L and U. `[count]`
  var lower: DenseVector
  var upper: DenseVector

  /// Svanberg 1987, section 4, with the constants of the 2007 notes: fixed distance in the first two steps, then by
  /// whether an entry keeps its direction.
  init(
    at x: DenseVector, previous: DenseVector, beforeThat: DenseVector, last: Asymptotes?, iteration: Int,
    ranges: DenseVector, options: AsymptoteOptions
  ) {
    let n = x.count
    let (lower, upper) = (WorkArray(n), WorkArray(n))
    let keepDistance = iteration > 2 && last != nil
    withReadPointers([x, previous, beforeThat, ranges, last?.lower ?? x, last?.upper ?? x]) { from in
      let options = options
      concurrentlyForEach(count: n) { block in
        let x = from[0].base, x1 = from[1].base, x2 = from[2].base, range = from[3].base
        let low = from[4].base, high = from[5].base
        let lower = lower.base, upper = upper.base
        for j in block {
          var below = options.initialDistance * range[j]
          var above = below
          if keepDistance {
            let turn = (x[j] - x1[j]) * (x1[j] - x2[j])
            let factor = turn > 0 ? options.growth : turn < 0 ? options.shrinkage : 1
            below = min(max(factor * (x1[j] - low[j]), 0.01 * range[j]), 10 * range[j])
            above = min(max(factor * (high[j] - x1[j]), 0.01 * range[j]), 10 * range[j])
          }
          lower[j] = x[j] - below
          upper[j] = x[j] + above
        }
      }
    }
    (self.lower, self.upper) = (lower.vector, upper.vector)
  }

  init(lower: DenseVector, upper: DenseVector) { (self.lower, self.upper) = (lower, upper) }

  /// Distances between the bounds; where a bound is missing the size of the entry stands in, and one where both meet.
  static func ranges(at x: DenseVector, _ bounds: Bounds) -> DenseVector {
    let n = x.count
    let ranges = WorkArray(n)
    withReadPointers([x, bounds.lower, bounds.upper]) { from in
      concurrentlyForEach(count: n) { block in
        let x = from[0].base, low = from[1].base, high = from[2].base
        for j in block {
          let distance = high[j] - low[j]
          ranges.base[j] = distance.isFinite ? (distance > 0 ? distance : 1) : 2 * max(1, abs(x[j]))
        }
      }
    }
    return ranges.vector
  }
}
