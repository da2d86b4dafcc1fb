/// Tsallis-INF that knows neither the scale of the costs nor how much they vary, for costs that are nearly the same
/// whenever a choice is made again, as counts of work on related systems are.
///
/// The estimates are of the difference between a cost and its prediction, the mean of the latest costs of that choice, and
/// the rate falls with the sum of the squares of those differences, not with the number of rounds (predictions: Rakhlin &
/// Sridharan, "Online learning with predictable sequences", COLT 2013; the rate: Ito, Tsuchiya & Honda, "Adversarially
/// robust multi-armed bandit algorithm with variance-dependent regret bounds", COLT 2022). The first round takes the first
/// choice, whose cost is the unit of all others.
public struct PredictiveTsallisINF: ChoicePolicy, Equatable {
  public let choices: Int
  public let seed: UInt64
  public private(set) var round = 0
  /// Estimated sums of the costs, and the mean of the latest costs of each choice, in units of the largest. `[choices]`
  private var sums: [Double]
  private var predictions: [Double]
  private var trials: [Double]
  /// Sum of the squares of what predictions missed.
  private var variation = 0.0
  /// Costs at or above this count as this; set by the first round.
  private var largestCost = 0.0

  /// The largest cost told apart, in units of the first.
  private static let range = 4.0
  /// Rounds that a prediction looks back.
  private static let memory = 4.0

  public init(choices: Int, seed: UInt64) {
    precondition(choices > 0, "\(choices) choices")
    self.choices = choices
    self.seed = seed
    sums = [Double](repeating: 0, count: choices)
    predictions = sums
    trials = sums
  }

  /// What each choice is expected to cost. One that was never tried is hoped to cost half of the cheapest.
  private var expected: [Double] {
    let cheapest = zip(predictions, trials).reduce(1) { $1.1 > 0 ? min($0, $1.0) : $0 }
    return zip(predictions, trials).map { $1 > 0 ? $0 : 0.5 * cheapest }
  }

  /// The probability of each choice in this round.
  public var probabilities: [Double] {
    if round == 0 { return (0..<choices).map { $0 == 0 ? 1 : 0 } }
    return TsallisDistribution.probabilities(
      zip(sums, expected).map { $0 + $1 }, rate: 8 / (1 + variation).squareRoot())
  }

  public func choice(feature: Double = 0) -> Int { TsallisDistribution.draw(probabilities, seed: seed, round: round) }

  public mutating func update(feature: Double = 0, cost: Double) {
    precondition(cost >= 0, "a cost of \(cost)")
    let index = choice(), probability = probabilities[index], expected = expected
    if round == 0 { largestCost = max(Self.range * cost, .leastNormalMagnitude) }
    let loss = min(cost / largestCost, 1)
    if round > 0 {
      let missed = loss - expected[index]
      for i in sums.indices { sums[i] += expected[i] }
      sums[index] += missed / probability
      variation += missed * missed
    }
    trials[index] += 1
    predictions[index] += (loss - predictions[index]) / min(trials[index], Self.memory)
    round += 1
  }

  public func save() -> NamedArrays {
    var arrays = NamedArrays()
    arrays[integer: "round"] = [Int64(round)]
    arrays[real: "sums"] = sums
    arrays[real: "predictions"] = predictions
    arrays[real: "trials"] = trials
    arrays[real: "scale"] = [variation, largestCost]
    return arrays
  }

  public func restored(from arrays: NamedArrays) -> Self? {
    guard let round = arrays[integer: "round"]?.first, round >= 0, let sums = arrays[real: "sums"],
      let predictions = arrays[real: "predictions"], let trials = arrays[real: "trials"],
      let scale = arrays[real: "scale"], scale.count == 2,
      [sums, predictions, trials].allSatisfy({ $0.count == choices && $0.allSatisfy(\.isFinite) })
    else { return nil }
    var result = self
    (result.round, result.sums, result.predictions, result.trials) = (Int(round), sums, predictions, trials)
    (result.variation, result.largestCost) = (scale[0], scale[1])
    return result
  }
}
