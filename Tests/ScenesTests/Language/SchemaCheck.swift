@testable import Scenes

/// Checks a value against the part of JSON Schema (draft-07) that the generated schema uses.
final class SchemaCheck {
  private let document: SchemaJSON
  /// Patterns compiled so far.
  private var patterns: [String: Regex<AnyRegexOutput>] = [:]

  init(document: SchemaJSON) { self.document = document }

  /// Where a scene departs from the schema; empty where it conforms.
  func problems(_ node: SceneNode) -> [String] { problems(value(of: node), document, at: "scene") }

  private func problems(_ value: SchemaJSON?, _ schema: SchemaJSON, at path: String) -> [String] {
    var found: [String] = []
    guard case .object(let keywords) = schema else { return ["\(path): the schema is no object"] }
    for keyword in keywords {
      switch (keyword.key, keyword.value) {
      case ("$schema", _), ("title", _), ("description", _), ("definitions", _), ("then", _), ("else", _): continue
      case ("$ref", .string(let name)):
        guard let target = document["definitions"]?[String(name.dropFirst("#/definitions/".count))] else {
          found.append("\(path): \(name) is not defined")
          continue
        }
        found += problems(value, target, at: path)
      case ("if", let condition):
        let branch = problems(value, condition, at: path).isEmpty ? "then" : "else"
        if let branch = schema[branch] { found += problems(value, branch, at: path) }
      case ("allOf", .array(let parts)): for part in parts { found += problems(value, part, at: path) }
      case ("anyOf", .array(let parts)):
        let failures = parts.map { problems(value, $0, at: path) }
        if !failures.contains(where: \.isEmpty) {
          found.append("\(path): no alternative fits: \(failures.min { $0.count < $1.count } ?? [])")
        }
      case ("type", .string(let type)): if !isOf(type, value) { found.append("\(path) is not \(type)") }
      case ("type", .array(let types)):
        if !types.contains(where: { if case .string(let type) = $0 { isOf(type, value) } else { false } }) {
          found.append("\(path) is none of \(types)")
        }
      case ("enum", .array(let values)): if value.map(values.contains) != true { found.append("\(path) is not listed") }
      default: found += limits(value, keyword.key, keyword.value, schema, path)
      }
    }
    return found
  }

  private func limits(
    _ value: SchemaJSON?, _ keyword: String, _ limit: SchemaJSON, _ schema: SchemaJSON, _ path: String
  )
    -> [String]
  {
    switch (keyword, limit, value) {
    case ("properties", .object(let properties), .object(let members)?):
      return members.flatMap { member in
        properties.first { $0.key == member.key }.map {
          problems(unwrapped(member.value), $0.value, at: "\(path).\(member.key)")
        } ?? []
      }
    case ("additionalProperties", .bool(false), .object(let members)?):
      guard case .object(let known)? = schema["properties"] else { return ["\(path): no properties declared"] }
      return members.filter { member in !known.contains { $0.key == member.key } }.map {
        "\(path).\($0.key) is unknown"
      }
    case ("additionalProperties", let schema, .object(let members)?):
      return members.flatMap { problems(unwrapped($0.value), schema, at: "\(path).\($0.key)") }
    case ("required", .array(let keys), .object(let members)?):
      return keys.filter { key in !members.contains { SchemaJSON.string($0.key) == key } }.map { "\(path) lacks \($0)" }
    case ("minProperties", .integer(let n), .object(let members)?):
      return members.count < n ? ["\(path) is too small"] : []
    case ("maxProperties", .integer(let n), .object(let members)?):
      return members.count > n ? ["\(path) is too large"] : []
    case ("items", let schema, .array(let items)?):
      return items.enumerated().flatMap { problems(unwrapped($1), schema, at: "\(path)[\($0)]") }
    case ("minItems", .integer(let n), .array(let items)?): return items.count < n ? ["\(path) is too short"] : []
    case ("maxItems", .integer(let n), .array(let items)?): return items.count > n ? ["\(path) is too long"] : []
    case ("minLength", .integer(let n), .string(let text)?): return text.count < n ? ["\(path) is too short"] : []
    case ("pattern", .string(let pattern), .string(let text)?):
      if patterns[pattern] == nil { patterns[pattern] = try? Regex(pattern) }
      guard let regex = patterns[pattern] else { return ["\(path): the pattern \(pattern) is malformed"] }
      return (try? regex.wholeMatch(in: text)) == nil ? ["\(path): `\(text)` does not match"] : []
    case ("minimum", _, _), ("maximum", _, _), ("exclusiveMinimum", _, _), ("exclusiveMaximum", _, _):
      guard let value = number(value), let bound = number(limit) else { return [] }
      let holds =
        switch keyword {
        case "minimum": value >= bound
        case "maximum": value <= bound
        case "exclusiveMinimum": value > bound
        default: value < bound
        }
      return holds ? [] : ["\(path) = \(value) breaks \(keyword) \(bound)"]
    case ("properties", _, _), ("additionalProperties", _, _), ("required", _, _), ("minProperties", _, _),
      ("maxProperties", _, _), ("items", _, _), ("minItems", _, _), ("maxItems", _, _), ("minLength", _, _),
      ("pattern", _, _):
      return []
    default: return ["the keyword \(keyword) is not one this check knows"]
    }
  }

  private func isOf(_ type: String, _ value: SchemaJSON?) -> Bool {
    switch (type, value) {
    case ("null", nil), ("object", .object?), ("array", .array?), ("string", .string?), ("boolean", .bool?): true
    case ("number", .integer?), ("number", .number?), ("integer", .integer?): true
    case ("integer", .number(let x)?): x == x.rounded()
    default: false
    }
  }

  private func number(_ value: SchemaJSON?) -> Double? {
    switch value {
    case .integer(let n)?: Double(n)
    case .number(let x)?: x
    default: nil
    }
  }

  // MARK: - YAML values as JSON values

  /// Stands for null, which has no case of its own.
  private static let null = SchemaJSON.string("\u{0}null")

  private func unwrapped(_ value: SchemaJSON) -> SchemaJSON? { value == Self.null ? nil : value }

  /// Scalars as the YAML 1.2 core schema reads them.
  private func value(of node: SceneNode) -> SchemaJSON? {
    switch node.content {
    case .nothing: return nil
    case .scalar(let text, quoted: true): return .string(text)
    case .scalar(let text, quoted: false):
      if text == "true" || text == "false" { return .bool(text == "true") }
      if let n = Int(text) { return .integer(n) }
      if text.first.map({ $0.isNumber || "+-.".contains($0) }) == true, let x = Double(text), x.isFinite,
        !text.contains("x")
      {
        return .number(x)
      }
      return .string(text)
    case .list(let items): return .array(items.map { value(of: $0) ?? Self.null })
    case .map(let entries):
      return .object(entries.map { SchemaJSON.Member(key: $0.key, value: value(of: $0.value) ?? Self.null) })
    }
  }
}
