import DifferentiableCore

/// A scene made from a good one by breaking it, or by writing it in an unusual way.
public struct SceneMutation: Sendable {
  /// What was done to which scene, for a failure's message.
  public let name: String
  public let bytes: [UInt8]
}

/// Broken and unusual scene files, the same ones for the same seed. Works on text alone, so that it fits the language,
/// the library and the command.
public enum SceneMutations {
  /// - Parameter scenes: good scenes; `SampleScenes.all` when left out.
  public static func make(count: Int, seed: UInt64, scenes: [String] = SampleScenes.all) -> [SceneMutation] {
    var generator = SeededGenerator(seed: seed)
    return (0..<count).map { index in
      let sceneIndex = index % scenes.count
      var bytes = Array(scenes[sceneIndex].utf8)
      var names: [String] = []
      // Every kind gets its turn; now and then several act on the same scene.
      for step in 0..<(generator.below(4) == 0 ? 1 + generator.below(3) : 1) {
        let kind = step == 0 ? kinds[index % kinds.count] : kinds[generator.below(kinds.count)]
        names.append(kind.name)
        bytes = kind.change(bytes, &generator)
      }
      return SceneMutation(
        name: "mutation \(index) of scene \(sceneIndex): \(names.joined(separator: ", "))", bytes: bytes)
    }
  }

  private typealias Kind = (name: String, change: @Sendable ([UInt8], inout SeededGenerator) -> [UInt8])

  private static let kinds: [Kind] = contentKinds + contentKinds + contentKinds + formKinds + encodingKinds

  // MARK: - What a scene says

  /// Texts put in the place of a value.
  private static let values: [String] = [
    "nan", ".nan", ".inf", "-.inf", "1e400", "-1e400", "1e-400", "-1", "0", "-0", "\"\"", "''", "", "~", "null", "true",
    "no", "1e308", "99999999999999999999999", "9223372036854775807", "-9223372036854775808", "0.5", "1.5", "0x10",
    "0o17",
    "017", "1_000", "1,5", "1:30", "[]", "{}", "[1, 2, 3]", "[[[]]]", "{ a: 1 }", "3 m", "3 furlong", "20 °C",
    "4 kg/m^3",
    "1 m^99", "1 (m", "1 m/", "1 m^", "3 cells", "max", "all", "simp", "word", "word with spaces",
    "\"quoted \\u2028 text\"", "!!binary aGk=", "*nowhere",
    "&anchor 3", "1e", "--1", "+", ".", "-", "2147483648", "1000000", "4294967296", "1e19",
  ]

  private static let contentKinds: [Kind] = [
    (
      "value replaced",
      { bytes, generator in
        replacing(
          valueSpans(bytes).randomElement(using: &generator), in: bytes, by: values.randomElement(using: &generator)!)
      }
    ),
    (
      "number replaced",
      { bytes, generator in
        replacing(
          numberSpans(bytes).randomElement(using: &generator), in: bytes, by: values.randomElement(using: &generator)!)
      }
    ),
    (
      "line dropped",
      { bytes, generator in
        var lines = lines(bytes)
        lines.remove(at: generator.below(lines.count))
        return joined(lines)
      }
    ),
    (
      "line repeated",
      { bytes, generator in
        var lines = lines(bytes)
        let index = generator.below(lines.count)
        lines.insert(lines[index], at: generator.below(lines.count + 1))
        return joined(lines)
      }
    ),
    (
      "key renamed",
      { bytes, generator in
        guard let span = keySpans(bytes).randomElement(using: &generator), span.count > 1 else { return bytes }
        var changed = bytes
        switch generator.below(3) {
        case 0: changed.remove(at: span.lowerBound + generator.below(span.count))
        case 1: changed.swapAt(span.lowerBound, span.lowerBound + 1)
        default: changed.insert(UInt8(ascii: "x"), at: span.upperBound)
        }
        return changed
      }
    ),
    (
      "key exchanged",
      { bytes, generator in
        let spans = keySpans(bytes)
        guard let a = spans.randomElement(using: &generator), let b = spans.randomElement(using: &generator) else {
          return bytes
        }
        return replacing(a, in: bytes, by: String(decoding: bytes[b], as: UTF8.self))
      }
    ),
    (
      "value exchanged",
      { bytes, generator in
        let spans = valueSpans(bytes)
        guard let a = spans.randomElement(using: &generator), let b = spans.randomElement(using: &generator) else {
          return bytes
        }
        return replacing(a, in: bytes, by: String(decoding: bytes[b], as: UTF8.self))
      }
    ),
    (
      "key with its value dropped",
      { bytes, generator in
        guard let key = keySpans(bytes).randomElement(using: &generator),
          let value = valueSpans(bytes).first(where: { $0.lowerBound >= key.upperBound })
        else { return bytes }
        return replacing(key.lowerBound..<value.upperBound, in: bytes, by: "")
      }
    ),
  ]

  // MARK: - How it is written

