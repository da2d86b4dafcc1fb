#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif
import Geometry

/// The words of a mesh file, with line numbers.
struct GmshTokens {
  /// The file and a final zero.
  private let bytes: [UInt8]
  private let count: Int
  private var position = 0
  /// The line of the next byte, from 1.
  private(set) var line = 1
  /// What is being read, for an error at the end of the file.
  var section = "header"

  init(_ bytes: [UInt8]) {
    count = bytes.count
    self.bytes = bytes + [0]
  }

  var bytesLeft: Int { count - position }

  func error(_ message: String, cell: Int? = nil, node: Int? = nil) -> MeshError {
    MeshError(message, line: line, cell: cell, node: node)
  }

  private mutating func skipSpace() {
    while position < count {
      let byte = bytes[position]
      if byte == 10 { line += 1 }
      // Space, tab, carriage return, line feed.
      guard byte == 32 || byte == 9 || byte == 13 || byte == 10 else { return }
      position += 1
    }
  }

  private static func isSpace(_ byte: UInt8) -> Bool { byte == 32 || byte == 9 || byte == 13 || byte == 10 }

  var isAtEnd: Bool {
    mutating get {
      skipSpace()
      return position >= count
    }
  }

  /// The next word.
  mutating func word() throws(MeshError) -> String {
    skipSpace()
    guard position < count else { throw truncated() }
    let start = position
    while position < count && !Self.isSpace(bytes[position]) { position += 1 }
    return Self.text(bytes[start..<position])
  }

  /// An integer within a range.
  mutating func integer(_ what: String, in range: ClosedRange<Int> = Int.min...Int.max) throws(MeshError) -> Int {
    skipSpace()
    guard position < count else { throw truncated() }
    let start = position
    let isNegative = bytes[position] == 45
    if isNegative || bytes[position] == 43 { position += 1 }
    var value = 0
    var digits = 0
    while position < count, bytes[position] >= 48, bytes[position] <= 57 {
      digits += 1
      // Eighteen digits always fit.
      if digits <= 18 { value = value * 10 + Int(bytes[position] - 48) }
      position += 1
    }
    guard digits > 0, digits <= 18, position >= count || Self.isSpace(bytes[position]) else {
      throw unexpected(start, "an integer (\(what))")
    }
    if isNegative { value = -value }
    guard range.contains(value) else { throw error("\(what) is \(value), which is out of range") }
    return value
  }

  /// How many items follow: never more than the rest of the file could hold.
  mutating func itemCount(_ what: String, leastBytes: Int) throws(MeshError) -> Int {
    let value = try integer(what, in: 0...Int.max)
    guard value <= bytesLeft / leastBytes + 1 else {
      throw error("\(what) is \(value), more than the rest of the file can hold: it is truncated or damaged")
    }
    return value
  }

  /// A finite decimal number.
  mutating func number(_ what: String) throws(MeshError) -> Double {
    skipSpace()
    guard position < count else { throw truncated() }
    let start = position
    var isDecimal = true
    while position < count && !Self.isSpace(bytes[position]) {
      switch bytes[position] {
      case 48...57, 43, 45, 46, 69, 101: break
      default: isDecimal = false
      }
      position += 1
    }
    var value = Double.nan
    if isDecimal {
      let length = position - start
      value = bytes.withUnsafeBufferPointer { bytes in
        let text = UnsafeRawPointer(bytes.baseAddress! + start).assumingMemoryBound(to: CChar.self)
        var end: UnsafeMutablePointer<CChar>?
        let value = strtod(text, &end)
        return end == UnsafeMutablePointer(mutating: text + length) ? value : .nan
      }
    }
    guard value.isFinite else { throw unexpected(start, "a finite number (\(what))") }
    return value
  }

  /// A name in double quotes, up to the end of its line.
  mutating func quoted(_ what: String) throws(MeshError) -> String {
    skipSpace()
    guard position < count else { throw truncated() }
    let start = position
    guard bytes[position] == 34 else { throw unexpected(start, "a name in double quotes (\(what))") }
    position += 1
    while position < count, bytes[position] != 34, bytes[position] != 10 { position += 1 }
    guard position < count, bytes[position] == 34 else { throw error("a name (\(what)) has no closing quote") }
    position += 1
    return Self.text(bytes[start + 1..<position - 1])
  }

  /// The end of a section.
  mutating func expect(_ keyword: String) throws(MeshError) {
    skipSpace()
    guard position < count else { throw truncated() }
    let start = position
    if try word() != keyword { throw unexpected(start, keyword) }
  }

  /// Skips a section that is not needed.
  mutating func skip(to keyword: String) throws(MeshError) {
    let start = line
    while !isAtEnd { if try word() == keyword { return } }
    throw MeshError("the section that begins here never ends with \(keyword): the file is truncated", line: start)
  }

  private func truncated() -> MeshError { error("the file ends inside the \(section): it is truncated") }

  private func unexpected(_ start: Int, _ expected: String) -> MeshError {
    var end = start
    while end < count && !Self.isSpace(bytes[end]) && end < start + 40 { end += 1 }
    return error("expected \(expected) and found '\(Self.text(bytes[start..<end]))'")
  }

  private static func text(_ bytes: ArraySlice<UInt8>) -> String { String(decoding: bytes, as: UTF8.self) }
}
