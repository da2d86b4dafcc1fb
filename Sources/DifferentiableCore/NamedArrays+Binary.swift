// The bytes of a checkpoint, all little-endian:
//
//     magic [8] · version u32 · zero u32 · length of everything u64 · number of arrays u64
//     per array: bytes of the name u32 · kind u32 (0 real, 1 integer, 2 text) · entries (bytes of a text) u64
//                · name, UTF-8 · entries, 8 bytes each (a text: UTF-8)
//     checksum of everything before u64
//
// The same contents give the same bytes.

/// Why bytes are not the arrays they should be.
public enum NamedArraysFormatError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The bytes are of something else.
  case foreign
  /// Written by a later version of the format.
  case unknownVersion(Int)
  /// The end is missing.
  case truncated(found: Int, expected: Int?)
  /// The bytes were changed after they were written.
  case damaged(String)

  public var description: String {
    switch self {
    case .foreign: "not a checkpoint: it does not begin as one"
    case .unknownVersion(let version):
      "a checkpoint of format version \(version), which this program does not read (it reads version 1)"
    case .truncated(let found, let expected):
      "a truncated checkpoint: \(found) bytes" + (expected.map { " where \($0) were written" } ?? "")
    case .damaged(let what): "a damaged checkpoint: \(what)"
    }
  }
}

private let magic: [UInt8] = [0x89, 0x42, 0x53, 0x4C, 0x56, 0x0D, 0x0A, 0x1A]
private let formatVersion: UInt32 = 1
private let headerLength = 32
private let entryHeaderLength = 16

extension NamedArrays {
  /// The arrays as bytes, with a checksum.
  public func encoded() -> [UInt8] {
    let parts = names.map { name in (name: Array(name.utf8), values: self[name]!) }
    let total = parts.reduce(headerLength + 8) { $0 + entryHeaderLength + $1.name.count + $1.values.byteCount }
    return [UInt8](unsafeUninitializedCapacity: total) { buffer, count in
      var writer = ByteWriter(UnsafeMutableRawBufferPointer(buffer))
      writer.bytes(magic)
      writer.integer(formatVersion)
      writer.integer(UInt32(0))
      writer.integer(UInt64(total))
      writer.integer(UInt64(parts.count))
      for part in parts {
        writer.integer(UInt32(part.name.count))
        writer.integer(part.values.kind)
        writer.integer(UInt64(part.values.entryCount))
        writer.bytes(part.name)
        writer.values(part.values)
      }
      writer.integer(checksum(UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(buffer)[..<(total - 8)])))
      count = total
    }
  }

  /// The arrays that `encoded` wrote.
  public init(decoding bytes: [UInt8]) throws(NamedArraysFormatError) {
    let result = bytes.withUnsafeBytes { bytes in
      Result { () throws(NamedArraysFormatError) in try Self.decoded(bytes) }
    }
    self = try result.get()
  }

  private static func decoded(_ bytes: UnsafeRawBufferPointer) throws(NamedArraysFormatError) -> NamedArrays {
    guard bytes.prefix(magic.count).elementsEqual(magic.prefix(bytes.count)), !bytes.isEmpty else { throw .foreign }
    guard bytes.count >= headerLength + 8 else { throw .truncated(found: bytes.count, expected: nil) }
    let body = UnsafeRawBufferPointer(rebasing: bytes[..<(bytes.count - 8)])
    var reader = ByteReader(body, from: magic.count)
    let version = try reader.integer(UInt32.self)
    guard version == formatVersion else { throw .unknownVersion(Int(version)) }
    _ = try reader.integer(UInt32.self)
    let total = try reader.integer(UInt64.self)
    guard total <= UInt64(bytes.count) else {
      throw .truncated(found: bytes.count, expected: Int(exactly: total))
    }
    guard total == UInt64(bytes.count) else { throw .damaged("bytes follow its end") }
    // Nothing is believed, and nothing is allocated, before the checksum holds.
    let written = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: body.count, as: UInt64.self))
    guard written == checksum(body) else { throw .damaged("its checksum does not hold") }
    var arrays = NamedArrays()
    let count = try reader.integer(UInt64.self)
    for _ in 0..<count {
      let nameLength = try reader.integer(UInt32.self)
      let kind = try reader.integer(UInt32.self)
      let entries = try reader.integer(UInt64.self)
      let name = try reader.text(Int(nameLength))
      guard arrays[name] == nil else { throw .damaged("two arrays are named \(name)") }
      arrays[name] = try reader.values(kind: kind, entries: entries)
    }
    return arrays
  }
}

extension NamedArrays.Values {
  fileprivate var kind: UInt32 {
    switch self {
    case .real: 0
    case .integer: 1
    case .text: 2
    }
  }

