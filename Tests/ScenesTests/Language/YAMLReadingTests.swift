import Testing

@testable import Scenes

struct YAMLReadingTests {
  private func read(_ text: String) throws -> (node: SceneNode, mistakes: [SceneDiagnostic]) {
    try YAMLReading.root(of: SceneText(bytes: Array(text.utf8), source: "s.yaml"))
  }

  private func message(_ bytes: [UInt8]) -> String {
    do {
      return try YAMLReading.root(of: SceneText(bytes: bytes, source: "s.yaml")).mistakes.map(\.description)
        .joined(separator: "\n")
    } catch { return "\(error)" }
  }

  private func message(_ text: String) -> String { message(Array(text.utf8)) }

  @Test func placesAreKeptForKeysAndValues() throws {
    let (root, mistakes) = try read("a: 1\nb:\n  - x\n  - { c: \"é ü\", d: 2 }\n")
    #expect(mistakes == [])
    let item = try #require(root["b"].flatMap { if case .list(let items) = $0.content { items.last } else { nil } })
    #expect(item.mark == SourceMark(source: "s.yaml", line: 4, column: 5))
    #expect(item["d"]?.mark == SourceMark(source: "s.yaml", line: 4, column: 20))
    #expect(item["c"]?.content == .scalar("é ü", quoted: true))
  }

  @Test func stillReadsWhatOtherProgramsWrite() throws {
    let unix = try read("a: 1\nb: [x, y]\n").node
    #expect(try read("\u{FEFF}a: 1\r\nb: [x, y]\r\n").node == unix)
    #expect(try read("a: 1\rb: [x, y]\r").node == unix)
    #expect(
      try read("---\na: 1\nb: [x, y]\n...\n").node["b"]?.content
        == unix["b"].map { _ in
          .list([
            SceneNode(.scalar("x", quoted: false), at: SourceMark(source: "s.yaml", line: 3, column: 5)),
            SceneNode(.scalar("y", quoted: false), at: SourceMark(source: "s.yaml", line: 3, column: 8)),
          ])
        })
  }

  @Test func aliasesStandForTheirAnchors() throws {
    let (root, mistakes) = try read("a: &p [1, 2]\nb: *p\nc: 2 * 3\nd: '*p'\n")
    #expect(mistakes == [] && root["b"] == root["a"])
    #expect(root["c"]?.content == .scalar("2 * 3", quoted: false) && root["d"]?.content == .scalar("*p", quoted: true))
  }

  @Test func everyDuplicateIsReportedWithBothLines() {
    let text = message("a: 1\nb: { c: 1, c: 2 }\na: 2\n\"a\": 3\n")
    #expect(
      text == """
        s.yaml:2:12: error: the key `c` appears twice in this map: both in line 2; keep one of them
        s.yaml:3:1: error: the key `a` appears twice in this map: first in line 1, again in line 3; keep one of them
        s.yaml:4:1: error: the key `a` appears twice in this map: first in line 1, again in line 4; keep one of them
        """)
  }

  @Test(arguments: [
    ("", "s.yaml:1:1: error: the file is empty"), ("# nothing\n", "the file is empty"), ("- 1\n", "found a list of 1"),
    ("word", "found `word`"),
    ("a: 1\n---\nb: 2\n", "s.yaml:3:1: error: a second document starts here"),
    ("a: b: c\n", "s.yaml:1:5: error: not valid YAML"),
    ("a: [1, 2\n", "a bracket or a comma is missing"), ("a: \"x\n", "not valid YAML"),
    ("a:\n\tb: 1\n", "s.yaml:2:1: error: a tab indents this line"),
    ("<<: { a: 1 }\n", "merge keys"), ("? [a, b]\n: 1\n", "a key is a list or a map"), ("\"\": 1\n", "a key is empty"),
    ("~: 1\n", "a key is empty"),
    ("a: *b\n", "the alias `*b` has no anchor before it"), ("abc: &abc 1\nd: *abd\n", "did you mean `*abc`?"),
    ("a: * b\n", "put the text in quotes"),
    ("a: &a 1\n*a : 2\n", "used as a key"), ("a: !!binary aGk=\n", "has no meaning here"),
    ("a: \u{E02A}\n", "private-use character U+E02A"),
    ("a: x\u{0}y\n", "s.yaml:1:5: error: the file holds a NUL byte"), ("a: \u{1B}[31m\n", "control character 0x1B"),
    ("%YAML 9.9\n---\na: 1\n", "not valid YAML"),
  ])
  func mistakesOfFormAreErrorsInWords(_ text: String, _ words: String) {
    #expect(message(text).contains(words), "\(message(text))")
  }

  @Test(arguments: [
    ([UInt8(ascii: "a"), 58, 32, 0xC3], "s.yaml:1:4: error: byte 0xC3 is not UTF-8"), ([0xFF, 0xFE, 97, 0], "UTF-16"),
    ([97, 58, 32, 0xED, 0xA0, 0x80], "not UTF-8"),
  ])
  func otherEncodingsAreNamed(_ bytes: [UInt8], _ words: String) {
    #expect(message(bytes).contains(words))
  }

  @Test func nothingGrowsOrNestsWithoutLimit() {
    var laughs = "l0: &l0 [ha, ha]\n"
    for level in 1...40 { laughs += "l\(level): &l\(level) [*l\(level - 1), *l\(level - 1)]\n" }
    #expect(message(laughs).contains("grows beyond 100000 values"))
    #expect(message(laughs + "? *l40\n: 1\nlast: {[*l40]: 2}\n").contains("grows beyond 100000 values"))
    #expect(message("a: " + String(repeating: "[", count: 3000)).contains("nested more than 64 deep"))
    #expect(message("- " + String(repeating: "- ", count: 900) + "x").contains("nested more than 64 deep"))
    #expect(message("- |\n '\n- " + String(repeating: "[", count: 3000)).contains("nested more than 64 deep"))
    #expect(
      message([UInt8](repeating: 32, count: SceneText.largestFile + 1)).contains(
        "more than the 1048576 a scene may have"))
  }
}
