import DifferentiableCore

extension Variable {
  /// The largest of each block of two cells along every axis: half as many cells, which must be even in number.
  ///
  /// The seed of a block goes to the cell that was largest, the first of equals.
  public func maxPooled() -> Variable {
    let fine = shape
    let coarse = halvedCells(fine)
    let pool = tape.pool
    let (out, winners) = largestOfBlocks(value, fine: fine, coarse: coarse, pool: pool)
    return tape.record(out, of: [self]) { seed, gradients in
      let spread = Tensor<Scalar>(zeros: fine, pool: pool)
      for (entry, winner) in winners.enumerated() {
        spread.storage.pointer[Int(winner)] += seed.storage.pointer[entry]
      }
      gradients.add(spread, to: self)
    }
  }
}

/// The largest entries and where in x each was.
@_specialize(where S == Float)
@_specialize(where S == Double)
private func largestOfBlocks<S: TensorScalar>(
  _ x: Tensor<S>, fine: [Int], coarse: [Int], pool: TensorPool
) -> (Tensor<S>, [Int32]) {
  precondition(x.count <= Int(Int32.max), "max pooling of \(x.count) entries")
  let out = Tensor<S>(repeating: -.infinity, shape: coarse, pool: pool)
  let channels = fine[fine.count - 1]
  let map = coarseCells(fine: fine, coarse: coarse)
  let coarseCount = coarse[1..<(coarse.count - 1)].reduce(1, *)
  let winners = [Int32](unsafeUninitializedCapacity: out.count) { winners, initialized in
    winners.initialize(repeating: 0)
    let shared = UncheckedShared(
      (x: UnsafePointer(x.storage.pointer), out: out.storage.pointer, winners: winners.baseAddress!))
    concurrentlyForEach(piece: fine[0]) { n in
      let (x, out, winners) = shared.value
      for (cell, place) in map.enumerated() {
        let from = (n &* map.count &+ cell) &* channels
        let to = (n &* coarseCount &+ place) &* channels
        // A NaN wins, so that it does not vanish.
        for c in 0..<channels where !(x[from &+ c] <= out[to &+ c]) {
          out[to &+ c] = x[from &+ c]
          winners[to &+ c] = Int32(truncatingIfNeeded: from &+ c)
        }
      }
    }
    initialized = out.count
  }
  withExtendedLifetime(x) {}
  return (out, winners)
}
