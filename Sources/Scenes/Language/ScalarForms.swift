/// Forms of single values.
enum Scalars {
  /// A number in SI units, or a text with a unit of the right dimension.
  static func quantity(_ dimension: Dimension, _ range: NumberRange = .any) -> Form<Double> {
    let shape = Shape.quantity(dimension, range)
    return Form(shape) { node, decoding in
      guard case .scalar(let text, _) = node.content else {
        decoding.mismatch(node, expected: shape.expectation)
        return nil
      }
      return number(text, dimension, range, shape, node, &decoding)
    }
  }

  static func number(_ range: NumberRange = .any) -> Form<Double> { quantity(.one, range) }
  static let length = quantity(.length)
  static let positiveLength = quantity(.length, .positive)

  private static func number(
    _ text: String, _ dimension: Dimension, _ range: NumberRange, _ shape: Shape, _ node: SceneNode,
    _ decoding: inout Decoding
  ) -> Double? {
    let quantity: Quantity
    do {
      quantity = try Quantity.parse(text)
    } catch {
      decoding.report(
        node.mark, "\(decoding.currentSubject) is wrong: \(error.problem)", expected: shape.expectation,
        remedy: error.remedy)
      return nil
    }
    if quantity.hasUnit, quantity.dimension != dimension {
      let remedy =
        dimension == .one
        ? "write the number without a unit" : "write it in \(dimension.unit), or as a plain number in SI units"
      decoding.report(
        node.mark, "\(decoding.currentSubject) has the wrong dimension",
        found: "`\(abbreviated(text))`, which is \(quantity.dimension)", expected: shape.expectation, remedy: remedy)
      return nil
    }
    guard range.contains(quantity.value) else {
      decoding.report(
        node.mark, "\(decoding.currentSubject) is out of range", found: "`\(abbreviated(text))`",
        expected: shape.expectation)
      return nil
    }
    return quantity.value
  }

  /// A whole number, written exactly: `50` or `5e1`, not `50.5`.
  static func integer(_ range: ClosedRange<Int>) -> Form<Int> {
    let shape = Shape.integer(range)
    return Form(shape) { node, decoding in
      guard case .scalar(let text, quoted: false) = node.content else {
        decoding.mismatch(node, expected: shape.expectation, remedy: node.unquotingRemedy)
        return nil
      }
      if let exact = Int(text), !hasLeadingZero(text) {
        if range.contains(exact) { return exact }
        decoding.report(
          node.mark, "\(decoding.currentSubject) is out of range", found: "`\(abbreviated(text))`",
          expected: shape.expectation)
        return nil
      }
      guard let value = number(text, .one, .any, shape, node, &decoding) else { return nil }
      guard value == value.rounded() else {
        decoding.report(
          node.mark, "\(decoding.currentSubject) is not a whole number", found: "`\(abbreviated(text))`",
          expected: shape.expectation)
        return nil
      }
      // 2^53: beyond it a double-precision number no longer holds every whole number.
      guard abs(value) <= 9_007_199_254_740_992, range.contains(Int(value)) else {
        decoding.report(
          node.mark, "\(decoding.currentSubject) is out of range", found: "`\(abbreviated(text))`",
          expected: shape.expectation)
        return nil
      }
      return Int(value)
    }
  }

  private static func hasLeadingZero(_ text: String) -> Bool {
    let digits = text.drop { $0 == "-" || $0 == "+" }
    return digits.count > 1 && digits.first == "0"
  }

  static let flag = Form<Bool>(.flag) { node, decoding in
    switch node.content {
    case .scalar("true", quoted: false): return true
    case .scalar("false", quoted: false): return false
    default:
      decoding.mismatch(node, expected: Shape.flag.expectation, remedy: node.unquotingRemedy)
      return nil
    }
  }

  static let text = Form<String>(.text) { node, decoding in
    if case .scalar(let text, _) = node.content { return text }
    decoding.mismatch(node, expected: Shape.text.expectation)
    return nil
  }

  /// A name given by the user, such as a region's.
  static let name = Form<String>(.text) { node, decoding in
    guard case .scalar(let text, _) = node.content, !text.trimmingSpaces().isEmpty, text.unicodeScalars.count <= 100
    else {
      decoding.mismatch(node, expected: "a name of at most 100 characters")
      return nil
    }
    return text
  }

  /// A file, relative to the scene that names it.
  static let file = Form<SceneFilePath>(.file) { node, decoding in
    guard case .scalar(let text, _) = node.content, !text.isEmpty else {
      decoding.mismatch(node, expected: Shape.file.expectation)
      return nil
    }
    return SceneFilePath(written: text, mark: node.mark)
  }

  /// One of a few words.
  static func word<Value: Sendable>(_ words: [(word: String, doc: String, value: Value)]) -> Form<Value> {
    let shape = Shape.word(words.map { Shape.Word($0.word, $0.doc) })
    return Form(shape) { node, decoding in
      guard case .scalar(let text, _) = node.content else {
        decoding.mismatch(node, expected: shape.expectation)
        return nil
      }
      if let match = words.first(where: { $0.word == text }) { return match.value }
      let near = nearestSpelling(of: text, among: words.map(\.word)).map { "did you mean `\($0)`?" }
      decoding.mismatch(node, expected: shape.expectation, remedy: near)
      return nil
    }
  }
}

/// A file named in a scene.
public struct SceneFilePath: Sendable, Hashable {
  /// As the scene has it.
  public let written: String
  public let mark: SourceMark

  /// The path to open: relative paths are relative to the folder of the file that names them; those of an override are
  /// relative to the folder the command runs in.
  public var path: String {
    if written.hasPrefix("/") || mark.isOverride { return written }
    guard let slash = mark.source.lastIndex(of: "/") else { return written }
    return String(mark.source[...slash]) + written
  }
}
