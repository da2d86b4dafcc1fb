/// JSON with its keys in the order they were written, so that a generated schema reads like its declarations.
public indirect enum SchemaJSON: Sendable, Equatable {
  case object([Member])
  case array([SchemaJSON])
  case string(String)
  case integer(Int)
  case number(Double)
  case bool(Bool)

  public struct Member: Sendable, Equatable {
    public var key: String
    public var value: SchemaJSON
  }

  static func members(_ pairs: KeyValuePairs<String, SchemaJSON?>) -> SchemaJSON {
    .object(pairs.compactMap { key, value in value.map { Member(key: key, value: $0) } })
  }

  public subscript(key: String) -> SchemaJSON? {
    guard case .object(let members) = self else { return nil }
    return members.first { $0.key == key }?.value
  }

  /// The text, indented by two spaces; short objects and arrays on one line.
  public func text(indentation: Int = 0) -> String {
    if let short = compact(within: 110 - indentation) { return short }
    let inner = String(repeating: " ", count: indentation + 2)
    let outer = String(repeating: " ", count: indentation)
    switch self {
    case .object(let members):
      let lines = members.map { "\(inner)\(Self.quoted($0.key)): \($0.value.text(indentation: indentation + 2))" }
      return "{\n" + lines.joined(separator: ",\n") + "\n\(outer)}"
    case .array(let items):
      return "[\n" + items.map { inner + $0.text(indentation: indentation + 2) }.joined(separator: ",\n")
        + "\n\(outer)]"
    default: return compact(within: .max) ?? ""
    }
  }

  /// On one line; nil where that is longer than a limit.
  private func compact(within limit: Int) -> String? {
    let text: String
    switch self {
    case .object(let members):
      var parts: [String] = []
      var length = 4
      for member in members {
        let key = Self.quoted(member.key) + ": "
        guard let value = member.value.compact(within: limit - length) else { return nil }
        parts.append(key + value)
        length += key.utf8.count + value.utf8.count + 2
      }
      text = parts.isEmpty ? "{}" : "{ " + parts.joined(separator: ", ") + " }"
    case .array(let items):
      var parts: [String] = []
      var length = 2
      for item in items {
        guard let value = item.compact(within: limit - length) else { return nil }
        parts.append(value)
        length += value.utf8.count + 2
      }
      text = "[" + parts.joined(separator: ", ") + "]"
    case .string(let string): text = Self.quoted(string)
    case .integer(let value): text = String(value)
    case .number(let value): text = value == value.rounded() && abs(value) < 1e15 ? String(Int(value)) : "\(value)"
    case .bool(let value): text = value ? "true" : "false"
    }
    return text.utf8.count <= limit ? text : nil
  }

  private static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}
