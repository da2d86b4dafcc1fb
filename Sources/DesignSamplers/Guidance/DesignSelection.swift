import Foundation

/// Chooses after a step which designs go on; some go on twice, others end.
public protocol DesignSelection: Sendable {
  /// - Parameters:
  ///   - x: `[count, size…]` at the level.
  ///   - level: After the step.
  ///   - step: Counted from 0.
  ///   - clean: The denoised designs at a level.
  ///   - memory: The weights so far.
  /// - Returns: As many indices as there are designs.
  func kept(
    _ x: Tensor<Float>, at level: NoiseLevel, step: Int, memory: inout SelectionMemory,
    clean: (Tensor<Float>, NoiseLevel) throws -> Tensor<Float>
  ) throws -> [Int]
}

/// The weights of designs since they were last chosen among.
public struct SelectionMemory: Sendable {
  var logWeights: [Double] = []
  /// -(cost over temperature) where it was last asked.
  var potentials: [Double] = []
  /// How often designs were chosen among.
  public internal(set) var choices = 0
  public init() {}
}

/// Sequential Monte Carlo: designs are weighted by exp(-cost / temperature) of their clean estimates, and chosen among by
/// weight when the effective sample size falls below a part of their number (Del Moral et al. 2006, sec. 3.5; with a part
/// of 1 at every step, the particle sampling of Vlastelica et al. 2023, algorithm 1).
public struct MonteCarloSelection: DesignSelection {
  public let cost: any DesignCost
  public let temperature: Double
  /// Of the number of designs.
  public let leastEffectivePart: Double
  public let seed: UInt64
  /// As of `CostGuidance`.
  public let largestRatio: Double

  public init(
    _ cost: any DesignCost, temperature: Double, leastEffectivePart: Double = 0.5, seed: UInt64 = 0,
    largestRatio: Double = 5
  ) {
    precondition(temperature > 0, "temperature \(temperature)")
    self.cost = cost
    self.temperature = temperature
    self.leastEffectivePart = leastEffectivePart
    self.seed = seed
    self.largestRatio = largestRatio
  }

  public func kept(
    _ x: Tensor<Float>, at level: NoiseLevel, step: Int, memory: inout SelectionMemory,
    clean: (Tensor<Float>, NoiseLevel) throws -> Tensor<Float>
  ) throws -> [Int] {
    let count = x.shape[0]
    let all = Array(0..<count)
    guard level.deviation <= largestRatio * level.signal else { return all }
    // A failed simulation weighs nothing; where all failed nothing is known.
    let potentials = cost.costs(try clean(x, level)).map { -$0 / temperature }
    guard potentials.contains(where: \.isFinite) else { return all }
    if memory.logWeights.isEmpty {
      memory.logWeights = [Double](repeating: 0, count: count)
      memory.potentials = memory.logWeights
    }
    // A weight that is zero stays zero until designs are chosen among: of two failures no difference is taken.
    for i in all where memory.logWeights[i] > -.infinity {
      memory.logWeights[i] += potentials[i] - memory.potentials[i]
    }
    memory.potentials = potentials
    let most = memory.logWeights.max() ?? 0
    guard most.isFinite else { return all }
    let weights = memory.logWeights.map { exp($0 - most) }
    let sum = weights.reduce(0, +), squares = weights.reduce(0) { $0 + $1 * $1 }
    guard sum * sum / squares < leastEffectivePart * Double(count) else { return all }
    var generator = SeededGenerator(seed: seed, generation: step)
    let chosen = Self.systematic(weights, total: sum, start: generator.uniform())
    memory.potentials = chosen.map { potentials[$0] }
    memory.logWeights = [Double](repeating: 0, count: count)
    memory.choices += 1
    return chosen
  }

  /// As many indices as weights, each about as often as its share of the total says (Kitagawa 1996).
  static func systematic(_ weights: [Double], total: Double, start: Double) -> [Int] {
    let count = weights.count
    var (indices, sum, k) = ([Int](), 0.0, 0)
    for i in 0..<count {
      let mark = (Double(i) + start) / Double(count) * total
      while k < count - 1, sum + weights[k] <= mark {
        sum += weights[k]
        k += 1
      }
      indices.append(k)
    }
    return indices
  }
}
