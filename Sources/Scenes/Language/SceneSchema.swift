/// The JSON Schema (draft-07) of scene files, generated from the declarations that decode them.
public enum SceneSchema {
  /// The text of `scene.schema.json`.
  public static var text: String { document.text() + "\n" }

  /// The schema: complete for a scene that stands alone; without required keys for one that includes others or holds
  /// defaults, since what it lacks may be there.
  static var document: SchemaJSON {
    var strict = SchemaGenerator(isPartial: false)
    var partial = SchemaGenerator(isPartial: true)
    let scene = strict.root(Scene.form.shape)
    let fragment = partial.root(Scene.form.shape)
    let definitions =
      [("scene", scene)] + strict.definitions.map { ($0.name, $0.schema) } + [("partial-scene", fragment)]
      + partial.definitions.filter { $0.name.hasPrefix("partial-") }.map { ($0.name, $0.schema) }
    return .members([
      "$schema": .string("http://json-schema.org/draft-07/schema#"),
      "title": .string("Backsolve scene"),
      "description": .string(
        "A scene of Backsolve. Quantities are numbers in SI units or texts with a unit, such as `210 GPa`."),
      "if": .members([
        "anyOf": .array([
          .members(["required": .array([.string(SceneSources.includeKey)])]),
          .members(["required": .array([.string(SceneSources.defaultsKey)])]),
        ])
      ]),
      "then": .members(["$ref": .string("#/definitions/partial-scene")]),
      "else": .members(["$ref": .string("#/definitions/scene")]),
      "definitions": .object(definitions.map { SchemaJSON.Member(key: $0.0, value: $0.1) }),
    ])
  }
}

/// Turns shapes into schemas, shapes with a name into definitions.
private struct SchemaGenerator {
  /// True for fragments: nothing is required, `~` removes what is inherited, kinds may hold options of several words.
  let isPartial: Bool
  private(set) var definitions: [(name: String, schema: SchemaJSON)] = []
  private var begun: Set<String> = []

  init(isPartial: Bool) { self.isPartial = isPartial }

  mutating func root(_ shape: Shape) -> SchemaJSON {
    guard case .record(var record) = shape.resolved else { return schema(shape) }
    record.fields += [
      Shape.Key(
        key: SceneSources.includeKey,
        doc: "Files that this scene builds on, relative to it. What this scene says wins; of a list, later files win.",
        isRequired: false, defaultText: nil, shape: .either([.file, .list(.file, count: 1...SceneSources.mostFiles)]))
    ]
    var result = schema(.record(record))
    let defaults: SchemaJSON = .members([
      "description": .string(
        "A map like a scene that holds where neither the scene nor what it includes says otherwise."),
      "$ref": .string("#/definitions/partial-scene"),
    ])
    if case .object(var members) = result, let index = members.firstIndex(where: { $0.key == "properties" }),
      case .object(var properties) = members[index].value
    {
      properties.append(SchemaJSON.Member(key: SceneSources.defaultsKey, value: defaults))
      members[index].value = .object(properties)
      result = .object(members)
    }
    return result
  }

  private mutating func schema(_ shape: Shape) -> SchemaJSON {
    switch shape {
    case .quantity(let dimension, let range): return quantity(dimension, range)
    case .suffixed(let suffix, _):
      let stem = suffix.hasSuffix("s") ? String(suffix.dropLast()) : suffix
      return .members(["type": .string("string"), "pattern": .string("^\(Self.number) *\(stem)s?$")])
    case .integer(let range):
      return .members([
        "type": .string("integer"), "minimum": range.lowerBound == .min ? nil : .integer(range.lowerBound),
        "maximum": range.upperBound == .max ? nil : .integer(range.upperBound),
      ])
    case .flag: return .members(["type": .string("boolean")])
    case .text: return .members(["type": .array([.string("string"), .string("number"), .string("boolean")])])
    case .file: return .members(["type": .string("string"), "minLength": .integer(1)])
    case .word(let words):
      return .members([
        "description": .string(words.map { "`\($0.word)`: \($0.doc)" }.joined(separator: " ")),
        "enum": .array(words.map { .string($0.word) }),
      ])
    case .list(let item, let count):
      return .members([
        "type": .string("array"), "items": schema(item),
        "minItems": count.lowerBound == 0 ? nil : .integer(count.lowerBound),
        "maxItems": .integer(count.upperBound),
      ])
    case .record(let record): return object(record)
    case .dictionary(let value, let doc):
      return .members([
        "description": .string(doc), "type": .string("object"), "additionalProperties": removable(schema(value)),
      ])
    case .kind(let kind): return self.kind(kind)
    case .either(let shapes): return .members(["anyOf": .array(shapes.map { schema($0) })])
    case .named(let name, let next): return reference(name, next)
    }
  }

  // MARK: - Numbers

