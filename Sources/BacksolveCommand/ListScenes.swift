import ArgumentParser
import Foundation
import Scenes

struct ListScenes: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "scenes", abstract: "List the scenes in a folder, one line each.")

  @Argument(help: "The folder; Scenes when left out.")
  var folder = "Scenes"

  func run() throws {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: folder, isDirectory: &isFolder), isFolder.boolValue,
      let paths = FileManager.default.enumerator(atPath: folder)
    else {
      throw CommandFailure(.usage, "\(folder): error: there is no such folder")
    }
    let scenes = paths.compactMap { $0 as? String }.filter { $0.hasSuffix(".yaml") }.sorted()
    if scenes.isEmpty { throw CommandFailure(.usage, "\(folder): error: holds no scenes (files ending in .yaml)") }
    let names = scenes.map { folder + "/" + $0 }
    let width = names.map(\.count).max() ?? 0
    for name in names {
      let padded = name.padding(toLength: width, withPad: " ", startingAt: 0)
      // Parts that others include have no title of their own.
      if let file = try? SceneFile.load(name) { print("\(padded)  \(file.scene.title)") }
    }
  }
}
