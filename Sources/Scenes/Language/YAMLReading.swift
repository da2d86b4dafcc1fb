import Yams

/// Reads YAML into `SceneNode`s with Yams, guarded so that no text traps it, makes it slow or makes it large.
///
/// Two characters of the text are exchanged for private-use ones before Yams sees it and back afterwards:
/// - `*`, so that Yams meets no alias: it would expand them before anything could count, and eight lines of YAML
///   expand to billions of nodes. Aliases are resolved here, with a budget.
/// - the first letter of a key that appears twice in a map, because Yams stops at the first of them. The text is read
///   again with that key disguised, so that every duplicate is reported, with both of its lines.
struct YAMLReading {
  /// Nodes of one file after its aliases are expanded.
  static let mostNodes = 100_000
  static let deepestNesting = 64
  /// Each duplicate costs one more reading of the file, so that large files are read again less often.
  private static func mostDuplicates(in scalars: [Unicode.Scalar]) -> Int {
    max(1, min(20, 2_000_000 / max(1, scalars.count)))
  }

  private static let starSubstitute: Unicode.Scalar = "\u{E02A}"
  private static let disguises: ClosedRange<UInt32> = 0xE100...0xE1FF

  private let source: String
  private var diagnostics: [SceneDiagnostic] = []
  private var anchors: [String: SceneNode] = [:]
  private var disguisedLetters: [Unicode.Scalar] = []
  private var nodeCount = 0
  private var stopped = false

  /// The root of a file, a map, with the mistakes that leave the rest of it readable. Throws where nothing is.
  static func root(of text: SceneText) throws(SceneErrors) -> (node: SceneNode, mistakes: [SceneDiagnostic]) {
    let (node, mistakes) = try read(text.text, source: text.source)
    let start = SourceMark(source: text.source, line: 1, column: 1)
    guard let node else {
      throw SceneErrors([
        SceneDiagnostic(mark: start, problem: "the file is empty", expected: "a scene, as in `title: MBB beam`")
      ])
    }
    if case .map = node.content { return (node, mistakes) }
    throw SceneErrors(
      mistakes + [
        SceneDiagnostic(
          mark: node.mark, problem: "this is not a scene", found: node.found,
          expected: "a map of keys with values, as in `title: MBB beam`")
      ])
  }

  /// Any YAML value, nil for an empty text, with the mistakes that leave the rest of it readable.
  static func read(_ text: String, source: String) throws(SceneErrors) -> (
    node: SceneNode?, mistakes: [SceneDiagnostic]
  ) {
    var reading = YAMLReading(source: source)
    let result = reading.node(of: text)
    guard !reading.stopped else { throw SceneErrors(reading.diagnostics) }
    return (result, reading.diagnostics)
  }

  private init(source: String) { self.source = source }

  private mutating func report(
    _ mark: SourceMark, _ problem: String, found: String? = nil, expected: String? = nil, remedy: String? = nil
  ) {
    diagnostics.append(
      SceneDiagnostic(mark: mark, problem: problem, found: found, expected: expected, remedy: remedy))
  }

  private func mark(_ mark: Yams.Mark?) -> SourceMark {
    SourceMark(source: source, line: max(1, mark?.line ?? 1), column: max(1, mark?.column ?? 1))
  }

  private mutating func node(of text: String) -> SceneNode? {
    var scalars = Array(text.unicodeScalars)
    for (index, scalar) in scalars.enumerated() {
      if scalar == "*" { scalars[index] = Self.starSubstitute }
      if scalar == Self.starSubstitute || Self.disguises.contains(scalar.value) {
        let before = scalars[..<index]
        let lineStart = before.lastIndex(of: "\n").map { $0 + 1 } ?? 0
        report(
          SourceMark(source: source, line: before.count { $0 == "\n" } + 1, column: index - lineStart + 1),
          "the private-use character U+\(String(scalar.value, radix: 16, uppercase: true)) has no meaning here",
          remedy: "remove it")
        stopped = true
        return nil
      }
    }
    if let place = deepFlow(in: scalars) {
      reportDepth(at: place)
      return nil
    }
    while true {
      do {
        let parser = try Parser(yaml: String(String.UnicodeScalarView(scalars)), resolver: .basic, encoding: .utf8)
        guard let root = try parser.nextRoot() else { return nil }
        if let second = try parser.nextRoot() {
          report(
            mark(second.mark), "a second document starts here", expected: "one scene in a file",
            remedy: "remove the `---` line or split the file")
        }
        return converted(root, depth: 0)
      } catch let error as YamlError {
        if case .duplicatedKeysInMapping(let keys, let context) = error, let key = keys.first,
          disguisedLetters.count < Self.mostDuplicates(in: scalars), disguise(key, at: context.mark, in: &scalars)
        {
          continue
        }
        report(error)
      } catch {
        report(mark(nil), "the file is not readable as YAML")
      }
      stopped = true
      return nil
    }
  }

