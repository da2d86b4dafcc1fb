import DifferentiableCore
import Scenes
import Testing

@Suite struct JSONTests {
  private func read(_ text: String, deepest: Int = 32) throws -> JSONValue {
    try JSONReader.read(Array(text.utf8), deepest: deepest)
  }

  @Test func valuesOfEveryKindAreRead() throws {
    let value = try read(
      #" {"a": [1, -2.5e3, 0], "b": [1, "x"], "c": {"d": null, "e": true}, "f": "\u00e9\n\ud83d\ude00"} "#)
    #expect(value["a"]?.numbers == [1, -2500, 0])
    #expect(value["b"] == .array([.number(1), "x"]))
    #expect(value["c"]?["d"] == .null)
    #expect(value["f"]?.text == "é\n😀")
    #expect(try read("[]") == .numbers([]))
    #expect(try read("[[1],[2,3]]") == .array([.numbers([1]), .numbers([2, 3])]))
  }

  @Test(arguments: [
    "", "{", "[1,", "[1 2]", "{\"a\":1,\"a\":2}", "NaN", "[Infinity]", "-", "01", "1.", ".5", "1e", "+1", "[1]x",
    "\"\u{1}\"",
    "\"\\ud800\"", "\"\\x\"", "1e999", "{\"a\" 1}", "tru", "{1:2}", "\"abc",
  ])
  func brokenTextsAreRefused(_ text: String) {
    #expect(throws: JSONFault.self) { try read(text) }
  }

  @Test func nestingHasALimit() throws {
    _ = try read("[[[1]]]", deepest: 3)
    #expect(throws: JSONFault.self) { try read("[[[[1]]]]", deepest: 3) }
    #expect(throws: JSONFault.self) {
      try read(String(repeating: "[", count: 1_000_000), deepest: 32)
    }
  }

  /// Against Swift's own conversion, which is correctly rounded.
  @Test func numbersAreReadToTheLastBit() throws {
    var generator = SeededGenerator(seed: 11)
    var texts = [
      "0", "-0.0", "5e-324", "2.2250738585072011e-308", "1.7976931348623157e308", "9007199254740993", "0.1", "1e23",
      "123456789012345678901234567890", "0.000000000000000000000000000001234567890123456789", "1E+2", "4.35", "1e-400",
      "8.98846567431158e307", "0.30000000000000004", "9.5367431640625e-7",
    ]
    for _ in 0..<2000 {
      let bits = UInt64.random(in: 0...UInt64.max, using: &generator)
      let value = Double(bitPattern: bits)
      if value.isFinite { texts.append("\(value)") }
      texts.append("\(Double.random(in: -1...1, using: &generator))")
    }
    let values = try read("[" + texts.joined(separator: ",") + "]").numbers
    let expected = texts.map { Double($0) ?? .nan }
    #expect(values?.map(\.bitPattern) == expected.map(\.bitPattern))
  }

  @Test func whatIsWrittenReadsBack() throws {
    let value: JSONValue = [
      "numbers": .numbers([1, 1e-300, -0.1, 1e22]), "text": "a \"quoted\" \\ line\n\u{1}é",
      "nested": ["empty": .array([])],
      "whole": .whole(3),
    ]
    let text = JSONWriter.text(value)
    let again = try read(text)
    #expect(again["numbers"] == value["numbers"])
    #expect(again["text"] == value["text"])
    #expect(again["whole"]?.integer == 3)
    #expect(text.contains("\"whole\":3}"))
  }
}
