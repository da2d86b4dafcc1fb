import Foundation
import Scenes

/// Writes one JSON line a request to standard error.
struct RequestLog: Sendable {
  let isOn: Bool

  func write(_ members: [JSONValue.Member]) {
    guard isOn else { return }
    let time = JSONValue.Member("time", .string(Date().formatted(.iso8601)))
    FileHandle.standardError.write(Data(JSONWriter.bytes(.object([time] + members)) + [10]))
  }
}