  private mutating func reportDepth(at place: SourceMark) {
    stopped = true
    report(place, "lists and maps are nested more than \(Self.deepestNesting) deep", remedy: "flatten them")
  }
}

// MARK: - Before Yams

extension YAMLReading {
  /// Where brackets open deeper than allowed, as far as a look at brackets, quotes and comments can tell. What escapes
  /// this look meets libyaml's own limit of 1,000 levels and then the limit on converted nodes.
  private func deepFlow(in scalars: [Unicode.Scalar]) -> SourceMark? {
    var (depth, line, column) = (0, 1, 0)
    var quote: Unicode.Scalar?
    var previous: Unicode.Scalar = "\n"
    var inComment = false
    for scalar in scalars {
      column += 1
      defer { previous = scalar }
      if scalar == "\n" {
        (line, column, inComment) = (line + 1, 0, false)
        continue
      }
      if inComment { continue }
      if let open = quote {
        if scalar == open, !(open == "\"" && previous == "\\") { quote = nil }
        continue
      }
      let followsSpace = previous == " " || previous == "\n" || previous == "\t"
      let startsToken = followsSpace || previous == "[" || previous == "{" || previous == ","
      switch scalar {
      case "#" where followsSpace: inComment = true
      case "\"" where startsToken, "'" where startsToken: quote = scalar
      case "[", "{":
        depth += 1
        if depth > Self.deepestNesting { return SourceMark(source: source, line: line, column: column) }
      case "]", "}": depth = max(0, depth - 1)
      default: break
      }
    }
    return nil
  }

  /// Exchanges the first letter of the key at a mark, so that Yams takes it for another key.
  private mutating func disguise(_ key: String, at place: Yams.Mark, in scalars: inout [Unicode.Scalar]) -> Bool {
    var line = 1
    var index = 0
    while line < place.line, index < scalars.count {
      if scalars[index] == "\n" { line += 1 }
      index += 1
    }
    index += place.column - 1
    let wanted = Array(key.unicodeScalars)
    guard let first = wanted.first,
      let code = Unicode.Scalar(Self.disguises.lowerBound + UInt32(disguisedLetters.count))
    else { return false }
    // The key may be quoted or carry an anchor: look for its first letter in the next few characters.
    let end = min(scalars.count, index + 80)
    guard index >= 0, index < end, let found = (index..<end).first(where: { scalars[$0...].starts(with: wanted) })
    else { return false }
    disguisedLetters.append(first)
    scalars[found] = code
    return true
  }
}

// MARK: - After Yams

