import FlyingSocks
import Foundation
import InverseDesign
import Scenes
import Synchronization

/// Serves scenes over HTTP: UM-Bridge 1.0 and Tesseract's interface, `/metrics`, `/health`, `/models`.
public final class ModelServer: Sendable {
  private let options: ServerOptions
  private let router: Router
  private let queue: SolveQueue
  private let metrics = Metrics()
  private let log: RequestLog
  private let listener: Listener
  private let watch: ConnectionWatch
  private let isStopping = Atomic<Bool>(false)

  /// - Throws: where the address makes no sense.
  public init(_ models: [SceneModel], _ options: ServerOptions) throws {
    self.options = options
    router = Router(models, deepest: options.deepestNesting)
    queue = SolveQueue(workers: options.workers, queue: options.queue)
    log = RequestLog(isOn: options.logs)
    watch = ConnectionWatch(.init(connections: options.connections, requestTime: options.requestTime))
    listener = try Listener(host: options.host, port: options.port)
  }

  /// Serves until stopped; throws where the address is taken.
  public func run() async throws {
    watch.start()
    defer { watch.stop() }
    try await listener.run { [self] socket, pool in await serve(socket, pool) }
  }

  /// The port, once the server listens.
  public func waitUntilListening() async throws -> UInt16 {
    while true {
      if let port = listener.port { return port }
      try await Task.sleep(for: .milliseconds(5))
    }
  }

  /// Refuses what comes from now on, lets what is under way end within the grace, then stops.
  public func stop() async {
    if isStopping.exchange(true, ordering: .acquiringAndReleasing) { return }
    await wait(seconds: options.grace) { queue.count == 0 }
    queue.cancelAll()
    watch.endWaiting()
    // For answers to be sent.
    await wait(seconds: 1) { watch.count == 0 }
    listener.stop()
  }

  private func wait(seconds: Double, until isDone: () -> Bool) async {
    let end = ProcessUsage.wallSeconds + seconds
    while !isDone(), ProcessUsage.wallSeconds < end { try? await Task.sleep(for: .milliseconds(20)) }
  }

  // MARK: - Connections

  /// Answers the requests of a connection, one after the other.
  private func serve(_ socket: Socket, _ pool: any AsyncSocketPool) async {
    let descriptor = socket.file.rawValue
    watch.opened(descriptor)
    defer { watch.closed(descriptor) }
    var stream = RequestStream(socket, pool: pool)
    do {
      while true {
        watch.enters(.waiting, descriptor)
        let head: RequestHead
        do {
          guard let next = try await stream.head(most: options.largestHeaders) else { return }
          head = next
        } catch let fault as RequestHead.Fault {
          count("head", .refusal(fault), since: ProcessUsage.wallSeconds)
          return try await sendLast(.refusal(fault), descriptor, &stream)
        }
        let start = ProcessUsage.wallSeconds
        watch.enters(.readingBody, descriptor)
        let (reply, endpoint, isRead) = await answer(head, &stream, descriptor)
        count(endpoint, reply, since: start, head)
        guard isRead, head.keepsAlive, !isStopping.load(ordering: .acquiring) else {
          return try await sendLast(reply, descriptor, &stream, isHead: head.method == "HEAD")
        }
        watch.enters(.sending, descriptor)
        try await stream.send(reply.response(closes: false, isHead: head.method == "HEAD"))
      }
    } catch {
      // The client is gone, or was ended: there is nobody to tell.
    }
  }

  private func sendLast(
    _ reply: Reply, _ descriptor: Int32, _ stream: inout RequestStream, isHead: Bool = false
  ) async throws {
    watch.enters(.sending, descriptor)
    try await stream.send(reply.response(closes: true, isHead: isHead))
    await stream.linger(most: options.largestBody)
  }

  private func count(_ endpoint: String, _ reply: Reply, since start: Double, _ head: RequestHead? = nil) {
    let seconds = ProcessUsage.wallSeconds - start
    metrics.count(endpoint, status: reply.status, seconds: seconds)
    log.write([
      .init("method", .string(String((head?.method ?? "").prefix(20)))),
      .init("path", .string(String((head?.path ?? "").prefix(200)))), .init("status", .whole(reply.status)),
      .init("seconds", .number((seconds * 1e6).rounded() / 1e6)), .init("bytes", .whole(reply.body.count)),
    ])
  }

  // MARK: - Requests

  /// The answer, what it counts as, and whether the body was read, so that another request may follow.
  private func answer(_ head: RequestHead, _ stream: inout RequestStream, _ descriptor: Int32)
    async -> (Reply, endpoint: String, isRead: Bool)
  {
    guard isAllowed(head) else {
      return (.error(401, "Unauthorized", "this server asks for `Authorization: Bearer TOKEN`"), "unauthorized", false)
    }
    let body: [UInt8]
    do {
      if head.awaitsContinue { try await stream.send(Array("HTTP/1.1 100 Continue\r\n\r\n".utf8)) }
      body = try await stream.body(head.body, most: options.largestBody)
    } catch let fault as RequestHead.Fault {
      return (.refusal(fault), "body", false)
    } catch {
      return (.error(400, "InvalidInput", "the body ended early"), "body", false)
    }
    if head.path == "/metrics" {
      let text = metrics.text(waiting: queue.count, endedConnections: watch.endedCount)
      return (Reply(text: text, contentType: "text/plain; version=0.0.4"), "metrics", true)
    }
    switch router.route(method: head.method, path: head.path, accept: head.headers["accept"], body: body) {
    case .reply(let reply): return (reply, "plain", true)
    case .solve(let endpoint, let work): return (await solve(endpoint, for: descriptor, work), endpoint, true)
    }
  }

  private func solve(_ endpoint: String, for descriptor: Int32, _ work: @escaping @Sendable () -> Reply) async -> Reply
  {
    if isStopping.load(ordering: .acquiring) { return .error(503, "Stopping", "the server is stopping") }
    do throws(SolveQueue.Refusal) {
      return try await value(of: work, for: descriptor)
    } catch {
      switch error {
      case .full:
        var reply = Reply.error(503, "Busy", "\(options.queue) requests wait already; try again later")
        reply.headers["Retry-After"] = "1"
        return reply
      case .late: return .error(504, "Timeout", "no answer within \(options.timeLimit) s; the solve was ended")
      case .cancelled: return .error(499, "ClientClosedRequest", "the client went away; the solve was ended")
      }
    }
  }

  /// What a solve answers, unless its time runs out or its client goes first.
  private func value(of work: @escaping @Sendable () -> Reply, for descriptor: Int32)
    async throws(SolveQueue.Refusal) -> Reply
  {
    let solving = Task { [self] () -> Result<Reply, SolveQueue.Refusal> in
      do throws(SolveQueue.Refusal) {
        return .success(try await queue.run(timeLimit: options.timeLimit, work))
      } catch {
        return .failure(error)
      }
    }
    watch.enters(.solving { solving.cancel() }, descriptor)
    return try await withTaskCancellationHandler {
      await solving.value
    } onCancel: {
      solving.cancel()
    }.get()
  }

  private func isAllowed(_ head: RequestHead) -> Bool {
    guard let token = options.token, head.path != "/health" else { return true }
    let given = Array((head.headers["authorization"] ?? "").utf8), wanted = Array("Bearer \(token)".utf8)
    // In a time that does not depend on where they differ.
    guard given.count == wanted.count else { return false }
    var difference: UInt8 = 0
    for (a, b) in zip(given, wanted) { difference |= a ^ b }
    return difference == 0
  }
}
