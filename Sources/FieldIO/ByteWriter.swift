/// Little-endian bytes, appended one value or one array at a time.
struct ByteWriter {
  private(set) var bytes: [UInt8] = []

  init(capacity: Int = 0) { bytes.reserveCapacity(capacity) }

  mutating func append<Integer: FixedWidthInteger>(_ value: Integer) {
    withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
  }
  mutating func append(_ value: Float) { append(value.bitPattern) }
  mutating func append(_ value: Double) { append(value.bitPattern) }
  mutating func append(text: String) { bytes.append(contentsOf: text.utf8) }
  mutating func append(bytes more: some Sequence<UInt8>) { bytes.append(contentsOf: more) }

  mutating func append(array: [Double]) {
    bytes.reserveCapacity(bytes.count + 8 * array.count)
    for value in array { append(value.bitPattern) }
  }
}

extension UnsafeRawBufferPointer {
  /// The little-endian integer at a byte offset; the caller has checked the range.
  func littleEndian<Integer: FixedWidthInteger>(_ type: Integer.Type, at offset: Int) -> Integer {
    Integer(littleEndian: loadUnaligned(fromByteOffset: offset, as: type))
  }
}
