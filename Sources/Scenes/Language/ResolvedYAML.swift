import Foundation

/// Writes a scene as one YAML text that reads back as the same scene.
enum ResolvedYAML {
  /// - Parameter shape: tells which texts are paths; relative ones are written in full, because the text will lie in
  ///   another folder.
  static func text(of node: SceneNode, shape: Shape) -> String {
    var lines = ""
    write(node, shape, indentation: 0, into: &lines)
    return lines
  }

  private static func write(_ node: SceneNode, _ shape: Shape?, indentation: Int, into lines: inout String) {
    let margin = String(repeating: " ", count: indentation)
    switch node.content {
    case .map(let entries) where !entries.isEmpty:
      for entry in entries {
        lines += margin + quoted(entry.key, force: false) + ":"
        writeValue(entry.value, shape?.child(entry.key), indentation: indentation + 2, into: &lines)
      }
    case .list(let items) where !items.isEmpty:
      for item in items {
        lines += margin + "-"
        writeValue(item, shape?.item, indentation: indentation + 2, into: &lines)
      }
    default: lines += margin + flow(node, shape) + "\n"
    }
  }

  private static func writeValue(_ node: SceneNode, _ shape: Shape?, indentation: Int, into lines: inout String) {
    let short = flow(node, shape)
    if short.utf8.count + indentation <= 100 {
      lines += " " + short + "\n"
      return
    }
    switch node.content {
    case .map, .list:
      lines += "\n"
      write(node, shape, indentation: indentation, into: &lines)
    default: lines += " " + short + "\n"
    }
  }

  private static func flow(_ node: SceneNode, _ shape: Shape?) -> String {
    switch node.content {
    case .nothing: return "~"
    case .scalar(let text, let isQuoted):
      guard shape?.isFile == true else { return quoted(text, force: isQuoted) }
      let path = SceneFilePath(written: text, mark: node.mark).path
      return quoted(absolute(path), force: isQuoted)
    case .list(let items): return "[" + items.map { flow($0, shape?.item) }.joined(separator: ", ") + "]"
    case .map(let entries):
      if entries.isEmpty { return "{}" }
      let pairs = entries.map { quoted($0.key, force: false) + ": " + flow($0.value, shape?.child($0.key)) }
      return "{ " + pairs.joined(separator: ", ") + " }"
    }
  }

  private static func absolute(_ path: String) -> String {
    path.hasPrefix("/") ? path : SceneSources.normalized(FileManager.default.currentDirectoryPath + "/" + path)
  }

  /// A scalar that reads back as itself, plain where that is safe.
  private static func quoted(_ text: String, force: Bool) -> String {
    let isPlain =
      !force && !text.isEmpty && text.first != " " && text.last != " "
      && text.unicodeScalars.allSatisfy { safe($0) } && (isNumberLike(text) || !" -?:%".contains(text.first ?? ":"))
      && !text.contains(": ") && !text.hasSuffix(":") && !["~", "null", "Null", "NULL", "---", "..."].contains(text)
    if isPlain { return text }
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\t": result += "\\t"
      default:
        if scalar.value < 32 || scalar.value == 127 || (0x80...0x9F).contains(scalar.value) || scalar == "\u{2028}"
          || scalar == "\u{2029}" || scalar == "\u{FEFF}"
        {
          let code = String(scalar.value, radix: 16)
          result += "\\u" + String(repeating: "0", count: 4 - code.count) + code
        } else {
          result.unicodeScalars.append(scalar)
        }
      }
    }
    return result + "\""
  }

  private static func safe(_ scalar: Unicode.Scalar) -> Bool {
    if scalar.value >= 0x80 { return scalar.properties.isAlphabetic || scalar == "°" || scalar == "²" || scalar == "³" }
    switch scalar {
    case "a"..."z", "A"..."Z", "0"..."9", " ", "-", "+", ".", "/", "^", "(", ")", "_", "%", ":": return true
    default: return false
    }
  }

  private static func isNumberLike(_ text: String) -> Bool {
    text.first == "-" && text.dropFirst().first?.isNumber == true
  }
}

extension Shape {
  /// True for a path.
  fileprivate var isFile: Bool {
    switch resolved {
    case .file: true
    case .either(let shapes): shapes.contains { $0.isFile }
    default: false
    }
  }
}
