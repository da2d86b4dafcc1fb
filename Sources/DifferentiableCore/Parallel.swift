import Synchronization

// The one way to run in parallel in the process. Work is cut into pieces whose number and extent depend on the problem
// alone, never on the number of threads, so that the same problem gives the same bits on any number of them.

private let threadLimit = Atomic<Int>(0)

/// The number of threads that work is spread over.
public enum Threads {
  /// At most this many threads work at once; the number of processors unless a limit was set.
  public static var count: Int {
    let limit = threadLimit.load(ordering: .relaxed)
    return limit > 0 ? limit : processorCount
  }

  /// Sets the limit for the whole process. It changes how long work takes, never its result.
  public static func limit(to count: Int) { threadLimit.store(max(1, count), ordering: .relaxed) }

  private static let processorCount = max(1, ProcessorCount.online)
}

/// Runs `body` for every piece `0..<pieces`, on as many threads as allowed. Pieces must not write the same memory.
public func concurrentlyForEach(piece pieces: Int, _ body: @Sendable (Int) -> Void) {
  let threads = min(Threads.count, pieces)
  if threads <= 1 {
    for piece in 0..<pieces { body(piece) }
    return
  }
  WorkerPool.shared.run(pieces: pieces, threads: threads, body)
}

/// What `value` is at every index of `0..<count`, in order, worked out on as many threads as allowed.
public func concurrentMap<Value: Sendable>(_ count: Int, _ value: @Sendable (Int) -> Value) -> [Value] {
  var results = [Value?](repeating: nil, count: count)
  results.withUnsafeMutableBufferPointer { results in
    let shared = UncheckedShared(results)
    concurrentlyForEach(piece: count) { shared.value[$0] = value($0) }
  }
  return results.compactMap { $0 }
}

/// Runs `body` over `0..<count` cut into blocks of `block` entries, on as many threads as allowed.
public func concurrentlyForEach(
  count: Int, block: Int = 16384, _ body: @Sendable (Range<Int>) -> Void
) {
  let pieces = (count + block - 1) / block
  concurrentlyForEach(piece: pieces) { piece in
    body(piece * block..<min((piece + 1) * block, count))
  }
}

/// The sum of `partial` over fixed blocks of `0..<count`, added in block order: the same bits for any thread count.
public func sumInBlocks(count: Int, block: Int = 16384, _ partial: (Range<Int>) -> Double) -> Double {
  let pieces = (count + block - 1) / block
  if pieces <= 1 { return count > 0 ? partial(0..<count) : 0 }
  return withoutActuallyEscaping(partial) { partial in
    withUnsafeTemporaryAllocation(of: Double.self, capacity: pieces) { sums in
      let shared = UncheckedShared((sums: sums, partial: partial))
      concurrentlyForEach(piece: pieces) { piece in
        let range = piece * block..<min((piece + 1) * block, count)
        shared.value.sums[piece] = shared.value.partial(range)
      }
      var total = 0.0
      for piece in 0..<pieces { total += sums[piece] }
      return total
    }
  }
}

/// Carries a value, such as a pointer, into a parallel loop whose pieces are known to write disjoint memory.
public struct UncheckedShared<Value>: @unchecked Sendable {
  public let value: Value
  public init(_ value: Value) { self.value = value }
}