  private static let formKinds: [Kind] = [
    ("cut off", { bytes, generator in Array(bytes[..<generator.below(bytes.count)]) }),
    (
      "piece cut out",
      { bytes, generator in
        let start = generator.below(bytes.count)
        return replacing(start..<min(bytes.count, start + 1 + generator.below(40)), in: bytes, by: "")
      }
    ),
    (
      "punctuation inserted",
      { bytes, generator in
        let signs = [
          "[", "]", "{", "}", ":", ": ", ",", "- ", "? ", "&a ", "*a ", "!", "|", ">", "'", "\"", "#", " #", "%", "@",
          "`", "---\n", "...\n", "<<: ",
        ]
        let place = generator.below(bytes.count + 1)
        return replacing(place..<place, in: bytes, by: signs.randomElement(using: &generator)!)
      }
    ),
    (
      "indented",
      { bytes, generator in
        var lines = lines(bytes)
        lines[generator.below(lines.count)].insert(contentsOf: [32, 32, 32], at: 0)
        return joined(lines)
      }
    ),
    (
      "indented by a tab",
      { bytes, generator in
        var lines = lines(bytes)
        lines[generator.below(lines.count)].insert(9, at: 0)
        return joined(lines)
      }
    ),
    (
      "billion laughs",
      { bytes, _ in
        var text = "l0: &l0 [ha, ha, ha, ha, ha, ha, ha, ha, ha, ha]\n"
        for level in 1...12 {
          text +=
            "l\(level): &l\(level) [" + Array(repeating: "*l\(level - 1)", count: 10).joined(separator: ", ") + "]\n"
        }
        return Array(text.utf8) + bytes
      }
    ),
    (
      "billion laughs as keys",
      { bytes, _ in
        var text = "l0: &l0 [ha, ha]\n"
        for level in 1...30 { text += "l\(level): &l\(level) [*l\(level - 1), *l\(level - 1)]\n" }
        return Array((text + "? *l30\n: 1\n? [*l30]\n: 2\nlast: {*l30, [*l29]: 3}\n").utf8) + bytes
      }
    ),
    ("alias to itself", { bytes, _ in Array("loop: &loop [*loop, { a: *loop }]\n".utf8) + bytes }),
    (
      "anchors and aliases",
      { bytes, generator in
        guard let span = valueSpans(bytes).randomElement(using: &generator) else { return bytes }
        let value = String(decoding: bytes[span], as: UTF8.self)
        return Array("shared: &shared \(value)\n".utf8) + replacing(span, in: bytes, by: "*shared")
      }
    ),
    (
      "nested deeply",
      { bytes, generator in
        let depth = 50 + generator.below(2000)
        let signs = [("[", "]"), ("{a: ", "}"), ("- ", ""), ("'[", "")].randomElement(using: &generator)!
        let deep = String(repeating: signs.0, count: depth) + String(repeating: signs.1, count: depth)
        return replacing(valueSpans(bytes).randomElement(using: &generator), in: bytes, by: deep)
      }
    ),
    (
      "quote before nesting",
      { bytes, _ in
        Array(("- |\n '\n- " + String(repeating: "[", count: 5000)).utf8) + bytes
      }
    ),
    (
      "indented deeply",
      { bytes, generator in
        let depth = 50 + generator.below(200)
        let text = (0..<depth).map { String(repeating: " ", count: $0) + "a:\n" }.joined()
        return bytes + Array(text.utf8)
      }
    ),
    (
      "merge key",
      { bytes, generator in
        guard let span = keySpans(bytes).randomElement(using: &generator) else { return bytes }
        return replacing(span, in: bytes, by: "<<")
      }
    ),
    ("second document", { bytes, _ in bytes + Array("\n---\n".utf8) + bytes }),
    (
      "long scalar",
      { bytes, generator in
        let text = String(repeating: ["9", "x", "1e", "é"].randomElement(using: &generator)!, count: 5000)
        return replacing(valueSpans(bytes).randomElement(using: &generator), in: bytes, by: text)
      }
    ),
    (
      "long list",
      { bytes, generator in
        let text = "[" + Array(repeating: "[1, 2]", count: 1000).joined(separator: ", ") + "]"
        return replacing(valueSpans(bytes).randomElement(using: &generator), in: bytes, by: text)
      }
    ),
    (
      "another root",
      { _, generator in
        Array(
          [
            "", "\n\n", "# nothing\n", "- 1\n- 2\n", "word", "3", "~", "[]", "{}", "--- \n...\n", "%YAML 1.2\n---\n{}",
            "%TAG ! x\n", "a: b: c", "? a", ": a",
          ].randomElement(using: &generator)!.utf8)
      }
    ),
    (
      "included",
      { bytes, generator in
        let names = [
          "missing.yaml", "[a.yaml, 3]", "{}", "/dev/zero", "/dev/null", "/", "", "~", "\"\\0\"", ".", "/proc/self/mem",
        ]
        return Array("include: \(names.randomElement(using: &generator)!)\n".utf8) + bytes
      }
    ),
    (
      "defaults",
      { bytes, generator in
        let texts = [
          "3", "[]", "{}", "{ optimizer: { mma: {}, adam: {} } }", "{ domain: ~ }", "{ title: { a: 1 } }", "*a",
        ]
        return Array("defaults: \(texts.randomElement(using: &generator)!)\n".utf8) + bytes
      }
    ),
  ]

