import Foundation

/// Named arrays in the `safetensors` format: eight bytes with the length of a JSON header, the header, the numbers.
///
/// Its description: https://huggingface.co/docs/safetensors. Read are F64, F32, F16 and BF16; written are F32 and F16.
public struct SafetensorsFile: Sendable, Equatable {
  public struct Array: Sendable, Equatable {
    public var name: String
    /// Row-major.
    public var shape: [Int]
    public var values: [Float]

    public init(_ name: String, shape: [Int], values: [Float]) {
      precondition(shape.reduce(1, *) == values.count, "\(values.count) values cannot have the shape \(shape)")
      self.name = name
      self.shape = shape
      self.values = values
    }
  }

  /// In the order of their numbers in the file.
  public var arrays: [Array]
  public var metadata: [String: String]
  /// Of the numbers as they are written.
  public var precision: Precision

  public init(_ arrays: [Array], metadata: [String: String] = [:], precision: Precision = .single) {
    self.arrays = arrays
    self.metadata = metadata
    self.precision = precision
  }

  public subscript(name: String) -> Array? { arrays.first { $0.name == name } }

  public var bytes: [UInt8] {
    var start = 0
    var entries = [Header.Entry]()
    for array in arrays {
      let end = start + precision.bytes * array.values.count
      entries.append(
        Header.Entry(
          name: array.name, type: precision == .half ? "F16" : "F32", shape: array.shape, start: start, end: end))
      start = end
    }
    var header = Header.text(entries, metadata)
    // The numbers begin at a multiple of eight.
    header += String(repeating: " ", count: (8 - header.utf8.count % 8) % 8)
    var bytes: [UInt8] = []
    bytes.reserveCapacity(8 + header.utf8.count + start)
    withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian) { bytes.append(contentsOf: $0) }
    bytes.append(contentsOf: header.utf8)
    for array in arrays {
      for value in array.values {
        switch precision {
        case .single: withUnsafeBytes(of: value.bitPattern.littleEndian) { bytes.append(contentsOf: $0) }
        case .half: withUnsafeBytes(of: Precision.half(value).littleEndian) { bytes.append(contentsOf: $0) }
        }
      }
    }
    return bytes
  }

  /// Reads the contents of a file; `path` is only named in errors.
  ///
  /// - Throws: `FileFailure.Reason.malformed` for anything that the format does not allow, and for types of numbers that
  ///   are not read.
  public init(bytes: [UInt8], path: String = "weights") throws(FileFailure) {
    func malformed(_ words: String) -> FileFailure {
      FileFailure(.read, path: path, reason: .malformed("not a safetensors file: \(words)"))
    }
    guard bytes.count >= 8 else { throw malformed("\(bytes.count) bytes, fewer than the 8 it begins with") }
    let length = bytes[..<8].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    guard length <= UInt64(bytes.count - 8) else {
      throw malformed("a header of \(length) bytes in a file of \(bytes.count)")
    }
    let start = 8 + Int(length)
    let header: Header
    do { header = try Header(bytes[8..<start]) } catch { throw malformed(error.words) }
    // The numbers must follow each other without gap or overlap: no byte is read twice, none is left.
    var expected = 0
    var arrays: [Array] = []
    for entry in header.entries.sorted(by: { ($0.start, $0.end, $0.name) < ($1.start, $1.end, $1.name) }) {
      guard entry.start == expected, entry.end >= entry.start, entry.end <= bytes.count - start else {
        throw malformed(
          "the numbers of '\(entry.name)' are at \(entry.start) to \(entry.end) of \(bytes.count - start), expected from "
            + "\(expected)")
      }
      guard let type = NumberType(rawValue: entry.type) else {
        throw malformed("'\(entry.name)' is of the type \(entry.type); expected F64, F32, F16 or BF16")
      }
      var count = 1
      for extent in entry.shape {
        let (product, overflow) = count.multipliedReportingOverflow(by: extent)
        guard extent >= 0, !overflow else { throw malformed("'\(entry.name)' has the shape \(entry.shape)") }
        count = product
      }
      let (size, overflow) = count.multipliedReportingOverflow(by: type.bytes)
      guard !overflow, size == entry.end - entry.start else {
        throw malformed("'\(entry.name)' of shape \(entry.shape) has \(entry.end - entry.start) bytes")
      }
      arrays.append(
        Array(entry.name, shape: entry.shape, values: type.values(bytes[(start + entry.start)..<(start + entry.end)])))
      expected = entry.end
    }
    guard expected == bytes.count - start else {
      throw malformed("\(bytes.count - start - expected) bytes belong to no array")
    }
    self.init(arrays, metadata: header.metadata)
  }

  public static func read(_ path: String) throws(FileFailure) -> SafetensorsFile {
    try SafetensorsFile(bytes: AtomicFile.read(path), path: path)
  }

  public func write(to path: String) throws(FileFailure) { try AtomicFile.write(bytes, to: path) }
}

/// The types of numbers that are read.
private enum NumberType: String {
  case double = "F64"
  case float = "F32"
  case half = "F16"
  case brain = "BF16"

  var bytes: Int {
    switch self {
    case .double: 8
    case .float: 4
    case .half, .brain: 2
    }
  }

  func values(_ bytes: ArraySlice<UInt8>) -> [Float] {
    bytes.withUnsafeBytes { raw in
      (0..<raw.count / self.bytes).map { i in
        func bits<I: FixedWidthInteger>(_: I.Type) -> I {
          I(littleEndian: raw.loadUnaligned(fromByteOffset: i * self.bytes, as: I.self))
        }
        switch self {
        case .double: return Float(Double(bitPattern: bits(UInt64.self)))
        case .float: return Float(bitPattern: bits(UInt32.self))
        case .half: return SafetensorsFile.Precision.single(ofHalf: bits(UInt16.self))
        case .brain: return Float(bitPattern: UInt32(bits(UInt16.self)) << 16)
        }
      }
    }
  }
}
