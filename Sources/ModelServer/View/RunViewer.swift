import FlyingFox
import FlyingSocks
import Foundation
import Synchronization

/// Serves one page on which runs are watched, side by side; reads run folders and changes nothing.
public final class RunViewer: Sendable {
  private let runs: WatchedRuns
  private let server: HTTPServer
  private let isLoopback: Bool
  private let isStopping = Atomic<Bool>(false)

  /// - Throws: where the address makes no sense.
  public init(_ folder: String, host: String = "127.0.0.1", port: UInt16) throws {
    runs = WatchedRuns(root: folder)
    isLoopback = host.hasPrefix("127.") || host == "::1"
    if host.contains(":") {
      server = HTTPServer(
        config: .init(address: try sockaddr_in6.inet6(ip6: host, port: port), timeout: 60, logger: .disabled))
    } else {
      server = HTTPServer(
        config: .init(address: try sockaddr_in.inet(ip4: host, port: port), timeout: 60, logger: .disabled))
    }
  }

  public func run() async throws {
    await server.appendRoute("*") { [self] request in respond(to: request) }
    do {
      try await server.run()
    } catch  where isStopping.load(ordering: .acquiring) {
      // Its socket was closed on purpose.
    }
  }

  public func waitUntilListening() async throws -> UInt16 {
    try await server.waitUntilListening(timeout: 30)
    switch await server.listeningAddress {
    case .ip4(_, let port)?, .ip6(_, let port)?: return port
    default: return 0
    }
  }

  public func stop() async {
    if isStopping.exchange(true, ordering: .acquiringAndReleasing) { return }
    await server.stop(timeout: 1)
  }

  private func respond(to request: HTTPRequest) -> HTTPResponse {
    // A page from elsewhere must not read runs through a name that it has pointed here.
    if isLoopback, let host = request.headers[.host] {
      let name = host.hasPrefix("[") ? host.prefix { $0 != "]" } + "]" : host.prefix { $0 != ":" }
      guard ["localhost", "[::1]"].contains(String(name)) || name.hasPrefix("127.") else {
        return plain(.forbidden, "this page is for this machine")
      }
    }
    guard request.method == .GET else { return plain(.methodNotAllowed, "use GET") }
    let parts = request.path.split(separator: "/").map { String($0).removingPercentEncoding ?? "" }
    if parts.isEmpty {
      return HTTPResponse(
        statusCode: .ok,
        headers: [
          .contentType: "text/html; charset=utf-8",
          HTTPHeader("Content-Security-Policy"):
            "default-src 'self'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src 'self' data:",
        ], body: Data(ViewPage.html.utf8))
    }
    if parts == ["events"] {
      let stream = EventStream(runs: runs) { [self] in isStopping.load(ordering: .acquiring) }
      return HTTPResponse(
        statusCode: .ok,
        headers: [
          .contentType: "text/event-stream", HTTPHeader("Cache-Control"): "no-store", .transferEncoding: "chunked",
        ],
        body: HTTPBodySequence(from: stream))
    }
    guard parts.first == "runs", parts.count >= 3, let file = parts.last,
      let run = runs.run(named: parts[1..<parts.count - 1].joined(separator: "/")),
      let found = runs.file(file, of: run)
    else { return plain(.notFound, "there is nothing here") }
    var headers: HTTPHeaders = [.contentType: found.contentType, HTTPHeader("Cache-Control"): "no-store"]
    // Reports bring scripts of their own: they get no more than a page from elsewhere would.
    headers[HTTPHeader("Content-Security-Policy")] = "sandbox allow-scripts allow-downloads"
    return HTTPResponse(statusCode: .ok, headers: headers, body: Data(found.bytes))
  }

  private func plain(_ status: HTTPStatusCode, _ text: String) -> HTTPResponse {
    HTTPResponse(statusCode: status, headers: [.contentType: "text/plain"], body: Data((text + "\n").utf8))
  }
}
