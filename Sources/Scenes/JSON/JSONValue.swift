/// A JSON value. Arrays of numbers are kept as such, so that an array of a million costs a million doubles.
public enum JSONValue: Sendable, Equatable {
  case null
  case bool(Bool)
  case number(Double)
  /// Written without a fraction; what is read is a `number` always.
  case whole(Int)
  case string(String)
  /// An array whose entries are all numbers; also the empty array.
  case numbers([Double])
  /// Any other array.
  case array([JSONValue])
  /// In the order of the text.
  case object([Member])

  public struct Member: Sendable, Equatable {
    public var key: String
    public var value: JSONValue
    public init(_ key: String, _ value: JSONValue) {
      self.key = key
      self.value = value
    }
  }

  /// The member of an object; nil where there is none or this is no object.
  public subscript(key: String) -> JSONValue? {
    guard case .object(let members) = self else { return nil }
    return members.first { $0.key == key }?.value
  }

  public var text: String? { if case .string(let text) = self { text } else { nil } }
  public var number: Double? {
    switch self {
    case .number(let number): number
    case .whole(let number): Double(number)
    default: nil
    }
  }
  public var numbers: [Double]? { if case .numbers(let numbers) = self { numbers } else { nil } }

  /// A whole number that a double holds exactly.
  public var integer: Int? {
    guard let number, number == number.rounded(), abs(number) <= 0x1p53 else { return nil }
    return Int(number)
  }

  /// The entries of an array of either kind.
  public var items: [JSONValue]? {
    switch self {
    case .numbers(let numbers): numbers.map { .number($0) }
    case .array(let items): items
    default: nil
    }
  }

  public var members: [Member]? { if case .object(let members) = self { members } else { nil } }

  /// What it is, for messages.
  public var kind: String {
    switch self {
    case .null: "null"
    case .bool: "a truth value"
    case .number, .whole: "a number"
    case .string: "a text"
    case .numbers, .array: "an array"
    case .object: "an object"
    }
  }
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByFloatLiteral, ExpressibleByBooleanLiteral {
  public init(stringLiteral value: String) { self = .string(value) }
  public init(floatLiteral value: Double) { self = .number(value) }
  public init(booleanLiteral value: Bool) { self = .bool(value) }
}

extension JSONValue: ExpressibleByDictionaryLiteral {
  public init(dictionaryLiteral elements: (String, JSONValue)...) {
    self = .object(elements.map { Member($0.0, $0.1) })
  }
}

/// Why a text is not JSON, or not JSON that is taken here.
public struct JSONFault: Error, Sendable, Equatable, CustomStringConvertible {
  /// The byte at which reading ended.
  public var offset: Int
  public var problem: String
  public var description: String { "byte \(offset): \(problem)" }
}
