/// The reference of scene files as one Markdown page, generated from the declarations that decode them.
public enum SceneReference {
  /// The text of `Documentation/SceneReference.md`.
  public static var text: String {
    var writer = ReferenceWriter()
    return writer.page(Scene.form.shape)
  }
}

/// Walks a shape; one section for each map, each kind and each named shape.
private struct ReferenceWriter {
  private var lines: [String] = []
  private var begun: Set<String> = []
  /// Named shapes met on the way, each written once, after the section that first uses it.
  private var waiting: [(name: String, shape: Shape)] = []

  mutating func page(_ root: Shape) -> String {
    lines = [
      "# Scene reference", "",
      "Every key of a scene file, generated from the declarations that read it (`backsolve schema --reference`).",
      "A quantity is a number in SI units, or a number with a unit, such as `210 GPa`. Where a kind is asked for, a",
      "scene writes its word, or a map from the word to its options.", "",
      "`\(SceneSources.includeKey)` names files that a scene builds on, and `\(SceneSources.defaultsKey)` holds what is"
        + " true where no file says otherwise.",
      "",
    ]
    section("scene", root.resolved, path: "")
    while !waiting.isEmpty {
      let next = waiting.removeFirst()
      section(next.name, next.shape, path: next.name)
    }
    while lines.last == "" { lines.removeLast() }
    return lines.joined(separator: "\n") + "\n"
  }

  private mutating func section(_ title: String, _ shape: Shape, path: String) {
    switch shape {
    case .record(let record):
      heading(title, record.doc)
      table(record.fields.map { ($0.key, Self.meaning(of: $0), link($0.shape)) })
      for field in record.fields { inner(field.shape, path: join(path, field.key)) }
    case .kind(let kind):
      heading(title, kind.doc)
      table(kind.cases.map { ($0.word, $0.doc, Self.hasOptions($0.shape) ? link($0.shape) : "no options") })
      for choice in kind.cases where Self.hasOptions(choice.shape) {
        inner(choice.shape, path: join(path, choice.word))
      }
    default: inner(shape, path: path)
    }
  }

  /// Sections for what is inside a value.
  private mutating func inner(_ shape: Shape, path: String) {
    switch shape {
    case .record(let record): if !record.fields.isEmpty { section(path, shape, path: path) }
    case .kind: section(path, shape, path: path)
    case .list(let item, _): inner(item, path: path)
    case .dictionary(let value, _): inner(value, path: join(path, "NAME"))
    case .either(let shapes): for each in shapes { inner(each, path: path) }
    case .named(let name, let next):
      if begun.insert(name).inserted { waiting.append((name, next().resolved)) }
    default: break
    }
  }

  private mutating func heading(_ title: String, _ doc: String) {
    lines += ["## \(title)", "", doc, ""]
  }

  private mutating func table(_ rows: [(key: String, meaning: String, value: String)]) {
    lines += ["| | | value |", "|---|---|---|"]
    lines += rows.map { "| `\($0.key)` | \(Self.cell($0.meaning)) | \(Self.cell($0.value)) |" }
    lines.append("")
  }

  /// What may be written; a named shape is a link to its section.
  private func link(_ shape: Shape) -> String {
    switch shape {
    case .named(let name, let next):
      if case .record = next() { return Self.anchor(name) }
      if case .kind = next() { return Self.anchor(name) }
      return shape.expectation(isNested: false)
    case .list(let item, let count):
      guard case .named(let name, _) = item else { return shape.expectation(isNested: false) }
      return count.lowerBound == count.upperBound
        ? "a list of \(count.lowerBound), each \(Self.anchor(name))" : "a list, each \(Self.anchor(name))"
    default: return shape.expectation(isNested: false)
    }
  }

  private static func anchor(_ name: String) -> String { "[\(name)](#\(name.replacing(" ", with: "-")))" }

  private static func meaning(of field: Shape.Key) -> String {
    if field.isRequired { return field.doc + " Required." }
    return field.defaultText.map { "\(field.doc) Default: `\($0)`." } ?? field.doc
  }

  private static func hasOptions(_ shape: Shape) -> Bool {
    if case .record(let record) = shape.resolved { return !record.fields.isEmpty }
    return true
  }

  private static func cell(_ text: String) -> String { text.replacing("|", with: "\\|") }

  private func join(_ path: String, _ key: String) -> String { path.isEmpty ? key : path + "." + key }
}
