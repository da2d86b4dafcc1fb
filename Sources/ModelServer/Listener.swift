import FlyingFox
import FlyingSocks
import Foundation
import Synchronization

/// Accepts connections and gives each a task of its own.
///
/// FlyingFox's sockets and its queue of events, without its server: that one starts a timer for every request, and a
/// cancelled sleep stays in memory until its time has come, which for a server that bears long solves is many minutes.
final class Listener: Sendable {
  private let address: any SocketAddress
  private struct Contents {
    var port: UInt16?
    var task: Task<Void, any Error>?
    var isStopped = false
  }
  private let contents = Mutex(Contents())

  /// - Throws: where the address makes no sense.
  init(host: String, port: UInt16) throws {
    address =
      host.contains(":") ? try sockaddr_in6.inet6(ip6: host, port: port) : try sockaddr_in.inet(ip4: host, port: port)
  }

  /// The port, once there is one.
  var port: UInt16? { contents.withLock { $0.port } }

  /// Accepts until stopped; throws where the address is taken. A connection is closed when `serve` returns.
  func run(_ serve: @escaping @Sendable (Socket, any AsyncSocketPool) async -> Void) async throws {
    let socket = try Socket(domain: Int32(type(of: address).family))
    defer { try? socket.close() }
    try socket.setValue(true, for: .localAddressReuse)
    try socket.bind(to: address)
    try socket.listen()
    let pool = HTTPServer.defaultPool()
    try await pool.prepare()
    let listening = try AsyncSocket(socket: socket, pool: pool)
    let task = Task {
      try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { try await pool.run() }
        group.addTask { try await Self.accept(from: listening, pool: pool, serve) }
        defer { group.cancelAll() }
        try await group.next()
      }
    }
    let isStopped = try contents.withLock {
      $0.task = task
      switch try socket.sockname() {
      case .ip4(_, let port), .ip6(_, let port): $0.port = port
      default: break
      }
      return $0.isStopped
    }
    if isStopped { task.cancel() }
    do {
      try await task.value
    } catch  where contents.withLock({ $0.isStopped }) {
      // It was cancelled on purpose.
    }
  }

  private static func accept(
    from listening: AsyncSocket, pool: any AsyncSocketPool,
    _ serve: @escaping @Sendable (Socket, any AsyncSocketPool) async -> Void
  ) async throws {
    try await withThrowingDiscardingTaskGroup { connections in
      while true {
        try Task.checkCancellation()
        do {
          let client = try await listening.accept().socket
          connections.addTask {
            await serve(client, pool)
            try? client.close()
          }
        } catch let error as SocketError {
          // Out of files, or a client that went before it was let in: others still come.
          guard case .failed = error else { throw error }
          try await Task.sleep(for: .milliseconds(20))
        }
      }
    }
  }

  /// Accepts no more and cancels what goes on.
  func stop() {
    contents.withLock {
      $0.isStopped = true
      return $0.task
    }?.cancel()
  }
}
