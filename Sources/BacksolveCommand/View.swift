import ArgumentParser
import Dispatch
import Foundation
import ModelServer
import Scenes

struct View: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Watch runs in a browser: live numbers and pictures, reports, comparison.",
    discussion: "Serves one page on the loopback interface; it needs no network, reads run folders and changes nothing."
  )

  @Argument(help: "A run folder, or a folder of them; runs when left out.")
  var folder = "runs"

  @Option(help: "The IPv4 or IPv6 address to listen on.")
  var host = "127.0.0.1"

  @Option(help: "The port; 0 takes one that is free.")
  var port: UInt16 = 4280

  func run() throws {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: folder, isDirectory: &isFolder), isFolder.boolValue else {
      throw CommandFailure(.usage, "\(folder): error: there is no such folder; `backsolve optimize SCENE` makes one")
    }
    let viewer: RunViewer
    do {
      viewer = try RunViewer(folder, host: host, port: port)
    } catch {
      throw CommandFailure(.usage, "error: --host \(host): expected an IPv4 or IPv6 address")
    }
    try Serving.untilStopped(
      host, run: { try await viewer.run() }, listening: { try await viewer.waitUntilListening() },
      stop: { await viewer.stop() })
  }
}
