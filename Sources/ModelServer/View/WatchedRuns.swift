import Foundation
import Scenes

/// The runs in a folder, as those who watch them see them.
struct WatchedRuns: Sendable {
  /// The folder that holds run folders, or is one.
  let root: String

  struct Run: Sendable, Equatable {
    /// The path below the root; `.` for the root itself.
    var name: String
    var path: String
    /// `running`, `finished` or `stopped`.
    var status: String
    /// Changes when a file of the run does.
    var stamp: String
  }

  private static let deepest = 3
  private static let most = 500

  func list() -> [Run] {
    var found: [Run] = []
    func visit(_ path: String, _ name: String, _ depth: Int) {
      guard found.count < Self.most else { return }
      if let run = run(path, name) {
        found.append(run)
        return
      }
      guard depth < Self.deepest else { return }
      let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
      for entry in names.sorted() where !entry.hasPrefix(".") {
        var isFolder: ObjCBool = false
        let below = path + "/" + entry
        if FileManager.default.fileExists(atPath: below, isDirectory: &isFolder), isFolder.boolValue {
          visit(below, name == "." ? entry : name + "/" + entry, depth + 1)
        }
      }
    }
    visit(root, ".", 0)
    return found
  }

  /// Nil for a folder that is no run, or a name that leads elsewhere.
  func run(named name: String) -> Run? {
    let parts = name.split(separator: "/", omittingEmptySubsequences: false)
    guard name == "." || parts.allSatisfy({ !$0.isEmpty && !$0.hasPrefix(".") }) else { return nil }
    return run(name == "." ? root : root + "/" + name, name)
  }

  private func run(_ path: String, _ name: String) -> Run? {
    guard let scene = Self.stamp(path + "/scene.yaml") else { return nil }
    let history = Self.stamp(path + "/history.csv"), result = Self.stamp(path + "/result.json")
    let live = Self.stamp(path + "/" + RunDirectory.livePicture)
    let status = RunDirectory.isLocked(path) ? "running" : result != nil ? "finished" : "stopped"
    return Run(
      name: name, path: path, status: status,
      stamp: [scene, history ?? "", result ?? "", live ?? "", status].joined(separator: " "))
  }

  private static func stamp(_ path: String) -> String? {
    guard let attributes = try? FileManager.default.attributesOfItem(atPath: path) else { return nil }
    let date = (attributes[.modificationDate] as? Date)?.timeIntervalSince1970 ?? 0
    return "\(date):\(attributes[.size] ?? 0)"
  }

  /// What the page shows of a run, with its history from a row on.
  func details(_ run: Run) -> JSONValue {
    let lines = (Self.text(run.path + "/history.csv") ?? "").split(separator: "\n").map(String.init)
    let result = Self.text(run.path + "/result.json").flatMap { try? JSONReader.read(Array($0.utf8)) }
    let scene = Self.text(run.path + "/scene.yaml") ?? ""
    let title =
      result?["title"]?.text
      ?? scene.split(separator: "\n").first { $0.hasPrefix("title:") }.map {
        $0.dropFirst(6).trimmingCharacters(in: CharacterSet(charactersIn: " \t\r\"'"))
      }
      ?? run.name
    let files = (try? FileManager.default.contentsOfDirectory(atPath: run.path)) ?? []
    return .object([
      .init("name", .string(run.name)), .init("title", .string(title)), .init("status", .string(run.status)),
      .init("header", .string(lines.first ?? "")), .init("rows", .array(lines.dropFirst().map { .string($0) })),
      .init("result", result ?? .null), .init("scene", .string(scene)),
      .init(
        "files", .array(files.filter { !$0.hasPrefix(".") && Self.kind(of: $0) != nil }.sorted().map { .string($0) })),
      .init("live", .string(Self.stamp(run.path + "/" + RunDirectory.livePicture) ?? "")),
    ])
  }

  private static func text(_ path: String) -> String? {
    FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) }
  }

  /// A file of a run, by its own name alone.
  func file(_ name: String, of run: Run) -> (bytes: [UInt8], contentType: String)? {
    guard !name.hasPrefix("."), !name.contains("/"), let kind = Self.kind(of: name),
      let data = FileManager.default.contents(atPath: run.path + "/" + name)
    else { return nil }
    return (Array(data), kind)
  }

  private static func kind(of name: String) -> String? {
    switch name.split(separator: ".").last {
    case "html": "text/html; charset=utf-8"
    case "png": "image/png"
    case "svg": "image/svg+xml"
    case "json": "application/json"
    case "yaml", "csv", "txt": "text/plain; charset=utf-8"
    case "npy", "vti", "vtu", "vtp", "pvd", "stl": "application/octet-stream"
    default: nil
    }
  }
}
