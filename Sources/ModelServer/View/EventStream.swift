import FlyingSocks
import Foundation
import Scenes

/// Server-sent events that tell of every run which changed since the last look.
struct EventStream: AsyncBufferedSequence {
  typealias Element = UInt8
  let runs: WatchedRuns
  let isStopping: @Sendable () -> Bool

  func makeAsyncIterator() -> Iterator { Iterator(runs: runs, isStopping: isStopping) }

  struct Iterator: AsyncBufferedIteratorProtocol {
    let runs: WatchedRuns
    let isStopping: @Sendable () -> Bool
    private var known: [String: String] = [:]
    private var quiet = 0

    init(runs: WatchedRuns, isStopping: @escaping @Sendable () -> Bool) {
      self.runs = runs
      self.isStopping = isStopping
    }

    /// Asked for whole buffers alone.
    mutating func next() async throws -> UInt8? { try await nextBuffer(suggested: 1)?.first }

    mutating func nextBuffer(suggested count: Int) async throws -> [UInt8]? {
      while !isStopping() {
        let now = runs.list()
        var text = ""
        for run in now where known[run.name] != run.stamp {
          text += "event: run\ndata: \(JSONWriter.text(runs.details(run)))\n\n"
        }
        let names = Set(now.map(\.name))
        for gone in known.keys.sorted() where !names.contains(gone) {
          text += "event: gone\ndata: \(JSONWriter.text(.string(gone)))\n\n"
        }
        known = Dictionary(now.map { ($0.name, $0.stamp) }, uniquingKeysWith: { first, _ in first })
        quiet += 1
        // Something every ten seconds, so that a page which is gone is noticed.
        if text.isEmpty, quiet % 20 == 1 { text = ": still here\n\n" }
        if !text.isEmpty { return Array(text.utf8) }
        try await Task.sleep(for: .milliseconds(500))
      }
      return nil
    }
  }
}
