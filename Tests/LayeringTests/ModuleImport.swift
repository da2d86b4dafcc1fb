/// One `import` line of a source file.
struct ModuleImport: Equatable {
  /// The folder under `Sources` that the file is in.
  var target: String
  /// `path:line`.
  var place: String
  var module: String

  /// The imports of a file's text. Attributes, access levels and kinds (`import struct A.B`) are stepped over; a
  /// submodule counts as its module.
  static func all(in text: String, target: String, path: String) -> [ModuleImport] {
    var found: [ModuleImport] = []
    for (number, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
      var words = line.split(whereSeparator: { $0 == " " || $0 == "\t" || $0 == ";" })[...]
      while let word = words.first, word.hasPrefix("@") || accessLevels.contains(word) { words.removeFirst() }
      guard words.first == "import" else { continue }
      words.removeFirst()
      if let word = words.first, kinds.contains(word) { words.removeFirst() }
      guard let module = words.first?.split(separator: ".").first else { continue }
      found.append(ModuleImport(target: target, place: "\(path):\(number + 1)", module: String(module)))
    }
    return found
  }

  private static let accessLevels: Set<Substring> = ["public", "package", "internal", "fileprivate", "private"]
  private static let kinds: Set<Substring> = [
    "struct", "class", "enum", "protocol", "typealias", "func", "let", "var", "actor",
  ]
}