extension YAMLReading {
  private func restored(_ text: String) -> String {
    guard text.unicodeScalars.contains(where: { (0xE000...0xF8FF).contains($0.value) }) else { return text }
    var view = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      if scalar == Self.starSubstitute {
        view.append("*")
      } else if Self.disguises.contains(scalar.value) {
        let index = Int(scalar.value - Self.disguises.lowerBound)
        view.append(index < disguisedLetters.count ? disguisedLetters[index] : scalar)
      } else {
        view.append(scalar)
      }
    }
    return String(view)
  }

  private mutating func spend(_ count: Int, at place: SourceMark) -> Bool {
    nodeCount += count
    guard nodeCount > Self.mostNodes else { return true }
    if !stopped {
      stopped = true
      report(
        place, "the scene grows beyond \(Self.mostNodes) values, aliases expanded",
        remedy: "put large data in a file of its own")
    }
    return false
  }

  private mutating func converted(_ node: Yams.Node, depth: Int) -> SceneNode? {
    let place = mark(node.mark)
    guard !stopped, spend(1, at: place) else { return nil }
    guard depth <= Self.deepestNesting else {
      reportDepth(at: place)
      return nil
    }
    var result: SceneNode?
    var anchor: String?
    switch node {
    case .scalar(let scalar):
      checkTag(scalar.tag, at: place)
      anchor = scalar.anchor.map { "\($0.rawValue)" }
      result = self.scalar(scalar, at: place)
    case .sequence(let sequence):
      checkTag(sequence.tag, at: place)
      anchor = sequence.anchor.map { "\($0.rawValue)" }
      var items: [SceneNode] = []
      for item in sequence {
        if let item = converted(item, depth: depth + 1) { items.append(item) }
      }
      result = SceneNode(.list(items), at: place)
    case .mapping(let mapping):
      checkTag(mapping.tag, at: place)
      anchor = mapping.anchor.map { "\($0.rawValue)" }
      result = SceneNode(.map(entries(of: mapping, depth: depth)), at: place)
    case .alias:
      report(place, "an alias that cannot be read", remedy: "write the value out")
    }
    if let anchor, let result { anchors[anchor] = result }
    return result
  }

  private mutating func scalar(_ scalar: Yams.Node.Scalar, at place: SourceMark) -> SceneNode? {
    let text = restored(scalar.string)
    guard scalar.style == .plain else { return SceneNode(.scalar(text, quoted: true), at: place) }
    if scalar.string.unicodeScalars.first == Self.starSubstitute {
      let name = String(text.dropFirst())
      guard !name.isEmpty, name.allSatisfy({ $0.isLetter || $0.isNumber || $0 == "-" || $0 == "_" || $0 == "." }) else {
        report(
          place, "`\(abbreviated(text))` starts with `*`, which stands for an alias", remedy: "put the text in quotes")
        return nil
      }
      guard let target = anchors[name] else {
        let near = nearestSpelling(of: name, among: anchors.keys.sorted()).map { "did you mean `*\($0)`?" }
        report(
          place, "the alias `*\(abbreviated(name))` has no anchor before it",
          remedy: near ?? "mark the value with `&\(abbreviated(name))`")
        return nil
      }
      return spend(size(of: target), at: place) ? target : nil
    }
    if text.isEmpty { return SceneNode(.nothing(written: false), at: place) }
    if ["~", "null", "Null", "NULL"].contains(text) { return SceneNode(.nothing(written: true), at: place) }
    return SceneNode(.scalar(text, quoted: false), at: place)
  }

  private func size(of node: SceneNode) -> Int {
    switch node.content {
    case .nothing, .scalar: return 1
    case .list(let items): return items.reduce(1) { $0 + size(of: $1) }
    case .map(let entries): return entries.reduce(1) { $0 + 1 + size(of: $1.value) }
    }
  }

  private mutating func entries(of mapping: Yams.Node.Mapping, depth: Int) -> [SceneNode.Entry] {
    var entries: [SceneNode.Entry] = []
    var firstPlaces: [String: SourceMark] = [:]
    for (keyNode, valueNode) in mapping {
      let place = mark(keyNode.mark)
      guard case .scalar(let scalar) = keyNode else {
        report(
          place, "a key is a list or a map", expected: "a word",
          remedy: "`?` and brackets before `:` have no meaning here")
        continue
      }
      checkTag(scalar.tag, at: place)
      let key = restored(scalar.string)
      let isPlain = scalar.style == .plain
      if isPlain, scalar.string.unicodeScalars.first == Self.starSubstitute {
        report(place, "the alias `\(abbreviated(key))` is used as a key", expected: "a word")
        continue
      }
      if isPlain, key == "<<" {
        report(
          place, "merge keys `<<` are not accepted",
          remedy: "use `include:` or `defaults:`, which merge maps at every level and keep error messages exact")
        continue
      }
      if key.isEmpty || isPlain && ["~", "null", "Null", "NULL"].contains(key) {
        report(place, "a key is empty", expected: "a word before `:`")
        continue
      }
      if let first = firstPlaces[key] {
        let lines =
          first.line == place.line
          ? "both in line \(first.line)" : "first in line \(first.line), again in line \(place.line)"
        report(place, "the key `\(abbreviated(key))` appears twice in this map: \(lines)", remedy: "keep one of them")
        continue
      }
      firstPlaces[key] = place
      guard let value = converted(valueNode, depth: depth + 1) else { continue }
      entries.append(SceneNode.Entry(key: key, keyMark: place, value: value))
    }
    return entries
  }

  private mutating func checkTag(_ tag: Tag, at place: SourceMark) {
    let name = "\(tag)"
    guard !["", "tag:yaml.org,2002:str", "!"].contains(name) else { return }
    if name.hasPrefix("tag:yaml.org,2002:") || name.hasPrefix("!") {
      report(place, "the tag `\(abbreviated(restored(name)))` has no meaning here", remedy: "remove it")
    }
  }

  private mutating func report(_ error: YamlError) {
    switch error {
    case .scanner(let context, let problem, let place, _), .parser(let context, let problem, let place, _),
      .composer(let context, let problem, let place, _):
      if problem.hasPrefix("Maximum nesting") {
        reportDepth(at: mark(place))
        return
      }
      let setting = context.map { ", \($0.text) that starts in line \($0.mark.line)" } ?? ""
      report(mark(place), "not valid YAML: \(problem)\(setting)", remedy: Self.remedy(for: problem))
    case .reader(let problem, _, _, _): report(mark(nil), "not readable as YAML: \(problem)")
    case .duplicatedKeysInMapping(let keys, let context):
      report(
        mark(context.mark),
        "the key \(listing(keys.map { abbreviated(restored($0)) }, conjunction: "and")) appears twice in this map",
        remedy: "keep one of them")
    default: report(mark(nil), "not readable as YAML")
    }
  }

  private static func remedy(for problem: String) -> String? {
    if problem.contains("mapping values are not allowed") {
      return "put a text that holds `: ` in quotes, or check the indentation"
    }
    if problem.contains("expected ',' or") { return "a bracket or a comma is missing" }
    if problem.contains("did not find expected key") || problem.contains("block end") { return "check the indentation" }
    if problem.contains("cannot start any token") { return "put the text in quotes; indent with spaces" }
    if problem.contains("end of stream") { return "a quote or a bracket is not closed" }
    return nil
  }
}
