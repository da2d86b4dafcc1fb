/// Where to keep states so that reversing a known number of steps repeats the fewest.
///
/// Griewank & Walther, ACM Trans. Math. Softw. 26 (2000) 19 ("revolve"), section 2. With s checkpoints, each step
/// repeated at most r times, beta(s, r) = (s + r)! / (s! r!) steps can be reversed.
enum BinomialSchedule {
  /// beta(s, r); `Int.max` where it overflows, zero for a negative r.
  static func reach(checkpoints s: Int, repetitions r: Int) -> Int {
    if r < 0 || s < 0 { return 0 }
    var result = 1
    // The larger of the two makes the loop short; each product is divisible.
    let (small, large) = s < r ? (s, r) : (r, s)
    var i = 0
    while i < small {
      i += 1
      let (product, overflow) = result.multipliedReportingOverflow(by: large + i)
      if overflow { return .max }
      result = product / i
    }
    return result
  }

  /// The smallest r with beta(s, r) >= l: how often a step is repeated at most.
  static func repetitions(steps l: Int, checkpoints s: Int) -> Int {
    if l <= 1 { return 0 }
    if s <= 1 { return l - 1 }
    var r = 0
    while reach(checkpoints: s, repetitions: r) < l { r += 1 }
    return r
  }

  /// The fewest steps to advance so that `l` steps are reversed from the state before them, with `s` checkpoints of which
  /// that state takes one: t(l, s) = r l - beta(s + 1, r - 1). It counts the first way forward, to the last step.
  static func advances(steps l: Int, checkpoints s: Int) -> Int {
    let r = repetitions(steps: l, checkpoints: s)
    return r * l - reach(checkpoints: s + 1, repetitions: r - 1)
  }

  /// How far beyond a checkpoint the next one goes, of `s` that are left with it, when `l` steps from it are to be
  /// reversed. At least one, and less than l.
  static func stride(steps l: Int, checkpoints s: Int) -> Int {
    let r = repetitions(steps: l, checkpoints: s)
    // Section 2, the range of optimal places; its far end writes the fewest checkpoints.
    let farthest = min(
      reach(checkpoints: s, repetitions: r - 1), l - reach(checkpoints: s - 1, repetitions: r - 1))
    return min(max(1, farthest), l - 1)
  }
}
