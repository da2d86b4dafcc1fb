import InverseDesign
import Scenes

/// Which handler answers a request, apart from any network: pure functions of path and body.
struct Router: Sendable {
  enum Route {
    /// Answered at once.
    case reply(Reply)
    /// A solve, for the queue; what its endpoint is called in metrics.
    case solve(endpoint: String, @Sendable () -> Reply)
  }

  let models: [SceneModel]
  let bridge: UMBridge
  let tesseracts: [Tesseract]

  init(_ models: [SceneModel], deepest: Int) {
    self.models = models
    bridge = UMBridge(models, deepest: deepest)
    tesseracts = models.map { Tesseract($0, deepest: deepest) }
  }

  /// - Parameters:
  ///   - accept: the header that chooses how arrays are written.
  ///   - body: read only where the route needs it.
  func route(method: String, path: String, accept: String?, body: [UInt8]) -> Route {
    var parts = path.split(separator: "/").map(String.init)
    if parts == ["Info"] { return only("GET", method) { bridge.info } }
    if parts.count == 1, UMBridge.endpoints.contains(parts[0]) {
      let endpoint = parts[0]
      guard method == "POST" else { return .reply(Self.wrongMethod("POST")) }
      let bridge = bridge
      return .solve(endpoint: endpoint) { bridge.respond(to: endpoint, body: body) }
    }
    if parts == ["models"] {
      return only("GET", method) { Reply(json: .array(models.map(\.description))) }
    }
    // Tesseract's interface: the first scene at the root, each under its name.
    var tesseract = tesseracts.first
    if parts.count >= 2, let index = models.firstIndex(where: { $0.name == parts[0] }) {
      tesseract = tesseracts[index]
      parts.removeFirst()
    }
    guard let tesseract, parts.count == 1 else { return .reply(Self.notFound(path)) }
    switch parts[0] {
    case "health": return only("GET", method) { Reply(json: ["status": "ok"]) }
    case "openapi.json": return only("GET", method) { Reply(json: tesseract.schema) }
    case let endpoint where Tesseract.endpoints.contains(endpoint):
      guard method == "POST" else { return .reply(Self.wrongMethod("POST")) }
      return .solve(endpoint: endpoint) { tesseract.respond(to: endpoint, accept: accept, body: body) }
    default: return .reply(Self.notFound(path))
    }
  }

  private func only(_ wanted: String, _ method: String, _ reply: () -> Reply) -> Route {
    .reply(method == wanted || (wanted == "GET" && method == "HEAD") ? reply() : Self.wrongMethod(wanted))
  }

  static func wrongMethod(_ wanted: String) -> Reply {
    var reply = Reply.error(405, "MethodNotAllowed", "use \(wanted)")
    reply.headers["Allow"] = wanted
    return reply
  }

  static func notFound(_ path: String) -> Reply {
    .error(404, "NotFound", "there is nothing at \(path.prefix(200)); see /Info, /models and /openapi.json")
  }
}