  // MARK: - How it is encoded

  private static let encodingKinds: [Kind] = [
    (
      "byte exchanged",
      { bytes, generator in
        var changed = bytes
        changed[generator.below(bytes.count)] = UInt8(generator.below(256))
        return changed
      }
    ),
    (
      "NUL inserted",
      { bytes, generator in
        var changed = bytes
        changed.insert(0, at: generator.below(bytes.count + 1))
        return changed
      }
    ),
    (
      "invalid UTF-8 inserted",
      { bytes, generator in
        let pieces: [[UInt8]] = [
          [0xFF], [0xC0, 0xAF], [0xED, 0xA0, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xE2, 0x82], [0x80],
        ]
        var changed = bytes
        changed.insert(contentsOf: pieces.randomElement(using: &generator)!, at: generator.below(bytes.count + 1))
        return changed
      }
    ),
    ("byte-order mark", { bytes, _ in [0xEF, 0xBB, 0xBF] + bytes }),
    ("two byte-order marks", { bytes, _ in [0xEF, 0xBB, 0xBF, 0xEF, 0xBB, 0xBF] + bytes }),
    ("UTF-16", { bytes, _ in [0xFF, 0xFE] + bytes.flatMap { [$0, 0] } }),
    ("CRLF", { bytes, _ in bytes.flatMap { $0 == 10 ? [13, 10] : [$0] } }),
    ("CR", { bytes, _ in bytes.map { $0 == 10 ? 13 : $0 } }),
    (
      "odd character inserted",
      { bytes, generator in
        let characters = [
          "\u{2028}", "\u{85}", "\u{A0}", "\u{E02A}", "\u{E100}", "\u{10FFFF}", "\u{202E}", "🦋", "e\u{301}", "\u{7F}",
          "\u{1B}[31m", "\u{FEFF}",
        ]
        let text = String(decoding: bytes, as: UTF8.self)
        let place = text.index(text.startIndex, offsetBy: generator.below(text.count + 1))
        return Array((text[..<place] + characters.randomElement(using: &generator)! + text[place...]).utf8)
      }
    ),
  ]

  // MARK: - Parts of the text

  private static func lines(_ bytes: [UInt8]) -> [[UInt8]] {
    bytes.split(separator: 10, omittingEmptySubsequences: false).map(Array.init)
  }

  private static func joined(_ lines: [[UInt8]]) -> [UInt8] { Array(lines.joined(separator: [10])) }

  private static func replacing(_ span: Range<Int>?, in bytes: [UInt8], by text: String) -> [UInt8] {
    guard let span else { return bytes }
    var changed = bytes
    changed.replaceSubrange(span, with: Array(text.utf8))
    return changed
  }

  /// Words before a colon.
  private static func keySpans(_ bytes: [UInt8]) -> [Range<Int>] {
    bytes.indices.compactMap { colon in
      guard bytes[colon] == UInt8(ascii: ":"), colon + 1 < bytes.count, bytes[colon + 1] == 32 || bytes[colon + 1] == 10
      else { return nil }
      var start = colon
      while start > 0, isWord(bytes[start - 1]) { start -= 1 }
      return start < colon ? start..<colon : nil
    }
  }

  /// Scalars: what stands between a colon, a bracket or a comma and the next of them.
  private static func valueSpans(_ bytes: [UInt8]) -> [Range<Int>] {
    let ends = Set(",[]{}\n#".utf8)
    var spans: [Range<Int>] = []
    var start = 0
    for index in bytes.indices {
      if ends.contains(bytes[index]) {
        while start < index, bytes[start] == 32 { start += 1 }
        var end = index
        while end > start, bytes[end - 1] == 32 { end -= 1 }
        if start < end { spans.append(start..<end) }
        start = index + 1
      } else if bytes[index] == UInt8(ascii: ":"), index + 1 < bytes.count, bytes[index + 1] == 32 {
        start = index + 1
      }
    }
    return spans
  }

  private static func numberSpans(_ bytes: [UInt8]) -> [Range<Int>] {
    var spans: [Range<Int>] = []
    var index = 0
    while index < bytes.count {
      guard (48...57).contains(bytes[index]), index == 0 || !isWord(bytes[index - 1]) else {
        index += 1
        continue
      }
      let start = index
      while index < bytes.count, (48...57).contains(bytes[index]) || bytes[index] == UInt8(ascii: ".") { index += 1 }
      spans.append(start..<index)
    }
    return spans
  }

  private static func isWord(_ byte: UInt8) -> Bool {
    (97...122).contains(byte) || (65...90).contains(byte) || (48...57).contains(byte) || byte == UInt8(ascii: "-")
  }
}

extension SeededGenerator {
  /// A whole number from 0 to `count` - 1; 0 for an empty range.
  fileprivate mutating func below(_ count: Int) -> Int { count > 0 ? Int(next() % UInt64(count)) : 0 }
}
