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
    _ change: (inout ServerOptions) -> Void = { _ in }, _ body: (UInt16, ModelServer) async throws -> Void
  ) async throws {
    var options = ServerOptions()
    options.port = 0
    options.logs = false
    options.grace = 5
    change(&options)
    let server = try ModelServer(UMBridgeTests.models, options)
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

  @Test func timeRunsOut() async throws {
    let numbers = UMBridgeTests.models[1].start.elements.map(\.description).joined(separator: ",")
    let request = post("/Evaluate", #"{"name":"drop","input":[["# + numbers + "]]}")
    try await withServer({ $0.timeLimit = 1e-4 }) { port, _ in
      let answer = await Wire.exchange(port, request)
      #expect(answer.hasPrefix("HTTP/1.1 504"), "\(answer)")
      #expect(await isAlive(port))
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
    if status == 0 {
      let bytes = Array(text.utf8)
      var sent = 0
      while sent < bytes.count {
        let count = bytes[sent...].withUnsafeBytes { send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
        if count <= 0 { break }
        sent += count
      }
    }
    return descriptor
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
    return String(decoding: answer, as: UTF8.self)
  }

  private static func inBackground(_ body: @escaping @Sendable () -> String) async -> String {
    await withCheckedContinuation { continuation in
      Thread.detachNewThread { continuation.resume(returning: body()) }
    }
  }
}