  fileprivate var entryCount: Int {
    switch self {
    case .real(let values): values.count
    case .integer(let values): values.count
    case .text(let text): text.utf8.count
    }
  }

  fileprivate var byteCount: Int { if case .text(let text) = self { text.utf8.count } else { entryCount * 8 } }
}

private struct ByteWriter {
  private let buffer: UnsafeMutableRawBufferPointer
  private var position = 0

  init(_ buffer: UnsafeMutableRawBufferPointer) { self.buffer = buffer }

  mutating func integer<I: FixedWidthInteger>(_ value: I) {
    buffer.storeBytes(of: value.littleEndian, toByteOffset: position, as: I.self)
    position += MemoryLayout<I>.size
  }

  mutating func bytes(_ bytes: [UInt8]) { bytes.withUnsafeBytes { raw($0) } }

  mutating func values(_ values: NamedArrays.Values) {
    switch values {
    case .real(let values):
      if isLittleEndian {
        values.withUnsafeBytes { raw($0) }
      } else {
        for value in values { integer(value.bitPattern) }
      }
    case .integer(let values):
      if isLittleEndian {
        values.withUnsafeBytes { raw($0) }
      } else {
        for value in values { integer(value) }
      }
    case .text(let text): bytes(Array(text.utf8))
    }
  }

  private mutating func raw(_ bytes: UnsafeRawBufferPointer) {
    UnsafeMutableRawBufferPointer(rebasing: buffer[position...]).copyMemory(from: bytes)
    position += bytes.count
  }
}

private struct ByteReader {
  private let buffer: UnsafeRawBufferPointer
  private var position: Int

  init(_ buffer: UnsafeRawBufferPointer, from position: Int) {
    self.buffer = buffer
    self.position = position
  }

  mutating func integer<I: FixedWidthInteger>(_: I.Type) throws(NamedArraysFormatError) -> I {
    let bytes = try take(MemoryLayout<I>.size)
    return I(littleEndian: bytes.loadUnaligned(as: I.self))
  }

  mutating func text(_ count: Int) throws(NamedArraysFormatError) -> String {
    guard let text = String(validating: try take(count), as: UTF8.self) else { throw .damaged("a text is not UTF-8") }
    return text
  }

  mutating func values(kind: UInt32, entries: UInt64) throws(NamedArraysFormatError) -> NamedArrays.Values {
    guard let count = Int(exactly: entries), count <= buffer.count else { throw .damaged("an array has no end") }
    switch kind {
    case 0: return .real(try words(count) { Double(bitPattern: $0) })
    case 1: return .integer(try words(count) { Int64(bitPattern: $0) })
    case 2: return .text(try text(count))
    default: throw .damaged("an array is of the unknown kind \(kind)")
    }
  }

  private mutating func words<Word>(_ count: Int, _ word: (UInt64) -> Word) throws(NamedArraysFormatError) -> [Word] {
    let bytes = try take(count * 8)
    return [Word](unsafeUninitializedCapacity: count) { words, initialized in
      if isLittleEndian {
        UnsafeMutableRawBufferPointer(words).copyMemory(from: bytes)
      } else {
        for i in 0..<count {
          let bits = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: 8 * i, as: UInt64.self))
          words.initializeElement(at: i, to: word(bits))
        }
      }
      initialized = count
    }
  }

  private mutating func take(_ count: Int) throws(NamedArraysFormatError) -> UnsafeRawBufferPointer {
    guard count <= buffer.count - position else { throw .damaged("an array has no end") }
    defer { position += count }
    return UnsafeRawBufferPointer(rebasing: buffer[position..<(position + count)])
  }
}

private let isLittleEndian = Int(littleEndian: 1) == 1

/// A hash over words of eight bytes in four independent lanes: each step is a bijection of the lane, so a change within
/// one word always shows, and four lanes keep up with memory. (Steps as in FNV-1a, with a rotation for mixing.)
private func checksum(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
  let prime: UInt64 = 0x9E37_79B1_85EB_CA87
  func step(_ lane: UInt64, _ word: UInt64) -> UInt64 {
    let mixed = (lane ^ word) &* prime
    return (mixed << 29) | (mixed >> 35)
  }
  func word(_ offset: Int) -> UInt64 {
    UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
  }
  var (a, b, c, d): (UInt64, UInt64, UInt64, UInt64) = (1, 2, 3, 4)
  var offset = 0
  while offset &+ 32 <= bytes.count {
    a = step(a, word(offset))
    b = step(b, word(offset &+ 8))
    c = step(c, word(offset &+ 16))
    d = step(d, word(offset &+ 24))
    offset &+= 32
  }
  var result = step(step(step(step(UInt64(bytes.count), a), b), c), d)
  while offset < bytes.count {
    result = step(result, UInt64(bytes[offset]))
    offset &+= 1
  }
  return result
}
