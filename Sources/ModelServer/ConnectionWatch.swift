import Foundation
import InverseDesign
import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Watches the connections of a server from beside it: ends those that are silent or slow for too long and those beyond
/// the limit, and tells whoever solves for a client that has gone.
final class ConnectionWatch: Sendable {
  struct Limits: Sendable {
    var connections: Int
    /// Seconds for a request to arrive, from the end of the answer before; then again as many for its body, and for the
    /// client to take the answer.
    var requestTime: Double
  }

  enum Phase: Sendable {
    /// Nothing, or part of a request, has come.
    case waiting
    case readingBody
    /// What to do should the client go.
    case solving(onGone: @Sendable () -> Void)
    case sending
  }

  private struct Connection {
    var phase = Phase.waiting
    var since = ProcessUsage.wallSeconds
    /// The client has closed its side, and was asked by an interim response whether it still reads.
    var isProbed = false
  }

  private struct Contents {
    /// By their descriptors.
    var connections: [Int32: Connection] = [:]
    var isStopped = false
    var ended = 0
  }

  private let limits: Limits
  private let contents = Mutex(Contents())

  init(_ limits: Limits) { self.limits = limits }

  /// Connections ended because of a limit.
  var endedCount: Int { contents.withLock { $0.ended } }
  /// Connections that are open.
  var count: Int { contents.withLock { $0.connections.count } }

  func start() {
    let thread = Thread { [self] in
      while !contents.withLock({ $0.isStopped }) {
        look()
        Thread.sleep(forTimeInterval: 0.1)
      }
    }
    thread.name = "connections"
    thread.start()
  }

  func stop() { contents.withLock { $0.isStopped = true } }

  // MARK: - What connections tell

  /// A new connection. The longest idle give way to it where there are too many.
  func opened(_ descriptor: Int32) {
    contents.withLock { contents in
      contents.connections[descriptor] = Connection()
      let excess = contents.connections.count - limits.connections
      guard excess > 0 else { return }
      let idle = contents.connections.filter {
        if case .waiting = $0.value.phase { $0.key != descriptor } else { false }
      }
      for (descriptor, _) in idle.sorted(by: { $0.value.since < $1.value.since }).prefix(excess) {
        end(descriptor, &contents)
      }
    }
  }

  /// Told before a descriptor is closed, since its number may be another connection's next.
  func closed(_ descriptor: Int32) { contents.withLock { $0.connections[descriptor] = nil } }

  func enters(_ phase: Phase, _ descriptor: Int32) {
    contents.withLock {
      $0.connections[descriptor]?.phase = phase
      $0.connections[descriptor]?.since = ProcessUsage.wallSeconds
    }
  }

  /// Ends the connections that wait for a request.
  func endWaiting() {
    contents.withLock { contents in
      for (descriptor, connection) in contents.connections {
        if case .waiting = connection.phase { shutdown(descriptor, Int32(SHUT_RDWR)) }
      }
    }
  }

  // MARK: - Looking

  private func look() {
    let now = ProcessUsage.wallSeconds
    // The lock is held while a socket is ended or written to, so that no connection closes or answers meanwhile.
    let gone = contents.withLock { contents in
      contents.connections.keys.compactMap { judge($0, now, &contents) }
    }
    for onGone in gone { onGone() }
  }

  /// What to do now that the client of a connection has gone.
  private func judge(_ descriptor: Int32, _ now: Double, _ contents: inout Contents) -> (@Sendable () -> Void)? {
    guard var connection = contents.connections[descriptor] else { return nil }
    guard case .solving(let onGone) = connection.phase else {
      if now - connection.since > limits.requestTime { end(descriptor, &contents) }
      return nil
    }
    let isGone = Self.isGone(descriptor, &connection.isProbed)
    if isGone { connection.phase = .sending }
    contents.connections[descriptor] = connection
    return isGone ? onGone : nil
  }

  private func end(_ descriptor: Int32, _ contents: inout Contents) {
    shutdown(descriptor, Int32(SHUT_RDWR))
    contents.connections[descriptor] = nil
    contents.ended += 1
  }

  /// Whether a client will read no answer. One that has closed only its sending side still reads: an interim response
  /// (RFC 9110, 15.2), which clients must bear at any time, finds out which it is, for a system that has no such
  /// connection any more answers with a reset.
  private static func isGone(_ descriptor: Int32, _ isProbed: inout Bool) -> Bool {
    #if os(Linux)
      let halfClosed = Int16(0x2000)  // POLLRDHUP, which the C library shows to its own extensions only
    #else
      let halfClosed: Int16 = 0
    #endif
    var state = pollfd(fd: descriptor, events: halfClosed, revents: 0)
    guard poll(&state, 1, 0) > 0 else { return false }
    if state.revents & Int16(POLLERR | POLLHUP) != 0 { return true }
    if state.revents & halfClosed != 0, !isProbed {
      isProbed = true
      let interim = Array("HTTP/1.1 100 Continue\r\n\r\n".utf8)
      return send(descriptor, interim, interim.count, Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT)) < 0
    }
    return false
  }
}
