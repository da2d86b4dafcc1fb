import Dispatch
import Foundation
import Synchronization
import Testing

@testable import DifferentiableCore

/// The pool itself, so that the tests mean the same on a machine with one processor.
@Suite struct ParallelTests {
  @Test(arguments: [1, 2, 3, 8])
  func everyPieceRunsOnceInEveryLoop(threads: Int) {
    let pieces = 57
    let counts = Counts(pieces)
    for loop in 1...2000 {
      WorkerPool.shared.run(pieces: pieces, threads: threads) { counts.add($0) }
      // Long enough now and then for the helpers to fall asleep.
      if loop % 500 == 0 { usleep(2000) }
    }
    #expect(counts.values == [Int](repeating: 2000, count: pieces))
  }

  @Test func whatPiecesWriteIsThereAfterTheLoop() {
    var values = [Double](repeating: 0, count: 64)
    for loop in 1...2000 {
      values.withUnsafeMutableBufferPointer { buffer in
        let shared = UncheckedShared(buffer)
        WorkerPool.shared.run(pieces: 64, threads: 3) { shared.value[$0] += Double($0) }
      }
      guard values.indices.allSatisfy({ values[$0] == Double(loop * $0) }) else {
        Issue.record("loop \(loop) ended before its pieces")
        return
      }
    }
  }

  @Test func aLoopInsideAPieceEnds() {
    let counts = Counts(5)
    WorkerPool.shared.run(pieces: 5, threads: 4) { outer in
      WorkerPool.shared.run(pieces: 7, threads: 4) { _ in
        WorkerPool.shared.run(pieces: 3, threads: 2) { _ in counts.add(outer) }
      }
    }
    #expect(counts.values == [Int](repeating: 21, count: 5))
  }

  @Test func loopsOfSeveralThreadsDoNotMix() {
    let counts = Counts(4 * 16)
    DispatchQueue.concurrentPerform(iterations: 4) { caller in
      for _ in 0..<500 {
        WorkerPool.shared.run(pieces: 16, threads: 3) { counts.add(caller * 16 + $0) }
      }
    }
    #expect(counts.values == [Int](repeating: 500, count: 64))
  }

  @Test func theCallerWaitsForALongPieceOfAHelper() {
    let started = Atomic<Bool>(false)
    let finished = Atomic<Bool>(false)
    let main = pthread_self()
    // Tried again, because a helper may come too late for a piece.
    for _ in 0..<200 where !started.load(ordering: .relaxed) {
      WorkerPool.shared.run(pieces: 40, threads: 2) { _ in
        if pthread_equal(pthread_self(), main) != 0 {
          usleep(100)
        } else if !started.exchange(true, ordering: .relaxed) {
          usleep(20_000)
          finished.store(true, ordering: .relaxed)
        }
      }
      let isWhole = started.load(ordering: .relaxed) == finished.load(ordering: .relaxed)
      #expect(isWhole)
    }
    let hasFinished = finished.load(ordering: .relaxed)
    #expect(hasFinished)
  }

  @Test func sumsHaveTheSameBitsWithHelpersAndWithout() {
    let n = 100_003
    func sum() -> Double { sumInBlocks(count: n, block: 97) { $0.reduce(0) { $0 + 1 / Double($1 + 1) } } }
    var expected = 0.0
    for start in stride(from: 0, to: n, by: 97) {
      var block = 0.0
      for i in start..<min(start + 97, n) { block += 1 / Double(i + 1) }
      expected += block
    }
    for _ in 0..<20 { #expect(sum() == expected) }
  }
}

/// A count per place, added to from any thread.
private final class Counts: Sendable {
  private let counts: Mutex<[Int]>
  init(_ size: Int) { counts = Mutex([Int](repeating: 0, count: size)) }
  func add(_ place: Int) { counts.withLock { $0[place] += 1 } }
  var values: [Int] { counts.withLock { $0 } }
}
