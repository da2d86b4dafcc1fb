/// The distribution of follow-the-regularized-leader with the Tsallis entropy of power 1/2, and draws from it.
enum TsallisDistribution {
  /// w_i = 4 (η (L_i - x))⁻² with x such that they sum to one (Zimmert & Seldin 2021, section 3.3).
  static func probabilities(_ sums: [Double], rate: Double) -> [Double] {
    let least = sums.min() ?? 0
    // With x = least - y: the sum falls in y, is at least one at 2/η and at most one at 2 sqrt(choices)/η.
    var (low, high) = (2 / rate, 2 * Double(sums.count).squareRoot() / rate)
    func weight(_ sum: Double, _ y: Double) -> Double {
      let scaled = rate * (sum - least + y)
      return 4 / (scaled * scaled)
    }
    for _ in 0..<60 {
      let y = 0.5 * (low + high)
      if sums.reduce(0, { $0 + weight($1, y) }) > 1 { low = y } else { high = y }
    }
    let weights = sums.map { weight($0, high) }
    let total = weights.reduce(0, +)
    return weights.map { $0 / total }
  }

  /// The index that a round draws: the same each time it is asked for.
  static func draw(_ probabilities: [Double], seed: UInt64, round: Int) -> Int {
    var generator = SeededGenerator(seed: seed, generation: round)
    var left = generator.uniform()
    for (index, probability) in probabilities.enumerated() {
      left -= probability
      if left < 0 { return index }
    }
    return probabilities.count - 1
  }
}
