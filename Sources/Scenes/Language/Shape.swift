/// What a part of a scene may look like: the description from which the schema, the reference and the merging of
/// included files follow. Every `Form` carries one.
public indirect enum Shape: Sendable {
  case quantity(Dimension, NumberRange)
  /// A number followed by a word that is no unit: `4 cells`.
  case suffixed(String, NumberRange)
  case integer(ClosedRange<Int>)
  case flag
  case text
  /// A file, relative to the scene that names it.
  case file
  case word([Word])
  case list(Shape, count: ClosedRange<Int>)
  case record(Record)
  /// A map from names chosen by the user.
  case dictionary(Shape, doc: String)
  /// A map with exactly one key, the word of a kind; or the word alone where nothing else is required.
  case kind(Kind)
  /// Alternatives told apart by what is written: scalar, list or map.
  case either([Shape])
  /// A shape used in several places, or within itself.
  case named(String, @Sendable () -> Shape)

  public struct Word: Sendable {
    public let word: String
    public let doc: String
    public init(_ word: String, _ doc: String) {
      self.word = word
      self.doc = doc
    }
  }

  /// A map with declared keys.
  public struct Record: Sendable {
    public var doc: String
    public var fields: [Key]
    /// Of these keys at least one must be there.
    public var needsOneOf: [String] = []
  }

  public struct Key: Sendable {
    public let key: String
    public let doc: String
    public let isRequired: Bool
    /// The default as a scene would write it.
    public let defaultText: String?
    public let shape: Shape
  }

  public struct Kind: Sendable {
    public var name: String
    public var doc: String
    public var cases: [Choice]
  }

  public struct Choice: Sendable {
    public let word: String
    public let doc: String
    public let shape: Shape
  }

  /// The shape behind a name.
  public var resolved: Shape {
    var shape = self
    while case .named(_, let next) = shape { shape = next() }
    return shape
  }

  /// True where an empty map would do, so that a kind's word may stand alone.
  public var acceptsEmptyMap: Bool {
    switch resolved {
    case .record(let record): return record.needsOneOf.isEmpty && record.fields.allSatisfy { !$0.isRequired }
    case .either(let shapes): return shapes.contains { $0.acceptsEmptyMap }
    default: return false
    }
  }

  /// What was expected, for an error message: "a pressure in Pa, such as `1 Pa`".
  public var expectation: String { expectation(isNested: false) }

  /// Within another, a named shape is called by its name: it may contain itself.
  func expectation(isNested: Bool) -> String {
    switch self {
    case .quantity(let dimension, let range):
      let what = dimension == .one ? "a number" : dimension.description
      let bounds = range.words.isEmpty ? "" : " \(range.words)"
      if dimension.unit.isEmpty { return what + bounds }
      return what + " in \(dimension.unit)" + bounds + ", such as `\(range.sample) \(dimension.unit)`"
    case .suffixed(let suffix, let range): return "a number of \(suffix), such as `\(range.sample) \(suffix)`"
    case .integer(let range):
      if range.upperBound < .max { return "a whole number from \(range.lowerBound) to \(range.upperBound)" }
      return range.lowerBound == .min ? "a whole number" : "a whole number of at least \(range.lowerBound)"
    case .flag: return "`true` or `false`"
    case .text: return "a text"
    case .file: return "the path of a file"
    case .word(let words): return words.count == 1 ? "the word `\(words[0].word)`" : listing(words.map(\.word))
    case .list(let item, let count):
      let each = "each \(item.expectation(isNested: true))"
      if count.lowerBound == count.upperBound { return "a list of \(count.lowerBound), \(each)" }
      if count.upperBound <= 3 { return "a list of \(count.lowerBound) or \(count.upperBound), \(each)" }
      return "a list, \(each)"
    case .record(let record):
      if record.fields.isEmpty { return "nothing more" }
      let required = record.fields.filter(\.isRequired).map(\.key)
      let keys = required.isEmpty ? record.fields.map(\.key) : required
      return "a map with \(listing(keys, conjunction: required.isEmpty ? "or" : "and"))"
    case .dictionary: return "a map from names to values"
    case .kind(let kind): return "\(kind.name.withArticle): \(listing(kind.cases.map(\.word)))"
    case .either(let shapes): return shapes.map { $0.expectation(isNested: true) }.joined(separator: "; or ")
    case .named(let name, let next): return isNested ? name.withArticle : next().expectation(isNested: false)
    }
  }
}

extension String {
  /// `a filter`, `an optimizer`.
  fileprivate var withArticle: String { ("aeiou".contains(prefix(1)) && !isEmpty ? "an " : "a ") + self }
}

/// Which numbers are allowed, in SI units.
public struct NumberRange: Sendable, Hashable {
  public var lower: Double?
  public var upper: Double?
  public var excludesLower = false
  public var excludesUpper = false

  public init(lower: Double? = nil, upper: Double? = nil, excludesLower: Bool = false, excludesUpper: Bool = false) {
    self.lower = lower
    self.upper = upper
    self.excludesLower = excludesLower
    self.excludesUpper = excludesUpper
  }

  public static let any = NumberRange()
  public static let positive = NumberRange(lower: 0, excludesLower: true)
  public static let nonNegative = NumberRange(lower: 0)
  /// From 0 to 1, both included.
  public static let fraction = NumberRange(lower: 0, upper: 1)
  public static func between(_ lower: Double, _ upper: Double) -> NumberRange {
    NumberRange(lower: lower, upper: upper)
  }
  public static func strictlyBetween(_ lower: Double, _ upper: Double) -> NumberRange {
    NumberRange(lower: lower, upper: upper, excludesLower: true, excludesUpper: true)
  }
  public static func atLeast(_ lower: Double) -> NumberRange { NumberRange(lower: lower) }

  public func contains(_ value: Double) -> Bool {
    if let lower, excludesLower ? value <= lower : value < lower { return false }
    if let upper, excludesUpper ? value >= upper : value > upper { return false }
    return true
  }

  /// "greater than 0"; empty where everything is allowed.
  public var words: String {
    if let lower, let upper, excludesLower == excludesUpper {
      return excludesLower
        ? "between \(shortest(lower)) and \(shortest(upper)), both excluded"
        : "from \(shortest(lower)) to \(shortest(upper))"
    }
    let low = lower.map { (excludesLower ? "greater than " : "at least ") + shortest($0) }
    let high = upper.map { (excludesUpper ? "less than " : "at most ") + shortest($0) }
    return [low, high].compactMap(\.self).joined(separator: " and ")
  }

  fileprivate var sample: String {
    if contains(1) { return "1" }
    return shortest(lower ?? upper ?? 1)
  }
}