  /// A decimal number without leading zeros.
  private static let number = #"[-+]?((0|[1-9][0-9]*)(\.[0-9]*)?|\.[0-9]+)([eE][-+]?[0-9]+)?"#
  /// What may follow it: `GPa`, `W/(m K)`, `kg/m^3`.
  private static let unit = #" *[A-Za-z%°µμ1(][A-Za-z0-9%°µμ()/*·^ ⁻⁰¹²³⁴⁵⁶⁷⁸⁹+-]*"#

  /// A definition named for the dimension and the range: most quantities are alike.
  private mutating func quantity(_ dimension: Dimension, _ range: NumberRange) -> SchemaJSON {
    let plain: SchemaJSON = .members([
      "type": .string("number"),
      "minimum": range.excludesLower ? nil : range.lower.map { .number($0) },
      "exclusiveMinimum": range.excludesLower ? range.lower.map { .number($0) } : nil,
      "maximum": range.excludesUpper ? nil : range.upper.map { .number($0) },
      "exclusiveMaximum": range.excludesUpper ? range.upper.map { .number($0) } : nil,
    ])
    let text: SchemaJSON = .members([
      "type": .string("string"), "pattern": .string("^\(Self.number)(\(Self.unit))?$"),
      "description": dimension == .one ? nil : .string("A number with a unit of \(dimension.unit)."),
    ])
    let words = (dimension == .one ? "number" : "\(dimension)") + (range.words.isEmpty ? "" : " \(range.words)")
    let name = words.split(separator: " ").filter { $0 != "a" && $0 != "an" }.joined(separator: "-")
    if !definitions.contains(where: { $0.name == name }) {
      definitions.append((name, .members(["anyOf": .array([plain, text])])))
    }
    return .members(["$ref": .string("#/definitions/\(name)")])
  }

  // MARK: - Maps

  private mutating func object(_ record: Shape.Record) -> SchemaJSON {
    let properties = record.fields.map { field in
      SchemaJSON.Member(key: field.key, value: described(removable(schema(field.shape)), Self.text(of: field)))
    }
    let required = isPartial ? [] : record.fields.filter(\.isRequired).map { SchemaJSON.string($0.key) }
    let oneOf = isPartial ? [] : record.needsOneOf.map { SchemaJSON.members(["required": .array([.string($0)])]) }
    return .members([
      "description": .string(record.doc), "type": .string("object"), "properties": .object(properties),
      "required": required.isEmpty ? nil : .array(required), "anyOf": oneOf.isEmpty ? nil : .array(oneOf),
      "additionalProperties": .bool(false),
    ])
  }

  private static func text(of field: Shape.Key) -> String {
    field.defaultText.map { "\(field.doc) Default: \($0)." } ?? field.doc
  }

  /// A schema under a description of its own. Beside `$ref`, draft-07 ignores every other key.
  private func described(_ schema: SchemaJSON, _ doc: String) -> SchemaJSON {
    if schema["$ref"] != nil { return .members(["description": .string(doc), "allOf": .array([schema])]) }
    guard case .object(var members) = schema else { return schema }
    if let index = members.firstIndex(where: { $0.key == "description" }), case .string(let own) = members[index].value
    {
      members[index].value = .string(own.hasPrefix(doc) ? own : doc + " " + own)
    } else {
      members.insert(SchemaJSON.Member(key: "description", value: .string(doc)), at: 0)
    }
    return .object(members)
  }

  private func removable(_ schema: SchemaJSON) -> SchemaJSON {
    isPartial ? .members(["anyOf": .array([schema, .members(["type": .string("null")])])]) : schema
  }

  private mutating func kind(_ kind: Shape.Kind) -> SchemaJSON {
    let properties = kind.cases.map { choice in
      var value = schema(choice.shape)
      // `mma:` with nothing after it stands for its defaults.
      if choice.shape.acceptsEmptyMap, case .object(var members) = value,
        let index = members.firstIndex(where: { $0.key == "type" })
      {
        members[index].value = .array([.string("object"), .string("null")])
        value = .object(members)
      }
      return SchemaJSON.Member(key: choice.word, value: described(value, choice.doc))
    }
    let map: SchemaJSON = .members([
      "type": .string("object"), "properties": .object(properties), "minProperties": .integer(1),
      "maxProperties": isPartial ? nil : .integer(1), "additionalProperties": .bool(false),
    ])
    let words = kind.cases.filter { $0.shape.acceptsEmptyMap }.map { SchemaJSON.string($0.word) }
    let alternatives = words.isEmpty ? [map] : [.members(["enum": .array(words)]), map]
    return .members(["description": .string(kind.doc), "anyOf": .array(alternatives)])
  }

  private mutating func reference(_ name: String, _ next: @Sendable () -> Shape) -> SchemaJSON {
    let name = isPartial ? "partial-\(name)" : name
    if begun.insert(name).inserted {
      let index = definitions.count
      definitions.append((name, .object([])))
      let content = schema(next())
      definitions[index].schema = content
    }
    return .members(["$ref": .string("#/definitions/\(name)")])
  }
}
