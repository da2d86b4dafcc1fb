/// How a server listens and what it bears.
public struct ServerOptions: Sendable {
  /// Loopback only, unless told otherwise.
  public var host = "127.0.0.1"
  /// 0 takes any that is free.
  public var port: UInt16 = 4242
  /// Asked of every request but `/health`, as `Authorization: Bearer TOKEN`.
  public var token: String?
  /// The largest body, in bytes.
  public var largestBody = 64 << 20
  /// Bytes of a request line with its headers.
  public var largestHeaders = 64 << 10
  /// Seconds that a connection may take to bring a request's headers, idle time included, and then its body.
  public var requestTime = 60.0
  /// Connections that are open at once; beyond them the longest idle are closed.
  public var connections = 1000
  /// How deep arrays and objects of a body may lie in each other.
  public var deepestNesting = 16
  /// Solves at once; the rest wait.
  public var workers = 2
  /// Requests that may wait for a worker; more are turned away.
  public var queue = 64
  /// Seconds from the arrival of a body to its answer.
  public var timeLimit = 600.0
  /// Seconds that requests under way are given when the server is asked to stop.
  public var grace = 10.0
  /// One JSON line a request, on standard error.
  public var logs = true

  public init() {}
}
