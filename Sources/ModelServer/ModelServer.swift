import FlyingFox
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
  private let server: HTTPServer
  private let watch: ConnectionWatch
  private let isStopping = Atomic<Bool>(false)

  /// - Throws: where the address makes no sense.
  public init(_ models: [SceneModel], _ options: ServerOptions) throws {
    self.options = options
    router = Router(models, deepest: options.deepestNesting)
    queue = SolveQueue(workers: options.workers, queue: options.queue)
    log = RequestLog(isOn: options.logs)
    watch = ConnectionWatch(
      .init(
        connections: options.connections, requestTime: options.requestTime, headers: options.largestHeaders))
    // The handler's own limit comes first; that of the server is for what it cannot see.
    let timeout = options.timeLimit + 30
    if options.host.contains(":") {
      server = HTTPServer(
        config: .init(
          address: try sockaddr_in6.inet6(ip6: options.host, port: options.port), timeout: timeout, logger: .disabled))
    } else {
      server = HTTPServer(
        config: .init(
          address: try sockaddr_in.inet(ip4: options.host, port: options.port), timeout: timeout, logger: .disabled))
    }
  }

  /// Serves until stopped; throws where the address is taken.
  public func run() async throws {
    await server.appendRoute("*") { [self] request in await respond(to: request) }
    let watching = Task { watch.start(port: try await waitUntilListening()) }
    defer {
      watching.cancel()
      watch.stop()
    }
    do {
      try await server.run()
    } catch  where isStopping.load(ordering: .acquiring) {
      // Its socket was closed on purpose.
    }
  }

  /// The port, once the server listens.
  public func waitUntilListening() async throws -> UInt16 {
    try await server.waitUntilListening(timeout: 30)
    switch await server.listeningAddress {
    case .ip4(_, let port)?, .ip6(_, let port)?: return port
    default: return options.port
    }
  }

  /// Refuses what comes from now on, lets what is under way end within the grace, then stops.
  public func stop() async {
    if isStopping.exchange(true, ordering: .acquiringAndReleasing) { return }
    let end = ProcessUsage.wallSeconds + options.grace
    while queue.count > 0, ProcessUsage.wallSeconds < end { try? await Task.sleep(for: .milliseconds(20)) }
    queue.cancelAll()
    await server.stop(timeout: 1)
  }

  // MARK: - Requests

  private func respond(to request: HTTPRequest) async -> HTTPResponse {
    let start = ProcessUsage.wallSeconds
    watch.reads(from: request.remoteAddress)
    let (reply, endpoint) = await answer(request)
    watch.waits(for: request.remoteAddress)
    let seconds = ProcessUsage.wallSeconds - start
    metrics.count(endpoint, status: reply.status, seconds: seconds)
    log.write([
      .init("method", .string(request.method.rawValue)), .init("path", .string(String(request.path.prefix(200)))),
      .init("status", .whole(reply.status)), .init("seconds", .number((seconds * 1e6).rounded() / 1e6)),
      .init("bytes", .whole(reply.body.count)),
    ])
    var headers: HTTPHeaders = [.contentType: reply.contentType]
    for (name, value) in reply.headers { headers[HTTPHeader(name)] = value }
    if reply.status == 413 || isStopping.load(ordering: .acquiring) { headers[.connection] = "close" }
    return HTTPResponse(
      statusCode: HTTPStatusCode(reply.status, phrase: Self.phrases[reply.status] ?? ""), headers: headers,
      body: Data(reply.body))
  }

  private static let phrases = [
    200: "OK", 400: "Bad Request", 401: "Unauthorized", 404: "Not Found", 405: "Method Not Allowed",
    406: "Not Acceptable", 413: "Content Too Large", 422: "Unprocessable Content", 499: "Client Closed Request",
    500: "Internal Server Error",
    503: "Service Unavailable", 504: "Gateway Timeout",
  ]

  private func answer(_ request: HTTPRequest) async -> (Reply, endpoint: String) {
    guard isAllowed(request) else {
      return (.error(401, "Unauthorized", "this server asks for `Authorization: Bearer TOKEN`"), "unauthorized")
    }
    if request.path == "/metrics" {
      let text = metrics.text(waiting: queue.count, endedConnections: watch.endedCount)
      return (Reply(text: text, contentType: "text/plain; version=0.0.4"), "metrics")
    }
    let body: [UInt8]
    do {
      body = try await read(request)
    } catch {
      return (error, "body")
    }
    let accept = request.headers[HTTPHeader("Accept")]
    switch router.route(method: request.method.rawValue, path: request.path, accept: accept, body: body) {
    case .reply(let reply): return (reply, "plain")
    case .solve(let endpoint, let work):
      if isStopping.load(ordering: .acquiring) { return (.error(503, "Stopping", "the server is stopping"), endpoint) }
      do throws(SolveQueue.Refusal) {
        return (try await solve(for: request.remoteAddress, work), endpoint)
      } catch {
        switch error {
        case .full:
          var reply = Reply.error(503, "Busy", "\(options.queue) requests wait already; try again later")
          reply.headers["Retry-After"] = "1"
          return (reply, endpoint)
        case .late:
          return (.error(504, "Timeout", "no answer within \(options.timeLimit) s; the solve was ended"), endpoint)
        case .cancelled:
          return (.error(499, "ClientClosedRequest", "the client went away; the solve was ended"), endpoint)
        }
      }
    }
  }

  /// What a solve answers, unless its time runs out or its client goes first.
  private func solve(for client: HTTPRequest.Address?, _ work: @escaping @Sendable () -> Reply)
    async throws(SolveQueue.Refusal) -> Reply
  {
    let solving = Task { [self] () -> Result<Reply, SolveQueue.Refusal> in
      do throws(SolveQueue.Refusal) {
        return .success(try await queue.run(timeLimit: options.timeLimit, work))
      } catch {
        return .failure(error)
      }
    }
    watch.answers(client) { solving.cancel() }
    return try await withTaskCancellationHandler {
      await solving.value
    } onCancel: {
      solving.cancel()
    }.get()
  }

  private func isAllowed(_ request: HTTPRequest) -> Bool {
    guard let token = options.token, request.path != "/health" else { return true }
    let given = Array((request.headers[.authorization] ?? "").utf8), wanted = Array("Bearer \(token)".utf8)
    // In a time that does not depend on where they differ.
    guard given.count == wanted.count else { return false }
    return zip(given, wanted).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
  }

  /// The whole body, unless it is too large.
  private func read(_ request: HTTPRequest) async throws(Reply) -> [UInt8] {
    let tooLarge = Reply.error(413, "TooLarge", "the body is larger than \(options.largestBody) bytes")
    if let count = request.bodySequence.count, count > options.largestBody { throw tooLarge }
    var body: [UInt8] = []
    do {
      if let count = request.bodySequence.count { body.reserveCapacity(count) }
      for try await part in request.bodySequence {
        body.append(contentsOf: part)
        if body.count > options.largestBody { throw tooLarge }
      }
    } catch let reply as Reply {
      throw reply
    } catch {
      throw .error(400, "InvalidInput", "the body ended early")
    }
    return body
  }
}

extension Reply: Error {}
