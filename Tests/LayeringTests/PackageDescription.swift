import Foundation

/// What a manifest says about targets, read from its text.
struct PackageDescription {
  struct Target {
    var name: String
    var dependencies: [String]
    var isForTests: Bool
  }

  var targets: [Target]

  func target(_ name: String) -> Target? { targets.first { $0.name == name } }

  /// Everything that a target may import: its dependencies and theirs. Products of other packages end the walk.
  func closure(of name: String) -> Set<String> {
    var reached: Set<String> = []
    var open = target(name)?.dependencies ?? []
    while let next = open.popLast() {
      guard reached.insert(next).inserted else { continue }
      open += target(next)?.dependencies ?? []
    }
    return reached
  }

  /// Reads the calls `.target(name: …)` and their like. The manifest keeps to string literals, so no more is needed.
  init(manifest: String) {
    targets = []
    let text = Self.withoutComments(manifest)
    guard let list = text.range(of: "\n  targets: [") else { return }
    for kind in ["target", "executableTarget", "testTarget", "systemLibrary", "macro", "plugin"] {
      var rest = text[list.upperBound...]
      while let call = rest.range(of: ".\(kind)(") {
        rest = rest[call.upperBound...]
        let body = Self.balanced(rest)
        guard let name = Self.strings(after: "name:", in: body).first else { continue }
        let path = Self.strings(after: "path:", in: body).first ?? ""
        targets.append(
          Target(
            name: name, dependencies: Self.dependencies(in: body),
            isForTests: kind == "testTarget" || path.hasPrefix("Tests/")))
      }
    }
  }

  /// The names in `dependencies: [...]`: plain strings, and the product of `.product(name:package:)`.
  private static func dependencies(in body: Substring) -> [String] {
    guard let start = body.range(of: "dependencies:") else { return [] }
    guard let open = body[start.upperBound...].firstIndex(of: "[") else { return [] }
    var list = String(balanced(body[body.index(after: open)...]))
    var names: [String] = []
    while let product = list.range(of: ".product(") {
      let call = balanced(list[product.upperBound...])
      names += strings(after: "name:", in: call).prefix(1)
      list.removeSubrange(product.lowerBound..<call.endIndex)
    }
    return names + quoted(list[...])
  }

  /// The text up to the bracket that closes the one already open.
  private static func balanced(_ text: Substring) -> Substring {
    var depth = 1
    var inString = false
    for index in text.indices {
      switch text[index] {
      case "\"": inString.toggle()
      case "(" where !inString, "[" where !inString: depth += 1
      case ")" where !inString, "]" where !inString: depth -= 1
      default: break
      }
      if depth == 0 { return text[..<index] }
    }
    return text
  }

  private static func strings(after label: String, in text: Substring) -> [String] {
    guard let start = text.range(of: label) else { return [] }
    return quoted(text[start.upperBound...])
  }

  private static func quoted(_ text: Substring) -> [String] {
    let parts = text.split(separator: "\"", omittingEmptySubsequences: false)
    return stride(from: 1, to: parts.count, by: 2).map { String(parts[$0]) }
  }

  private static func withoutComments(_ text: String) -> String {
    text.split(separator: "\n", omittingEmptySubsequences: false)
      .filter { !$0.drop(while: { $0 == " " }).hasPrefix("//") }
      .joined(separator: "\n")
  }
}
