import CZlib

/// Deflate streams in the zlib format (RFC 1950), by the system's zlib.
enum Zlib {
  /// The compressed bytes. `level` is 0 (stored) to 9 (smallest).
  static func deflate(_ bytes: [UInt8], level: Int32 = 6) -> [UInt8] {
    var size = compressBound(uLong(bytes.count))
    return [UInt8](unsafeUninitializedCapacity: Int(size)) { buffer, count in
      let status = compress2(buffer.baseAddress!, &size, bytes, uLong(bytes.count), level)
      precondition(status == Z_OK, "zlib refused a buffer of the size that it asked for")
      count = Int(size)
    }
  }

  /// The original bytes, or nil when the stream is damaged or does not hold exactly `count` bytes.
  static func inflate(_ bytes: [UInt8], count expected: Int) -> [UInt8]? {
    var size = uLong(expected), status: Int32 = 0
    let result = [UInt8](unsafeUninitializedCapacity: max(1, expected)) { buffer, count in
      status = uncompress(buffer.baseAddress!, &size, bytes, uLong(bytes.count))
      count = status == Z_OK ? Int(size) : 0
    }
    return status == Z_OK && Int(size) == expected ? result : nil
  }

  static func checksum(_ bytes: some Collection<UInt8>, continuing checksum: uLong = 0) -> uLong {
    let contiguous = Array(bytes)
    return crc32(checksum, contiguous, uInt(contiguous.count))
  }
}
