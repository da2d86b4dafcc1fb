import Dispatch
import Foundation
import Scenes
import Synchronization

/// Runs solves on threads of their own, so many at once and so many waiting: never on the threads that serve connections.
final class SolveQueue: Sendable {
  enum Refusal: Error { case full, late, cancelled }

  private struct Contents {
    var taken = 0
    var flags: [ObjectIdentifier: CancellationFlag] = [:]
  }
  private let contents = Mutex(Contents())
  private let threads: WorkerThreads
  private let most: Int

  init(workers: Int, queue: Int) {
    threads = WorkerThreads(max(1, workers), name: "solve")
    most = max(1, workers) + max(0, queue)
  }

  /// Requests that run or wait.
  var count: Int { contents.withLock { $0.taken } }

  /// The value of `body`. Where time runs out or the task is cancelled the solve is told to end, and the caller does not
  /// wait for it.
  func run<Value: Sendable>(timeLimit: Double, _ body: @escaping @Sendable () -> Value) async throws(Refusal) -> Value {
    let flag = CancellationFlag()
    let isTaken = contents.withLock {
      guard $0.taken < most else { return false }
      $0.taken += 1
      $0.flags[ObjectIdentifier(flag)] = flag
      return true
    }
    guard isTaken else { throw .full }
    let answer = Answer<Value>()
    let result = await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        answer.wait(continuation)
        let timer = DispatchWorkItem {
          flag.raise()
          answer.give(.failure(.late))
        }
        DispatchQueue.global().asyncAfter(deadline: .now() + timeLimit, execute: timer)
        let timerBox = UncheckedShared(timer)
        threads.add { [self] in
          if !flag.isRaised {
            let value = CancellationFlag.$current.withValue(flag, operation: body)
            answer.give(.success(value))
          }
          timerBox.value.cancel()
          contents.withLock {
            $0.taken -= 1
            $0.flags[ObjectIdentifier(flag)] = nil
          }
        }
      }
    } onCancel: {
      flag.raise()
      answer.give(.failure(.cancelled))
    }
    return try result.get()
  }

  /// Tells every solve to end.
  func cancelAll() { contents.withLock { for flag in $0.flags.values { flag.raise() } } }
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
