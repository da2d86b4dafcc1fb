import Foundation
import InverseDesign
import ModelServer
import Scenes
import TestSupport
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// A server in this process, spoken to over sockets: what requests of every kind do to it and to others.
@Suite(.serialized) struct ServerTests {
  /// Runs a server for the time of a body.
  private func withServer(
    models: [SceneModel] = UMBridgeTests.models, _ change: (inout ServerOptions) -> Void = { _ in },
    _ body: (UInt16, ModelServer) async throws -> Void
  ) async throws {
    var options = ServerOptions()
    options.port = 0
    options.logs = false
    options.grace = 5
    change(&options)
    let server = try ModelServer(models, options)
    let running = Task { try await server.run() }
    let port = try await server.waitUntilListening()
    do {
      try await body(port, server)
    } catch {
      await server.stop()
      throw error
    }
    await server.stop()
    _ = await running.result
  }

  private func isAlive(_ port: UInt16) async -> Bool {
    await Wire.exchange(port, "GET /health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").hasPrefix("HTTP/1.1 200")
  }

  private func post(_ path: String, _ body: String, headers: String = "") -> String {
    "POST \(path) HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\(headers)Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
  }

  @Test func bothProtocolsAndTheRestAnswer() async throws {
    try await withServer { port, _ in
      #expect(await isAlive(port))
      #expect(
        await Wire.exchange(port, "GET /Info HTTP/1.1\r\nConnection: close\r\n\r\n").hasSuffix(
          #"{"protocolVersion":1.0,"models":["beam","drop"]}"#))
      // Without a Content-Type.
      #expect(await Wire.exchange(port, post("/InputSizes", #"{"name":"beam"}"#)).hasSuffix(#"{"inputSizes":[48]}"#))
      #expect(
        await Wire.exchange(port, "GET /drop/openapi.json HTTP/1.1\r\nConnection: close\r\n\r\n").contains(
          "vector_jacobian_product"))
      #expect(await Wire.exchange(port, "GET /nothing HTTP/1.1\r\nConnection: close\r\n\r\n").hasPrefix("HTTP/1.1 404"))
      #expect(
        await Wire.exchange(port, "GET /Evaluate HTTP/1.1\r\nConnection: close\r\n\r\n").hasPrefix("HTTP/1.1 405"))
      #expect(await Wire.exchange(port, post("/apply", "{}")).hasPrefix("HTTP/1.1 422"))
      let metrics = await Wire.exchange(port, "GET /metrics HTTP/1.1\r\nConnection: close\r\n\r\n")
      #expect(metrics.contains("backsolve_requests_total{endpoint=\"InputSizes\",status=\"200\"} 1"))
    }
  }

  @Test func hostileRequestsHarmNobodyElse() async throws {
    try await withServer({ $0.largestBody = 10_000 }) { port, _ in
      // Half a request line, headers that never end, a body that never comes: left open while others are served.
      let open = [
        Wire.open(port, "POST /Eva"), Wire.open(port, "POST /Evaluate HTTP/1.1\r\nX: y\r\n"),
        Wire.open(port, "POST /Evaluate HTTP/1.1\r\nContent-Length: 5000\r\n\r\n{\"name\""),
      ]
      for garbage in ["\u{0}\u{1}\u{2}\r\n\r\n", "GET\r\n\r\n", "POST / HTTP/1.1\r\nContent-Length: -4\r\n\r\n"] {
        _ = await Wire.exchange(port, garbage)
      }
      #expect(
        await Wire.exchange(port, post("/Evaluate", String(repeating: "[", count: 5000))).hasPrefix("HTTP/1.1 400"))
      #expect(
        await Wire.exchange(port, post("/Evaluate", String(repeating: "1", count: 20_000))).hasPrefix("HTTP/1.1 413"))
      let chunked =
        "POST /InputSizes HTTP/1.1\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\nf\r\n{\"name\":\"beam\"}\r\n0\r\n\r\n"
      #expect(await Wire.exchange(port, chunked).hasSuffix(#"{"inputSizes":[48]}"#))
      #expect(await isAlive(port))
      let right = await Wire.exchange(port, post("/OutputSizes", #"{"name":"beam"}"#))
      #expect(right.hasSuffix(#"{"outputSizes":[1,1]}"#))
      for descriptor in open { close(descriptor) }
    }
  }

  @Test func requestsAreReadAsHTTPHasThem() async throws {
    try await withServer { port, _ in
      let right = #"{"inputSizes":[48]}"#, body = #"{"name":"beam"}"#
      let requests: [(String, String)] = [
        ("POST /InputSizes?x=1 HTTP/1.1\r\nContent-Length: 15\r\n\r\n", "200"),
        ("\r\n\r\nPOST /Input%53izes HTTP/1.1\ncontent-length:15\n\n", "200"),
        ("POST /InputSizes HTTP/1.0\r\nContent-Length: 15\r\nContent-Length: 15\r\n\r\n", "200"),
        ("POST /InputSizes HTTP/1.1\r\nContent-Length: 15\r\nContent-Length: 14\r\n\r\n", "400"),
        ("POST /InputSizes HTTP/1.1\r\nContent-Length: 15\r\nTransfer-Encoding: chunked\r\n\r\n", "400"),
        ("POST /InputSizes HTTP/1.1\r\nContent-Length: +15\r\n\r\n", "400"),
        ("POST /InputSizes HTTP/1.1\r\nContent-Length: 99999999999999999999\r\n\r\n", "400"),
        ("POST /InputSizes HTTP/1.1\r\nTransfer-Encoding: gzip\r\n\r\n", "501"),
        ("POST /InputSizes HTTP/1.1\r\nContent Length: 15\r\n\r\n", "400"),
        ("POST /InputSizes HTTP/1.1\r\n folded: 15\r\n\r\n", "400"),
        ("POST /InputSizes HTTP/1.1\r\nX: a\u{0}b\r\n\r\n", "400"),
        ("POST /InputSizes HTTP/2.0\r\n\r\n", "505"), ("POST /InputSizes\r\n\r\n", "400"),
      ]
      for (head, status) in requests {
        let answer = await Wire.exchange(port, head + body)
        #expect(answer.hasPrefix("HTTP/1.1 \(status) "), "\(head): \(answer)")
        #expect(answer.hasSuffix(right) == (status == "200"), "\(head): \(answer)")
      }
      for (chunks, status) in [
        ("5\r\n{\"nam\r\na;x=y\r\ne\":\"beam\"}\r\n0\r\nTrailer: x\r\n\r\n", "200"), ("-5\r\n{\"nam", "400"),
        ("f\r\n{\"name\":\"beam\"}more\r\n0\r\n\r\n", "400"), ("ffffffffffffffff\r\n", "400"), ("ffffffff\r\n", "413"),
        ("1 1\r\n{\"name\":\"beam\"}  \r\n0\r\n\r\n", "400"), ("-0\r\n\r\n", "400"), ("\r\n", "400"),
        ("F  \r\n{\"name\":\"beam\"}\r\n0 \r\n\r\n", "200"),
      ] {
        let answer = await Wire.exchange(
          port, "POST /InputSizes HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks)
        #expect(answer.hasPrefix("HTTP/1.1 \(status) "), "\(chunks): \(answer)")
      }
      // Requests one behind the other are answered in order; HEAD has no body.
      let several = await Wire.exchange(
        port,
        "HEAD /Info HTTP/1.1\r\n\r\n" + post("/InputSizes", body).replacing("Connection: close\r\n", with: "")
          + "GET /health HTTP/1.1\r\nConnection: close\r\n\r\nGET /Info HTTP/1.1\r\n\r\n")
      #expect(several.matches(of: /HTTP\/1.1 200 OK/).count == 3, "\(several)")
      #expect(!several.contains("protocolVersion") && several.contains(right) && several.hasSuffix(#"{"status":"ok"}"#))
      // A client that asks whether it may send its body is told so.
      let waiting = Wire.open(port, "POST /InputSizes HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 15\r\n\r\n")
      #expect(await Wire.receives("HTTP/1.1 100 Continue\r\n\r\n", on: waiting))
      close(waiting)
    }
  }

  @Test func aTokenIsAskedFor() async throws {
    try await withServer({ $0.token = "secret" }) { port, _ in
      let request = "GET /Info HTTP/1.1\r\nConnection: close\r\n"
      #expect(await Wire.exchange(port, request + "\r\n").hasPrefix("HTTP/1.1 401"))
      #expect(await Wire.exchange(port, request + "Authorization: Bearer wrong!\r\n\r\n").hasPrefix("HTTP/1.1 401"))
      #expect(await Wire.exchange(port, request + "Authorization: Bearer secret\r\n\r\n").hasPrefix("HTTP/1.1 200"))
      #expect(await isAlive(port))
    }
  }

  @Test func aFullServerTurnsRequestsAway() async throws {
    let numbers = UMBridgeTests.models[1].start.elements.map(\.description).joined(separator: ",")
    let request = post("/Evaluate", #"{"name":"drop","input":[["# + numbers + "]]}")
    try await withServer({
      $0.workers = 1
      $0.queue = 0
    }) { port, _ in
      let answers = await withTaskGroup(of: String.self) { group in
        for _ in 0..<6 {
          group.addTask { await Wire.exchange(port, request) }
        }
        return await group.reduce(into: [String]()) { $0.append($1) }
      }
      let good = answers.count { $0.hasPrefix("HTTP/1.1 200") }, away = answers.count { $0.hasPrefix("HTTP/1.1 503") }
      #expect(good >= 1)
      #expect(good + away == 6, "\(answers)")
    }
  }

  /// A drop that rests, without gravity, for so long that no test waits for its end.
  private static let endless = SmallModels.drop.replacing("end: 0.02 s", with: "end: 1000 s")
    .replacing("gravity: [0, -9.81 m/s^2]", with: "gravity: [0, 0 m/s^2]")

  private func endlessRequest() throws -> ([SceneModel], String) {
    let model = try SceneModel(SceneFile.parse(Self.endless, name: "drop.yaml"))
    return ([model], post("/Evaluate", #"{"name":"drop","input":[[0,0]]}"#))
  }

  private func metric(_ name: String, _ port: UInt16) async -> Int? {
    let text = await Wire.exchange(port, "GET /metrics HTTP/1.1\r\nConnection: close\r\n\r\n")
    let line = text.split(separator: "\n").first { $0.hasPrefix(name + " ") }
    return line?.split(separator: " ").last.flatMap { Int($0) }
  }

  /// Asks until a number is as expected, for at most half a minute.
  private func becomes(_ name: String, _ value: Int, _ port: UInt16) async throws -> Bool {
    for _ in 0..<300 {
      if await metric(name, port) == value { return true }
      try await Task.sleep(for: .milliseconds(100))
    }
    return false
  }

  @Test func timeRunsOut() async throws {
    let (models, request) = try endlessRequest()
    try await withServer(models: models, { $0.timeLimit = 0.2 }) { port, _ in
      let answer = await Wire.exchange(port, request)
      #expect(answer.hasPrefix("HTTP/1.1 504"), "\(answer)")
      let isOver = try await becomes("backsolve_solves_pending", 0, port)
      #expect(isOver)
    }
  }

  @Test func aClientThatGoesAwayEndsItsSolve() async throws {
    let (models, request) = try endlessRequest()
    try await withServer(models: models) { port, _ in
      let client = Wire.open(port, request)
      #expect(try await becomes("backsolve_solves_pending", 1, port))
      // One that only says that it will send no more still waits for its answer.
      let waiting = Wire.open(port, request)
      shutdown(waiting, Int32(SHUT_WR))
      #expect(try await becomes("backsolve_solves_pending", 2, port))
      try await Task.sleep(for: .milliseconds(300))
      #expect(await metric("backsolve_abandoned_total", port) == 0)
      close(client)
      #expect(try await becomes("backsolve_solves_pending", 1, port))
      #expect(await metric("backsolve_abandoned_total", port) == 1)
      close(waiting)
      #expect(try await becomes("backsolve_solves_pending", 0, port))
      #expect(await metric("backsolve_abandoned_total", port) == 2)
    }
  }

  @Test func idleAndSlowConnectionsAreClosed() async throws {
    try await withServer({ $0.requestTime = 0.5 }) { port, _ in
      let open = [
        Wire.open(port, ""), Wire.open(port, "POST /Evaluate HTTP/1.1\r\nX: "),
        Wire.open(port, "POST /Evaluate HTTP/1.1\r\nContent-Length: 9000\r\n\r\n{"),
      ]
      // A byte now and then does not help.
      for _ in 0..<20 {
        Wire.send("y", to: open[1])
        try await Task.sleep(for: .milliseconds(50))
      }
      for descriptor in open { #expect(await Wire.isClosed(descriptor)) }
      #expect(await metric("backsolve_connections_ended_total", port) == 3)
      for descriptor in open { close(descriptor) }
      #expect(await isAlive(port))
    }
  }

  @Test func headersWithoutEndAreCutOff() async throws {
    try await withServer({ $0.largestHeaders = 10_000 }) { port, _ in
      let request =
        "GET /Info HTTP/1.1\r\n" + String(repeating: "X: \(String(repeating: "y", count: 90))\r\n", count: 200)
      #expect(await Wire.exchange(port, request).hasPrefix("HTTP/1.1 431"))
      #expect(await isAlive(port))
    }
  }

  @Test func theLongestIdleGiveWay() async throws {
    try await withServer({ $0.connections = 4 }) { port, _ in
      let first = Wire.open(port, "GET /Info")
      try await Task.sleep(for: .milliseconds(300))
      let later = (0..<4).map { _ in Wire.open(port, "GET /Info") }
      #expect(await Wire.isClosed(first))
      #expect(await isAlive(port))
      for descriptor in [first] + later { close(descriptor) }
    }
  }

  @Test func aStoppingServerEndsWhatOutlastsTheGrace() async throws {
    let (models, request) = try endlessRequest()
    try await withServer(models: models, { $0.grace = 0.3 }) { port, server in
      async let answer = Wire.exchange(port, request)
      let isRunning = try await becomes("backsolve_solves_pending", 1, port)
      #expect(isRunning)
      await server.stop()
      let text = await answer
      // Refused in words.
      #expect(text.contains("HTTP/1.1 500") && text.contains("was stopped"), "\(text)")
    }
  }

  @Test func aStoppingServerFinishesWhatItHas() async throws {
    let numbers = UMBridgeTests.models[1].start.elements.map(\.description).joined(separator: ",")
    let request = post("/Evaluate", #"{"name":"drop","input":[["# + numbers + "]]}")
    try await withServer { port, server in
      async let answer = Wire.exchange(port, request)
      try await Task.sleep(for: .milliseconds(5))
      await server.stop()
      let text = await answer
      // Taken and finished, or refused in words, or not let in at all: never half an answer.
      #expect(text.isEmpty || text.hasPrefix("HTTP/1.1 503") || text.hasSuffix("]]}"), "\(text)")
    }
  }
}

/// A client that says exactly what it is told.
enum Wire {
  static func open(_ port: UInt16, _ text: String) -> Int32 {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    let status = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    if status == 0 { send(text, to: descriptor) }
    return descriptor
  }

  static func send(_ text: String, to descriptor: Int32) {
    let bytes = Array(text.utf8)
    var sent = 0
    while sent < bytes.count {
      let count = bytes[sent...].withUnsafeBytes {
        Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      if count <= 0 { break }
      sent += count
    }
  }

  /// Whether the server closes a connection, within half a minute.
  static func isClosed(_ descriptor: Int32) async -> Bool {
    await inBackground {
      var limit = timeval(tv_sec: 30, tv_usec: 0)
      setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
      var byte: UInt8 = 0
      let count = recv(descriptor, &byte, 1, 0)
      return count == 0 || (count < 0 && errno == ECONNRESET)
    }
  }

  /// Whether these bytes come next.
  static func receives(_ text: String, on descriptor: Int32) async -> Bool {
    await inBackground {
      var limit = timeval(tv_sec: 30, tv_usec: 0)
      setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
      var buffer = [UInt8](repeating: 0, count: text.utf8.count)
      let count = recv(descriptor, &buffer, buffer.count, Int32(MSG_WAITALL))
      return count == buffer.count && buffer == Array(text.utf8)
    }
  }

  /// Sends, half closes, and reads until the server closes; at most for a minute. It waits on a thread of its own: those
  /// of tasks are needed by the server.
  static func exchange(_ port: UInt16, _ text: String) async -> String {
    await inBackground { wait(port, text) }
  }

  private static func wait(_ port: UInt16, _ text: String) -> String {
    let descriptor = open(port, text)
    defer { close(descriptor) }
    shutdown(descriptor, Int32(SHUT_WR))
    var limit = timeval(tv_sec: 60, tv_usec: 0)
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    var answer: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 4096)
    while true {
      let count = recv(descriptor, &buffer, buffer.count, 0)
      if count <= 0 { break }
      answer += buffer[..<count]
    }
    // A client passes over interim responses, of which the server sends one to those that close their side.
    return String(decoding: answer, as: UTF8.self).replacing("HTTP/1.1 100 Continue\r\n\r\n", with: "")
  }

  private static func inBackground<Value: Sendable>(_ body: @escaping @Sendable () -> Value) async -> Value {
    await withCheckedContinuation { continuation in
      Thread.detachNewThread { continuation.resume(returning: body()) }
    }
  }
}
