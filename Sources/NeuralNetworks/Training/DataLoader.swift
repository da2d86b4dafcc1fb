/// Which samples each step of training sees: every sample once in each epoch, in an order drawn anew for each.
///
/// Epochs follow each other without a gap, so that a batch may reach from one into the next and no sample is left out.
/// What a step sees follows from its number and the seed alone: resuming needs no state.
public struct DataLoader: Sendable {
  public let count: Int
  public let batch: Int
  public let seed: UInt64
  private var epoch = -1
  private var order: [Int32] = []

  /// - Parameters:
  ///   - count: The samples there are; at least one.
  ///   - batch: Samples of a step.
  ///   - seed: Of the shuffles.
  public init(count: Int, batch: Int, seed: UInt64) {
    precondition(count > 0 && batch > 0, "batches of \(batch) of \(count) samples")
    self.count = count
    self.batch = batch
    self.seed = seed
  }

  /// The samples of a step, counted from 0.
  public mutating func samples(ofStep step: Int) -> [Int] {
    (step * batch..<(step + 1) * batch).map { position in
      if position / count != epoch { shuffle(epoch: position / count) }
      return Int(order[position % count])
    }
  }

  /// Fisher and Yates.
  private mutating func shuffle(epoch: Int) {
    // Other numbers than those that a loss with the same seed draws.
    var generator = SeededGenerator(seed: ~seed, generation: epoch)
    order = (0..<Int32(count)).map { $0 }
    order.shuffle(using: &generator)
    self.epoch = epoch
  }
}
