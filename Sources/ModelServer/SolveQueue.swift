import Dispatch
import Foundation
import InverseDesign
import Scenes
import Synchronization

/// Runs solves on threads of their own, so many at once and so many waiting: never on the threads that serve connections.
final class SolveQueue: Sendable {
  enum Refusal: Error { case full, late, cancelled }

  private struct Running {
    var flag: CancellationFlag
    var end: Double
    var answerLate: @Sendable () -> Void
  }
  private struct Contents {
    var taken = 0
    var running: [ObjectIdentifier: Running] = [:]
  }
  private let contents = Mutex(Contents())
  private let threads: WorkerThreads
  private let most: Int
  private let clock: UncheckedShared<any DispatchSourceTimer>

  init(workers: Int, queue: Int) {
    threads = WorkerThreads(max(1, workers), name: "solve")
    most = max(1, workers) + max(0, queue)
    // One clock for all: a timer for each request would stay in memory until its time, however soon the answer came.
    let clock = DispatchSource.makeTimerSource(queue: .global())
    self.clock = UncheckedShared(clock)
    clock.setEventHandler { [weak self] in self?.endLate() }
    clock.schedule(deadline: .now() + Self.tick, repeating: Self.tick)
    clock.resume()
  }

  deinit { clock.value.cancel() }

  /// Seconds by which a time limit may be exceeded.
  private static let tick = 0.05

  /// Requests that run or wait.
  var count: Int { contents.withLock { $0.taken } }

  /// The value of `body`. Where time runs out or the task is cancelled the solve is told to end, and the caller does not
  /// wait for it.
  func run<Value: Sendable>(timeLimit: Double, _ body: @escaping @Sendable () -> Value) async throws(Refusal) -> Value {
    let flag = CancellationFlag(), answer = Answer<Value>()
    let running = Running(flag: flag, end: ProcessUsage.wallSeconds + timeLimit) { answer.give(.failure(.late)) }
    let isTaken = contents.withLock {
      guard $0.taken < most else { return false }
      $0.taken += 1
      $0.running[ObjectIdentifier(flag)] = running
      return true
    }
    guard isTaken else { throw .full }
    let result = await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        answer.wait(continuation)
        threads.add { [self] in
          if !flag.isRaised {
            let value = CancellationFlag.$current.withValue(flag, operation: body)
            answer.give(.success(value))
          }
          contents.withLock {
            $0.taken -= 1
            $0.running[ObjectIdentifier(flag)] = nil
          }
        }
      }
    } onCancel: {
      flag.raise()
      answer.give(.failure(.cancelled))
    }
    return try result.get()
  }

  /// Ends what has run out of time.
  private func endLate() {
    let now = ProcessUsage.wallSeconds
    let late = contents.withLock { $0.running.values.filter { $0.end <= now } }
    for solve in late {
      solve.flag.raise()
      solve.answerLate()
    }
  }

  /// Tells every solve to end.
  func cancelAll() { contents.withLock { for solve in $0.running.values { solve.flag.raise() } } }
}

/// The first answer of several counts.
private final class Answer<Value: Sendable>: Sendable {
  typealias Outcome = Result<Value, SolveQueue.Refusal>
  private struct Contents {
    var continuation: CheckedContinuation<Outcome, Never>?
    var early: Outcome?
    var isGiven = false
  }
  private let contents = Mutex(Contents())

  func wait(_ continuation: CheckedContinuation<Outcome, Never>) {
    let early = contents.withLock { contents -> Outcome? in
      if contents.early == nil { contents.continuation = continuation }
      return contents.early
    }
    if let early { continuation.resume(returning: early) }
  }

  func give(_ outcome: Outcome) {
    let waiting = contents.withLock { contents -> CheckedContinuation<Outcome, Never>? in
      guard !contents.isGiven else { return nil }
      contents.isGiven = true
      if contents.continuation == nil { contents.early = outcome }
      return contents.continuation
    }
    waiting?.resume(returning: outcome)
  }
}
