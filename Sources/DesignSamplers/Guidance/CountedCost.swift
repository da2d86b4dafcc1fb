import Synchronization

/// A cost that counts what it is asked, so that samplers and optimizers can be compared at equal cost.
public final class CountedCost: DesignCost {
  /// Calls of the simulator so far.
  public struct Count: Sendable, Equatable {
    /// Of which only the value was wanted.
    public var values = 0
    /// With the gradient.
    public var gradients = 0
    /// Of either kind, those without an answer.
    public var failures = 0

    public init() {}
  }

  private let cost: any DesignCost
  private let counted = Mutex(Count())

  public init(_ cost: any DesignCost) { self.cost = cost }

  public var count: Count { counted.withLock { $0 } }

  public func linearize(_ designs: Tensor<Float>) -> (costs: [Double], gradients: Tensor<Float>) {
    let answer = cost.linearize(designs)
    counted.withLock {
      $0.gradients += answer.costs.count
      $0.failures += answer.costs.count { !$0.isFinite }
    }
    return answer
  }

  public func costs(_ designs: Tensor<Float>) -> [Double] {
    let answer = cost.costs(designs)
    counted.withLock {
      $0.values += answer.count
      $0.failures += answer.count { !$0.isFinite }
    }
    return answer
  }
}
