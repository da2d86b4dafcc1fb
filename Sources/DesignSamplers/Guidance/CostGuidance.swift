import Synchronization

/// Less of a cost: the simulator is asked about the clean estimate, and its gradient moves the estimate.
///
/// Through the denoiser the gradient is that with respect to the noisy designs, and x0 moves by -(σ² / α) s times it
/// (Chung et al. 2023, algorithm 1; Dhariwal & Nichol 2021, eq. 11). Past the denoiser it is that with respect to the
/// clean estimate, which costs no pass back through the network (Nair & Patel, "Dreamguider", 2024, eq. 14).
public struct CostGuidance: Guidance {
  public let cost: any DesignCost
  /// s.
  public let strength: Double
  public let isThroughDenoiser: Bool
  /// The longest move of a design, as the root of the mean square of its numbers, in deviations of the designs: longer
  /// ones are cut, so that no gradient carries a design away.
  public let longestMove: Double
  /// The largest ratio of deviation to signal at which the cost is asked: the estimate says little where there is more
  /// noise.
  public let largestRatio: Double
  /// Told of every move that was cut; nil where nobody asks.
  public var cuts: MoveCuts?

  public init(
    _ cost: any DesignCost, strength: Double, isThroughDenoiser: Bool = false, longestMove: Double = 0.5,
    largestRatio: Double = 5
  ) {
    self.cost = cost
    self.strength = strength
    self.isThroughDenoiser = isThroughDenoiser
    self.longestMove = longestMove
    self.largestRatio = largestRatio
  }

  public var readsDenoiser: Bool { isThroughDenoiser }

  public func steered(
    _ clean: Tensor<Float>, at level: NoiseLevel, pullback: ((Tensor<Float>) -> Tensor<Float>)?
  ) throws -> Tensor<Float> {
    guard level.deviation <= largestRatio * level.signal else { return clean }
    var gradient = cost.linearize(clean).gradients
    // The variance of x0 given x is at most that of the designs, one: σ²/α² alone grows without bound.
    let ratio = level.deviation / level.signal
    var factor = -strength * ratio * ratio / (1 + ratio * ratio)
    if isThroughDenoiser, let pullback {
      gradient = pullback(gradient)
      factor = -strength * level.deviation * level.deviation / level.signal
    }
    return moved(clean, by: gradient, factor)
  }

  private func moved(_ clean: Tensor<Float>, by gradient: Tensor<Float>, _ factor: Double) -> Tensor<Float> {
    let rows = clean.shape[0], size = clean.count / max(1, rows)
    let moves = gradient.elements
    var result = clean.elements
    for row in 0..<rows {
      let range = row * size..<(row + 1) * size
      let square = moves[range].reduce(0.0) { $0 + Double($1) * Double($1) }
      let length = abs(factor) * (square / Double(size)).squareRoot()
      guard length.isFinite else {
        cuts?.add(wasFinite: false)
        continue
      }
      if length > longestMove { cuts?.add(wasFinite: true) }
      let cut = Float(length > longestMove ? factor * longestMove / length : factor)
      for i in range { result[i] += cut * moves[i] }
    }
    return Tensor(result, shape: clean.shape)
  }
}

/// Counts moves that guidance would have made too long.
public final class MoveCuts: Sendable {
  private let counted = Mutex((cut: 0, dropped: 0))
  public init() {}

  /// Shortened to the longest move allowed.
  public var cut: Int { counted.withLock { $0.cut } }
  /// Left out, because they were not numbers.
  public var dropped: Int { counted.withLock { $0.dropped } }

  func add(wasFinite: Bool) {
    counted.withLock { if wasFinite { $0.cut += 1 } else { $0.dropped += 1 } }
  }
}
