/// A NumPy array file (format 1.0) of `float64`, C order: `numpy.load` opens it.
public struct NPYFile: Sendable, Hashable {
  /// Extents, slowest first; empty for a scalar.
  public var shape: [Int]
  /// The entries in C order. Their number is the product of `shape`.
  public var values: [Double]

  public init(shape: [Int], values: [Double]) {
    precondition(shape.reduce(1, *) == values.count, "\(values.count) values cannot have the shape \(shape)")
    self.shape = shape
    self.values = values
  }

  public var bytes: [UInt8] {
    let extents = shape.count == 1 ? "(\(shape[0]),)" : "(" + shape.map(String.init).joined(separator: ", ") + ")"
    var header = "{'descr': '<f8', 'fortran_order': False, 'shape': \(extents), }"
    // The preamble of 10 bytes and the header end at a multiple of 64, with a line feed.
    let unpadded = 10 + header.utf8.count + 1
    header += String(repeating: " ", count: (64 - unpadded % 64) % 64) + "\n"
    var writer = ByteWriter(capacity: 128 + 8 * values.count)
    writer.append(bytes: [0x93] + Array("NUMPY".utf8) + [1, 0])
    writer.append(UInt16(header.utf8.count))
    writer.append(text: header)
    writer.append(array: values)
    return writer.bytes
  }

  /// Reads the contents of a file; `path` is only named in errors.
  ///
  /// - Throws: `FileFailure.Reason.malformed` for anything but a little-endian `float64` array in C order.
  public init(bytes: [UInt8], path: String = "array") throws(FileFailure) {
    func malformed(_ words: String) -> FileFailure {
      FileFailure(.read, path: path, reason: .malformed("not a NumPy float64 file: \(words)"))
    }
    guard bytes.count >= 12, Array(bytes[0..<6]) == [0x93] + Array("NUMPY".utf8) else {
      throw malformed("it does not begin with the NumPy mark")
    }
    let wide = bytes[6] >= 2
    let start = wide ? 12 : 10
    let length =
      wide
      ? (0..<4).reduce(0) { $0 | Int(bytes[8 + $1]) << (8 * $1) } : Int(bytes[8]) | Int(bytes[9]) << 8
    guard start + length <= bytes.count else { throw malformed("the header is cut off") }
    let header = String(decoding: bytes[start..<start + length], as: UTF8.self)
    guard header.contains("'<f8'") else { throw malformed("its type is not little-endian float64") }
    guard header.contains("'fortran_order': False") else { throw malformed("it is in Fortran order") }
    guard let open = header.lastIndex(of: "("), let close = header.lastIndex(of: ")"), open < close else {
      throw malformed("the header has no shape")
    }
    let parts = header[header.index(after: open)..<close].split(separator: ",")
    var shape: [Int] = []
    var count = 1
    for part in parts {
      guard let extent = Int(part.filter { $0 != " " }), extent >= 0 else { throw malformed("a broken shape") }
      let (product, overflow) = count.multipliedReportingOverflow(by: extent)
      guard !overflow else { throw malformed("a shape too large for memory") }
      count = product
      shape.append(extent)
    }
    let first = start + length
    guard (bytes.count - first) / 8 == count, (bytes.count - first) % 8 == 0 else {
      throw malformed("\(bytes.count - first) bytes of data for \(count) entries")
    }
    self.shape = shape
    values = bytes.withUnsafeBytes { raw in
      (0..<count).map { Double(bitPattern: raw.littleEndian(UInt64.self, at: first + 8 * $0)) }
    }
  }
}
