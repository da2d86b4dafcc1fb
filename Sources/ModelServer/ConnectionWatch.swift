import FlyingFox
import FlyingSocks
import Foundation
import InverseDesign
import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Watches the connections of a server from beside it: ends those that send nothing for too long, or a request line and
/// headers too slowly or without end, and tells whoever solves for a client that has gone.
///
/// FlyingFox sets no such limits and hands its handlers no socket. So a thread looks ten times a second at the sockets
/// whose own port is the server's, and tells connections apart by the other end's address, which requests carry.
final class ConnectionWatch: Sendable {
  struct Limits: Sendable {
    var connections: Int
    /// Seconds for a request to arrive, from the end of the answer before; then again as many for its body.
    var requestTime: Double
    /// Bytes of request line and headers.
    var headers: Int
  }

  private enum Phase {
    /// Nothing, or part of a request, has come.
    case waiting
    case readingBody
    /// What to do should the client go.
    case answering(onGone: @Sendable () -> Void)
  }

  private struct Connection {
    var phase = Phase.waiting
    var since: Double
    /// Bytes that had come when the phase began; nil until the socket was seen in it.
    var bytesBefore: UInt64?
    /// The client has closed its side, and was asked by an interim response whether it still reads.
    var isProbed = false
    /// Its socket was found once.
    var isKnown = false
    /// Its socket was found in the look that goes on.
    var wasSeen = true
  }

  private struct Contents {
    var connections: [HTTPRequest.Address: Connection] = [:]
    var isStopped = false
    var ended = 0
  }

  private let limits: Limits
  private let contents = Mutex(Contents())

  init(_ limits: Limits) { self.limits = limits }

  /// Connections ended because of a limit.
  var endedCount: Int { contents.withLock { $0.ended } }

  func start(port: UInt16) {
    let thread = Thread { [self] in
      while !contents.withLock({ $0.isStopped }) {
        look(at: port)
        Thread.sleep(forTimeInterval: 0.1)
      }
    }
    thread.name = "connections"
    thread.start()
  }

  func stop() { contents.withLock { $0.isStopped = true } }

  // MARK: - What handlers tell

  /// A request's headers have come; its body is being read.
  func reads(from peer: HTTPRequest.Address?) { begin(.readingBody, peer) }

  /// A solve goes on for a client.
  func answers(_ peer: HTTPRequest.Address?, onGone: @escaping @Sendable () -> Void) {
    begin(.answering(onGone: onGone), peer)
  }

  /// The answer is ready to be sent.
  func waits(for peer: HTTPRequest.Address?) { begin(.waiting, peer) }

  private func begin(_ phase: Phase, _ peer: HTTPRequest.Address?) {
    guard let peer else { return }
    contents.withLock {
      var connection = Connection(phase: phase, since: ProcessUsage.wallSeconds)
      if let before = $0.connections[peer] {
        (connection.isProbed, connection.isKnown) = (before.isProbed, before.isKnown)
      }
      $0.connections[peer] = connection
    }
  }

  // MARK: - Looking

  private func look(at port: UInt16) {
    let now = ProcessUsage.wallSeconds
    var sockets: [(address: HTTPRequest.Address, descriptor: Int32, since: Double)] = []
    contents.withLock { contents in
      for key in contents.connections.keys { contents.connections[key]?.wasSeen = false }
    }
    // Descriptors are given lowest first, so that no connection lies far above their number.
    for descriptor in 0..<Int32(limits.connections + 4096) {
      let socket = Socket(file: .init(rawValue: descriptor))
      guard Self.port(try? socket.sockname()) == port, let peer = try? socket.remotePeer() else { continue }
      let address = HTTPRequest.Address.make(from: peer)
      // The lock is held while a socket is ended or written to, so that no handler ends its answer meanwhile.
      let gone = contents.withLock { contents -> (@Sendable () -> Void)? in
        var connection = contents.connections[address] ?? Connection(since: now, bytesBefore: 0)
        (connection.wasSeen, connection.isKnown) = (true, true)
        let (isEnded, onGone) = judge(&connection, descriptor, now)
        if isEnded { contents.ended += 1 }
        contents.connections[address] = connection
        if !isEnded, case .waiting = connection.phase { sockets.append((address, descriptor, connection.since)) }
        return onGone
      }
      gone?()
    }
    let gone = contents.withLock { contents in
      let lost = contents.connections.filter { !$0.value.wasSeen }
      for key in lost.keys { contents.connections[key] = nil }
      // The longest idle give way to the others.
      let excess = contents.connections.count - limits.connections
      for socket in sockets.sorted(by: { $0.since < $1.since }).prefix(max(0, excess)) {
        shutdown(socket.descriptor, Int32(SHUT_RDWR))
        contents.ended += 1
      }
      // A socket that was reset has no other end any more.
      return lost.values.compactMap { connection -> (@Sendable () -> Void)? in
        if connection.isKnown, case .answering(let onGone) = connection.phase { return onGone }
        return nil
      }
    }
    for onGone in gone { onGone() }
  }

  private func judge(_ connection: inout Connection, _ descriptor: Int32, _ now: Double)
    -> (isEnded: Bool, onGone: (@Sendable () -> Void)?)
  {
    let bytes = Self.bytesReceived(descriptor)
    let before = connection.bytesBefore ?? bytes
    connection.bytesBefore = before
    var isOver = false
    switch connection.phase {
    case .waiting:
      isOver = now - connection.since > limits.requestTime || Int(clamping: bytes &- before) > limits.headers
    case .readingBody:
      isOver = now - connection.since > limits.requestTime
    case .answering(let onGone):
      guard Self.isGone(descriptor, &connection.isProbed) else { return (false, nil) }
      connection.phase = .waiting
      return (false, onGone)
    }
    if isOver { shutdown(descriptor, Int32(SHUT_RDWR)) }
    return (isOver, nil)
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

  private static func port(_ address: Socket.Address?) -> UInt16? {
    switch address {
    case .ip4(_, let port)?, .ip6(_, let port)?: port
    default: nil
    }
  }

  /// What a connection has received in its life, from Linux' own account of it.
  private static func bytesReceived(_ descriptor: Int32) -> UInt64 {
    #if os(Linux)
      // `tcpi_bytes_received` of `struct tcp_info` (linux/tcp.h), which the C library's older copy does not have.
      let offset = 128
      return withUnsafeTemporaryAllocation(byteCount: 256, alignment: 8) { buffer in
        var length = socklen_t(buffer.count)
        guard getsockopt(descriptor, Int32(IPPROTO_TCP), TCP_INFO, buffer.baseAddress, &length) == 0,
          Int(length) >= offset + 8
        else { return 0 }
        return buffer.load(fromByteOffset: offset, as: UInt64.self)
      }
    #else
      return 0
    #endif
  }
}
