import FlyingSocks

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// The requests of one connection as they come, and its answers. Waits never hold a thread.
struct RequestStream {
  /// The client is gone, or its connection was ended.
  struct Closed: Error {}

  private let socket: Socket
  private let pool: any AsyncSocketPool
  /// What has come and was not yet read.
  private var waiting: [UInt8] = []
  private static let piece = 64 << 10

  init(_ socket: Socket, pool: any AsyncSocketPool) {
    (self.socket, self.pool) = (socket, pool)
  }

  /// The next request up to its body; nil where the client is done.
  mutating func head(most: Int) async throws -> RequestHead? {
    var searched = 0
    while true {
      // Empty lines before a request are passed over (RFC 9112, 2.2).
      if searched == 0 { waiting.removeSubrange(..<(waiting.firstIndex { $0 != 13 && $0 != 10 } ?? waiting.count)) }
      if let end = Self.endOfHead(waiting, from: searched) {
        let head = waiting[..<end.start]
        guard head.count <= most else { break }
        defer { waiting.removeSubrange(..<end.end) }
        return try RequestHead(head)
      }
      guard waiting.count <= most else { break }
      searched = max(0, waiting.count - 3)
      guard try await receive() else {
        if waiting.isEmpty { return nil }
        throw Closed()
      }
    }
    throw RequestHead.Fault(status: 431, message: "the request line and headers are longer than \(most) bytes")
  }

  /// A body, whole.
  mutating func body(_ body: RequestHead.Body, most: Int) async throws -> [UInt8] {
    let tooLarge = RequestHead.Fault(status: 413, message: "the body is larger than \(most) bytes")
    switch body {
    case .bytes(let count):
      guard count <= most else { throw tooLarge }
      return try await take(count)
    case .chunked:
      var whole: [UInt8] = []
      while true {
        let line = try await self.line()
        // Digits alone, with spaces after them at most: what else a lenient reader takes for a size is a way to smuggle.
        var digits = line.prefix { $0 != UInt8(ascii: ";") }
        while digits.last == UInt8(ascii: " ") { digits.removeLast() }
        guard digits.count <= 15, digits.allSatisfy({ Character(UnicodeScalar($0)).isHexDigit }),
          let count = Int(String(decoding: digits, as: UTF8.self), radix: 16)
        else { throw RequestHead.Fault(status: 400, message: "a chunk does not begin with its size") }
        guard count <= most - whole.count else { throw tooLarge }
        if count == 0 { break }
        whole += try await take(count)
        guard try await self.line().isEmpty else {
          throw RequestHead.Fault(status: 400, message: "a chunk is longer than its size")
        }
      }
      // Trailers.
      while try await !self.line().isEmpty {}
      return whole
    }
  }

  /// Sends everything.
  func send(_ bytes: [UInt8]) async throws {
    var sent = 0
    while sent < bytes.count {
      let count = bytes[sent...].withUnsafeBytes {
        #if canImport(Glibc)
          Glibc.send(socket.file.rawValue, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT))
        #else
          Darwin.send(socket.file.rawValue, $0.baseAddress, $0.count, Int32(MSG_DONTWAIT))
        #endif
      }
      if count >= 0 {
        sent += count
      } else if errno == EAGAIN || errno == EWOULDBLOCK {
        try await pool.suspendSocket(socket, untilReadyFor: .write)
      } else if errno != EINTR {
        throw Closed()
      }
    }
  }

  /// Says that no more comes, and reads what the client still sends, for so many bytes: a socket closed with bytes
  /// unread is reset, which would take the answer with it.
  mutating func linger(most: Int) async {
    shutdown(socket.file.rawValue, Int32(SHUT_WR))
    var left = most
    while left > 0 {
      left -= max(1, waiting.count)
      waiting.removeAll(keepingCapacity: true)
      guard (try? await receive()) == true else { return }
    }
  }

  // MARK: - Bytes

  private mutating func take(_ count: Int) async throws -> [UInt8] {
    var taken = Array(waiting.prefix(count))
    waiting.removeFirst(taken.count)
    while taken.count < count {
      guard try await receive() else { throw Closed() }
      let more = min(count - taken.count, waiting.count)
      taken += waiting[..<more]
      waiting.removeFirst(more)
    }
    return taken
  }

  private mutating func line() async throws -> [UInt8] {
    var searched = 0
    while true {
      if let end = waiting[searched...].firstIndex(of: 10) {
        defer { waiting.removeFirst(end + 1) }
        return Array(waiting[..<(end > 0 && waiting[end - 1] == 13 ? end - 1 : end)])
      }
      guard waiting.count < 4096 else {
        throw RequestHead.Fault(status: 400, message: "a line of a chunked body does not end")
      }
      searched = waiting.count
      guard try await receive() else { throw Closed() }
    }
  }

  /// Waits for bytes; false where the client sends no more.
  private mutating func receive() async throws -> Bool {
    while true {
      let count = withUnsafeTemporaryAllocation(byteCount: Self.piece, alignment: 16) { piece in
        let count = recv(socket.file.rawValue, piece.baseAddress, piece.count, Int32(MSG_DONTWAIT))
        if count > 0 { waiting += piece[..<count] }
        return count
      }
      if count > 0 { return true }
      if count == 0 { return false }
      if errno == EAGAIN || errno == EWOULDBLOCK {
        try await pool.suspendSocket(socket, untilReadyFor: .read)
      } else if errno != EINTR {
        throw Closed()
      }
    }
  }

  /// Where a head ends, without and with the empty line.
  private static func endOfHead(_ bytes: [UInt8], from: Int) -> (start: Int, end: Int)? {
    var i = from
    while let feed = bytes[i...].firstIndex(of: 10) {
      if feed + 1 < bytes.count, bytes[feed + 1] == 10 { return (trimmed(bytes, feed), feed + 2) }
      if feed + 2 < bytes.count, bytes[feed + 1] == 13, bytes[feed + 2] == 10 {
        return (trimmed(bytes, feed), feed + 3)
      }
      i = feed + 1
    }
    return nil
  }

  private static func trimmed(_ bytes: [UInt8], _ feed: Int) -> Int {
    feed > 0 && bytes[feed - 1] == 13 ? feed - 1 : feed
  }
}
