import ArgumentParser
import Dispatch
import Foundation
import ModelServer
import Scenes

struct Serve: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Serve scenes over HTTP to other optimizers and samplers: UM-Bridge 1.0 and Tesseract.",
    discussion: """
      Listens on the loopback interface unless --host says otherwise. UM-Bridge clients see each scene as a model of its \
      file's name; Tesseract clients see the first scene at http://HOST:PORT and each at http://HOST:PORT/NAME. /models \
      describes them, /metrics counts in Prometheus' text format, /health says that the server lives. Ctrl-C or SIGTERM \
      let requests under way end and refuse new ones.
      """)

  @Argument(help: "The scene files (YAML).")
  var scenes: [String]

  @Option(
    name: .customLong("set"),
    help: ArgumentHelp(
      "Override a value in every scene: domain.grid.cells=[60, 20]. May be repeated.", valueName: "path=value"))
  var overrides: [String] = []

  @Option(help: "The IPv4 or IPv6 address to listen on.")
  var host = "127.0.0.1"

  @Option(help: "The port; $PORT, or 4242, when left out. 0 takes one that is free.")
  var port: UInt16?

  @Option(help: "Ask every request for `Authorization: Bearer TOKEN`; $BACKSOLVE_TOKEN when left out.")
  var token: String?

  @Option(help: "Solves at once; the number of processors when left out. Each runs on one thread.")
  var workers: Int?

  @Option(help: "Requests that may wait for a worker.")
  var queue = 64

  @Option(help: ArgumentHelp("The largest body.", valueName: "megabytes"))
  var maxBody = 64

  @Option(help: ArgumentHelp("The longest a request may take.", valueName: "seconds"))
  var maxTime = 600.0

  @Option(help: ArgumentHelp("The longest a request's headers, then its body may take to come.", valueName: "seconds"))
  var maxWait = 60.0

  @Option(help: "Connections open at once; beyond them the longest idle are closed.")
  var connections = 1000

  @Option(help: ArgumentHelp("The longest that a stopping server waits for requests under way.", valueName: "seconds"))
  var grace = 10.0

  @Flag(help: "Write no line a request on standard error.")
  var quiet = false

  func validate() throws {
    if scenes.isEmpty { throw ValidationError("name at least one scene.") }
    if let workers, !(1...1024).contains(workers) {
      throw ValidationError("--workers \(workers): expected a number from 1 to 1024.")
    }
    if !(0...100_000).contains(queue) { throw ValidationError("--queue \(queue): expected a number from 0 to 100000.") }
    if !(1...4096).contains(maxBody) { throw ValidationError("--max-body \(maxBody): expected 1 to 4096 megabytes.") }
    if !(maxTime > 0) { throw ValidationError("--max-time \(maxTime): expected seconds above zero.") }
    if !(maxWait > 0) { throw ValidationError("--max-wait \(maxWait): expected seconds above zero.") }
    if !(1...100_000).contains(connections) {
      throw ValidationError("--connections \(connections): expected a number from 1 to 100000.")
    }
    if !(grace >= 0) { throw ValidationError("--grace \(grace): expected seconds, or 0.") }
  }

  func run() throws {
    let environment = ProcessInfo.processInfo.environment
    var options = ServerOptions()
    options.host = host
    options.port = try port ?? Self.port(environment["PORT"]) ?? options.port
    let given = token ?? environment["BACKSOLVE_TOKEN"]
    if let given, !given.isEmpty { options.token = given }
    options.workers = workers ?? Threads.count
    options.queue = queue
    options.largestBody = maxBody << 20
    options.timeLimit = maxTime
    options.requestTime = maxWait
    options.connections = connections
    options.grace = grace
    options.logs = !quiet
    Serving.limitHeaps(to: options.workers)
    var models: [SceneModel] = []
    for path in scenes {
      let model = try SceneModel(path: path, overrides: overrides)
      if models.contains(where: { $0.name == model.name }) {
        throw CommandFailure(.usage, "\(path): error: another scene here is called \(model.name) too; rename the file")
      }
      models.append(model)
    }
    // Requests run beside each other, each on its own thread.
    if options.workers > 1 { Threads.limit(to: 1) }
    Serving.allowManyFiles()
    let server: ModelServer
    do {
      server = try ModelServer(models, options)
    } catch {
      throw CommandFailure(.usage, "error: --host \(host): expected an IPv4 or IPv6 address")
    }
    try Serving.untilStopped(
      host, run: { try await server.run() }, listening: { try await server.waitUntilListening() },
      stop: { await server.stop() })
  }

  private static func port(_ text: String?) throws -> UInt16? {
    guard let text, !text.isEmpty else { return nil }
    guard let port = UInt16(text) else {
      throw CommandFailure(.usage, "error: PORT is \(text), expected a number from 0 to 65535")
    }
    return port
  }
}
