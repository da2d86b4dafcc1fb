#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// The bisection for the multiplier.
///
/// The constraint falls as the multiplier grows, so what one candidate tells holds for a whole side. A few secant steps
/// first find a narrow interval around the root; the bisection then makes the published decisions, and only those
/// within that interval cost another candidate.
struct MultiplierSearch {
  private let update: OptimalityCriteriaUpdate
  /// The constraint at a candidate; nil for its linearisation.
  private let constraintValue: (@Sendable (DenseVector) -> Double)?
  private var candidate: DenseVector
  /// The largest multiplier known to violate, and the smallest known to satisfy, with the constraint there.
  private var below = (multiplier: 0.0, value: 0.0)
  private var above = (multiplier: Double.infinity, value: 0.0)

  private static let beyondEveryMultiplier = 1e300

  init(_ update: OptimalityCriteriaUpdate, _ constraintValue: (@Sendable (DenseVector) -> Double)?) {
    self.update = update
    self.constraintValue = constraintValue
    candidate = DenseVector(zeros: update.count)
  }

  /// The candidate whose constraint is met, and its multiplier.
  mutating func solve() -> (design: DenseVector, multiplier: Double) {
    let options = update.options
    if value(0) <= 0 { return result(0) }
    // Out of reach within the move limit: as low as it goes, and on from there.
    if violated(Self.beyondEveryMultiplier) { return result(Self.beyondEveryMultiplier) }
    narrow()
    var l1 = 0.0
    var l2 = options.largestMultiplier
    while violated(l2) { (l1, l2) = (l2, l2 * 1e6) }
    var middle = 0.5 * (l1 + l2)
    while (l2 - l1) / (l1 + l2) > options.multiplierTolerance && l2 > 1e-200 {
      middle = 0.5 * (l1 + l2)
      if violated(middle) { l1 = middle } else { l2 = middle }
    }
    return result(middle)
  }

  /// Brackets the root: from the multiplier that would do if no entry met a limit, outward, then inward by secants in
  /// log(lambda), pulled toward the middle every third time so that neither side stays.
  private mutating func narrow() {
    let guess = update.unlimitedMultiplier
    var reach = 1.2
    if violated(guess) {
      while reach < 1e200, violated(guess * reach) { reach *= reach }
    } else {
      while reach < 1e200, !violated(guess / reach) { reach *= reach }
    }
    guard below.multiplier > 0, above.multiplier < Self.beyondEveryMultiplier else { return }
    for step in 0..<12 {
      let ratio = above.multiplier / below.multiplier
      if ratio < 1 + 0.2 * update.options.multiplierTolerance { return }
      let share = step % 3 == 2 ? 0.5 : min(max(below.value / (below.value - above.value), 0.02), 0.98)
      _ = violated(below.multiplier * pow(ratio, share))
    }
  }

  private mutating func value(_ lambda: Double) -> Double {
    guard let constraintValue else { return update.linearisedConstraint(lambda) }
    update.fill(&candidate, lambda)
    return constraintValue(candidate)
  }

  private mutating func violated(_ lambda: Double) -> Bool {
    if lambda <= below.multiplier { return true }
    if lambda >= above.multiplier { return false }
    let value = value(lambda)
    if value > 0 { below = (lambda, value) } else { above = (lambda, value) }
    return value > 0
  }

  private mutating func result(_ lambda: Double) -> (design: DenseVector, multiplier: Double) {
    update.fill(&candidate, lambda)
    return (candidate, lambda)
  }
}
