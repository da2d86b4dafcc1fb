import LinearSolvers
import Testing

@Suite struct TsallisINFTests {
  /// Costs of five settings that vary from system to system.
  static func cost(_ choice: Int, _ generator: inout SeededGenerator) -> Double {
    [60, 40, 30, 45, 80][choice] + 5 * generator.uniform()
  }

  @Test func probabilitiesSumToOneAndFavourTheCheap() {
    var bandit = TsallisINF(choices: 5, largestCost: 100, seed: 1)
    #expect(bandit.probabilities.allSatisfy { abs($0 - 0.2) < 1e-9 })
    var generator = SeededGenerator(seed: 9)
    for _ in 0..<400 { bandit.update(cost: Self.cost(bandit.choice, &generator)) }
    #expect(abs(bandit.probabilities.reduce(0, +) - 1) < 1e-12)
    #expect(bandit.probabilities.firstIndex(of: bandit.probabilities.max()!) == 2)
  }

  /// The bound of the paper for any costs, in units of the largest: 4 sqrt(K T) + 1 (theorem 1), on the mean of seeds.
  @Test func regretIsBelowTheBound() {
    let rounds = 200
    var regret = 0.0
    for seed: UInt64 in 0..<20 {
      var bandit = TsallisINF(choices: 5, largestCost: 100, seed: seed)
      var generator = SeededGenerator(seed: 100 + seed)
      for _ in 0..<rounds {
        let cost = Self.cost(bandit.choice, &generator)
        regret += (cost - 32.5) / 100 / 20
        bandit.update(cost: cost)
      }
    }
    #expect(regret > 0)
    #expect(regret < 4 * (5 * Double(rounds)).squareRoot() + 1)
    // Far below what guessing costs: the mean excess is 21 hundredths a round.
    #expect(regret < 0.5 * 0.21 * Double(rounds))
  }

  @Test func aSavedStateGoesOnWithTheSameChoices() throws {
    var bandit = TsallisINF(choices: 3, largestCost: 10, seed: 4)
    func cost(_ choice: Int) -> Double { Double(3 + 2 * choice) }
    for _ in 0..<20 { bandit.update(cost: cost(bandit.choice)) }
    var other = try #require(TsallisINF(choices: 3, largestCost: 10, seed: 4).restored(from: bandit.save()))
    #expect(other == bandit)
    for _ in 0..<20 {
      #expect(other.choice == bandit.choice)
      bandit.update(cost: cost(bandit.choice))
      other.update(cost: cost(other.choice))
    }
    #expect(TsallisINF(choices: 2, largestCost: 10, seed: 4).restored(from: bandit.save()) == nil)
  }
}
