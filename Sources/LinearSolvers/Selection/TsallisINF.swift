/// Chooses one of a few solver settings for each system of a sequence, and learns from what each choice cost.
///
/// Tsallis-INF with the Tsallis entropy of power 1/2 and reduced-variance estimates (Zimmert & Seldin, J. Mach. Learn. Res.
/// 22 (2021) 28, algorithm 1 and section 3): best of both worlds, for costs that a fixed law gives and for any others. For
/// solver settings: Khodak et al., "Learning to relax", ICLR 2024. A cost is a count of work, so that choices repeat; the
/// draws come from the seed and the round, so that a saved state goes on with the same choices.
public struct TsallisINF: Sendable, Equatable {
  public let choices: Int
  /// Costs at or above this count as this.
  public let largestCost: Double
  public let seed: UInt64
  /// Rounds that ended.
  public private(set) var round = 0
  /// Estimated sums of the costs, in units of the largest. `[choices]`
  private var sums: [Double]

  public init(choices: Int, largestCost: Double, seed: UInt64) {
    precondition(choices > 0 && largestCost > 0, "\(choices) choices with a largest cost of \(largestCost)")
    self.choices = choices
    self.largestCost = largestCost
    self.seed = seed
    sums = [Double](repeating: 0, count: choices)
  }

  private var rate: Double { 4 / Double(round + 1).squareRoot() }

  /// The probability of each choice in this round: w_i = 4 (η (L_i - x))⁻², x such that they sum to one.
  public var probabilities: [Double] {
    TsallisDistribution.probabilities(sums, rate: rate)
  }

  /// The choice of this round: the same each time it is asked for.
  public var choice: Int {
    TsallisDistribution.draw(probabilities, seed: seed, round: round)
  }

  /// Ends the round with what its choice cost.
  public mutating func update(cost: Double) {
    precondition(cost >= 0, "a cost of \(cost)")
    let index = choice
    let probabilities = probabilities
    let loss = min(cost / largestCost, 1)
    for i in sums.indices {
      // An offset where the choice is likely keeps the estimates' variance low.
      let offset = probabilities[i] >= rate * rate / 16 ? 0.5 : 0
      sums[i] += (i == index ? (loss - offset) / probabilities[i] : 0) + offset
    }
    round += 1
  }

  public func save() -> NamedArrays {
    var arrays = NamedArrays()
    arrays[integer: "round"] = [Int64(round)]
    arrays[real: "sums"] = sums
    return arrays
  }

  /// The state saved; nil where it is of other choices.
  public func restored(from arrays: NamedArrays) -> TsallisINF? {
    guard let round = arrays[integer: "round"]?.first, round >= 0, let sums = arrays[real: "sums"],
      sums.count == choices, sums.allSatisfy(\.isFinite)
    else { return nil }
    var result = self
    (result.round, result.sums) = (Int(round), sums)
    return result
  }
}
