import Foundation

/// The files of the package that this test was built from.
enum Checkout {
  static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  static func text(_ path: String) throws -> String {
    try String(contentsOf: root.appending(path: path), encoding: .utf8)
  }

  /// Paths, from the root, of the files under a folder or of one file; hidden folders, such as of builds, are left out.
  static func files(under place: String, endingIn endings: [String]) -> [String] {
    let start = root.appending(path: place)
    let base = root.path(percentEncoded: false)
    var found: [String] = []
    for case let file as URL in FileManager.default.enumerator(
      at: start, includingPropertiesForKeys: nil, options: [.skipsHiddenFiles]) ?? .init()
    {
      let path = file.path(percentEncoded: false)
      if endings.contains(file.pathExtension) { found.append(String(path.dropFirst(base.count))) }
    }
    return found.sorted()
  }

  static func imports() throws -> [ModuleImport] {
    try files(under: "Sources", endingIn: ["swift"]).flatMap { path in
      let target = path.split(separator: "/").dropFirst().first.map(String.init) ?? ""
      return ModuleImport.all(in: try text(path), target: target, path: path)
    }
  }
}
