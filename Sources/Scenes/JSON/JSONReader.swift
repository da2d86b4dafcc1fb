/// Reads JSON (RFC 8259) strictly: no repeated keys, no numbers that doubles cannot hold, no deeper than a limit.
public struct JSONReader {
  private let bytes: UnsafeBufferPointer<UInt8>
  private let deepest: Int
  private var at = 0

  /// - Parameters:
  ///   - bytes: UTF-8.
  ///   - deepest: how many arrays and objects may lie in each other.
  public static func read(_ bytes: some Collection<UInt8>, deepest: Int = 32) throws(JSONFault) -> JSONValue {
    func read(_ buffer: UnsafeBufferPointer<UInt8>) throws(JSONFault) -> JSONValue {
      var reader = JSONReader(buffer, deepest)
      return try reader.document()
    }
    let direct: Result<JSONValue, JSONFault>? = bytes.withContiguousStorageIfAvailable { buffer in
      do throws(JSONFault) { return .success(try read(buffer)) } catch { return .failure(error) }
    }
    if let direct { return try direct.get() }
    return try Self.read(Array(bytes), deepest: deepest)
  }

  private init(_ bytes: UnsafeBufferPointer<UInt8>, _ deepest: Int) {
    self.bytes = bytes
    self.deepest = deepest
  }

  private mutating func document() throws(JSONFault) -> JSONValue {
    let value = try value(depth: 0)
    skipSpace()
    if at < bytes.count { throw fault("there is more after the end of the document") }
    return value
  }

  private func fault(_ problem: String) -> JSONFault { JSONFault(offset: at, problem: problem) }

  private mutating func skipSpace() {
    while at < bytes.count, bytes[at] == 32 || (bytes[at] >= 9 && bytes[at] <= 13 && bytes[at] != 11 && bytes[at] != 12)
    {
      at += 1
    }
  }

  /// The byte that comes next after space; zero at the end.
  private mutating func next() -> UInt8 {
    skipSpace()
    return at < bytes.count ? bytes[at] : 0
  }

  private mutating func value(depth: Int) throws(JSONFault) -> JSONValue {
    switch next() {
    case UInt8(ascii: "{"): return try object(depth: depth + 1)
    case UInt8(ascii: "["): return try array(depth: depth + 1)
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"): return try word("true", .bool(true))
    case UInt8(ascii: "f"): return try word("false", .bool(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return .number(try number())
    case 0: throw fault("the document ends early")
    default: throw fault("found no value here; NaN and Infinity are not JSON")
    }
  }

  private mutating func word(_ word: String, _ value: JSONValue) throws(JSONFault) -> JSONValue {
    for byte in word.utf8 {
      guard at < bytes.count, bytes[at] == byte else { throw fault("expected `\(word)`") }
      at += 1
    }
    return value
  }

  private mutating func enter(_ depth: Int) throws(JSONFault) {
    if depth > deepest { throw fault("arrays and objects lie in each other more than \(deepest) deep") }
    at += 1
  }

  private mutating func object(depth: Int) throws(JSONFault) -> JSONValue {
    try enter(depth)
    var members: [JSONValue.Member] = []
    var keys = Set<String>()
    if next() == UInt8(ascii: "}") {
      at += 1
      return .object(members)
    }
    while true {
      guard next() == UInt8(ascii: "\"") else { throw fault("expected a key in quotes") }
      let start = at
      let key = try string()
      if !keys.insert(key).inserted {
        at = start
        throw fault("the key \"\(key.prefix(100))\" comes twice")
      }
      guard next() == UInt8(ascii: ":") else { throw fault("expected `:`") }
      at += 1
      members.append(.init(key, try value(depth: depth)))
      switch next() {
      case UInt8(ascii: ","): at += 1
      case UInt8(ascii: "}"):
        at += 1
        return .object(members)
      default: throw fault("expected `,` or `}`")
      }
    }
  }

  private mutating func array(depth: Int) throws(JSONFault) -> JSONValue {
    try enter(depth)
    if next() == UInt8(ascii: "]") {
      at += 1
      return .numbers([])
    }
    var numbers: [Double] = []
    var items: [JSONValue]?
    while true {
      let first = next()
      let isNumber = first == UInt8(ascii: "-") || (first >= UInt8(ascii: "0") && first <= UInt8(ascii: "9"))
      if items == nil, isNumber {
        numbers.append(try number())
      } else {
        if items == nil {
          items = numbers.map { .number($0) }
          numbers = []
        }
        items?.append(try value(depth: depth))
      }
      switch next() {
      case UInt8(ascii: ","): at += 1
      case UInt8(ascii: "]"):
        at += 1
        return items.map { .array($0) } ?? .numbers(numbers)
      default: throw fault("expected `,` or `]`")
      }
    }
  }

  private mutating func number() throws(JSONFault) -> Double {
    let start = at
    guard let value = DecimalScanner.scan(bytes, &at) else {
      throw fault("this is not a number as JSON writes it")
    }
    guard value.isFinite else {
      at = start
      throw fault("a number is larger than a double can hold")
    }
    return value
  }
}

extension JSONReader {
  private mutating func string() throws(JSONFault) -> String {
    at += 1
    var text: [UInt8] = []
    while true {
      let start = at
      while at < bytes.count, bytes[at] != UInt8(ascii: "\""), bytes[at] != UInt8(ascii: "\\"), bytes[at] >= 32 {
        at += 1
      }
      text.append(contentsOf: bytes[start..<at])
      guard at < bytes.count else { throw fault("a text has no end") }
      switch bytes[at] {
      case UInt8(ascii: "\""):
        at += 1
        guard let text = String(validating: text, as: UTF8.self) else { throw fault("a text is not UTF-8") }
        return text
      case UInt8(ascii: "\\"): try escape(into: &text)
      default: throw fault("a text holds a control character")
      }
    }
  }

  private mutating func escape(into text: inout [UInt8]) throws(JSONFault) {
    at += 1
    guard at < bytes.count else { throw fault("a text has no end") }
    let escaped = bytes[at]
    at += 1
    switch escaped {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(escaped)
    case UInt8(ascii: "b"): text.append(8)
    case UInt8(ascii: "f"): text.append(12)
    case UInt8(ascii: "n"): text.append(10)
    case UInt8(ascii: "r"): text.append(13)
    case UInt8(ascii: "t"): text.append(9)
    case UInt8(ascii: "u"):
      var code = UInt32(try fourDigits())
      if (0xD800..<0xDC00).contains(code) {
        guard at + 1 < bytes.count, bytes[at] == UInt8(ascii: "\\"), bytes[at + 1] == UInt8(ascii: "u") else {
          throw fault("half of a surrogate pair")
        }
        at += 2
        let low = UInt32(try fourDigits())
        guard (0xDC00..<0xE000).contains(low) else { throw fault("half of a surrogate pair") }
        code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
      }
      guard let scalar = Unicode.Scalar(code) else { throw fault("half of a surrogate pair") }
      text.append(contentsOf: UTF8.encode(scalar)!)
    default: throw fault("an unknown escape in a text")
    }
  }

  private mutating func fourDigits() throws(JSONFault) -> UInt16 {
    guard at + 4 <= bytes.count else { throw fault("expected four hexadecimal digits") }
    var code: UInt16 = 0
    for _ in 0..<4 {
      guard let digit = Character(Unicode.Scalar(bytes[at])).hexDigitValue, bytes[at] < 128 else {
        throw fault("expected four hexadecimal digits")
      }
      code = code << 4 | UInt16(digit)
      at += 1
    }
    return code
  }
}
