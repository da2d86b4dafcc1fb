import Foundation
import Synchronization

/// Threads that do one job after the other, in the order given.
///
/// Not those of Dispatch, which Swift's tasks share on Linux: as many long jobs as there are processors would keep a
/// server from answering anything.
final class WorkerThreads: Sendable {
  typealias Job = @Sendable () -> Void

  /// What waits; the threads hold this and not their owner, so that they end with it.
  private final class Line: Sendable {
    let jobs = Mutex<[Job]>([])
    let isClosed = Atomic<Bool>(false)
    let count = DispatchSemaphore(value: 0)
  }
  private let line = Line()
  private let threads: Int

  init(_ count: Int, name: String) {
    threads = count
    let line = line
    for _ in 0..<count {
      let thread = Thread {
        while true {
          line.count.wait()
          if line.isClosed.load(ordering: .acquiring) { return }
          line.jobs.withLock { $0.isEmpty ? nil : $0.removeFirst() }?()
        }
      }
      thread.name = name
      // As much as the first thread of a program has.
      thread.stackSize = 8 << 20
      thread.start()
    }
  }

  deinit {
    line.isClosed.store(true, ordering: .releasing)
    for _ in 0..<threads { line.count.signal() }
  }

  func add(_ job: @escaping Job) {
    line.jobs.withLock { $0.append(job) }
    line.count.signal()
  }
}
