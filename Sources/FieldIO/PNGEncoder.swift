/// Portable Network Graphics (ISO/IEC 15948): 8-bit RGBA or RGB, not interlaced.
public enum PNGEncoder {
  /// A file of `width` x `height` pixels from RGBA bytes, top row first. `[height, width, 4]`
  ///
  /// The alpha channel is left out when every pixel is opaque. Each row takes the filter with the least sum of absolute
  /// differences, the choice that the standard recommends (section 12.7).
  public static func encode(rgba: [UInt8], width: Int, height: Int, level: Int = 6) -> [UInt8] {
    precondition(width > 0 && height > 0 && rgba.count == 4 * width * height, "an image has 4 bytes per pixel")
    let opaque = stride(from: 3, to: rgba.count, by: 4).allSatisfy { rgba[$0] == 255 }
    let channels = opaque ? 3 : 4
    let pixels = opaque ? withoutAlpha(rgba) : rgba
    let filtered = filterRows(pixels, stride: channels * width, channels: channels, height: height)

    // 8 bits a channel, colour type 2 (RGB) or 6 (RGBA), deflate, the five filters, not interlaced.
    let header = bigEndian(UInt32(width)) + bigEndian(UInt32(height)) + [8, opaque ? 2 : 6, 0, 0, 0]
    var file: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
    file += chunk("IHDR", header)
    file += chunk("IDAT", Zlib.deflate(filtered, level: Int32(min(max(level, 0), 9))))
    file += chunk("IEND", [])
    return file
  }

  private static func withoutAlpha(_ rgba: [UInt8]) -> [UInt8] {
    let count = rgba.count / 4
    return [UInt8](unsafeUninitializedCapacity: 3 * count) { out, written in
      rgba.withUnsafeBufferPointer { rgba in
        for i in 0..<count {
          out[3 &* i] = rgba[4 &* i]
          out[3 &* i &+ 1] = rgba[4 &* i &+ 1]
          out[3 &* i &+ 2] = rgba[4 &* i &+ 2]
        }
      }
      written = 3 * count
    }
  }

  private static func chunk(_ type: String, _ data: [UInt8]) -> [UInt8] {
    let body = Array(type.utf8) + data
    let checksum = UInt32(truncatingIfNeeded: Zlib.checksum(body))
    return bigEndian(UInt32(data.count)) + body + bigEndian(checksum)
  }

  private static func bigEndian(_ value: UInt32) -> [UInt8] {
    [UInt8(value >> 24), UInt8(value >> 16 & 255), UInt8(value >> 8 & 255), UInt8(value & 255)]
  }

  /// Rows with their filter bytes in front. Filters 0 none, 1 left, 2 up, 3 mean of both, 4 Paeth predictor.
  private static func filterRows(_ pixels: [UInt8], stride: Int, channels: Int, height: Int) -> [UInt8] {
    var result = [UInt8](repeating: 0, count: (stride + 1) * height)
    var candidate = [UInt8](repeating: 0, count: stride)
    let zeros = [UInt8](repeating: 0, count: stride)
    result.withUnsafeMutableBufferPointer { result in
      candidate.withUnsafeMutableBufferPointer { candidate in
        pixels.withUnsafeBufferPointer { pixels in
          zeros.withUnsafeBufferPointer { zeros in
            for y in 0..<height {
              let row = pixels.baseAddress! + y * stride
              let above = y > 0 ? row - stride : zeros.baseAddress!
              let out = result.baseAddress! + y * (stride + 1)
              var least = Int.max
              for filter in 0...4 {
                let cost = apply(
                  filter, row, above, count: stride, channels: channels, into: candidate.baseAddress!)
                if cost < least {
                  least = cost
                  out[0] = UInt8(filter)
                  (out + 1).update(from: candidate.baseAddress!, count: stride)
                }
              }
            }
          }
        }
      }
    }
    return result
  }

  /// Writes one filtered row and returns the sum of its bytes taken as signed differences.
  private static func apply(
    _ filter: Int, _ row: UnsafePointer<UInt8>, _ above: UnsafePointer<UInt8>, count: Int, channels: Int,
    into out: UnsafeMutablePointer<UInt8>
  ) -> Int {
    var cost = 0
    for i in 0..<count {
      let left = i >= channels ? Int(row[i &- channels]) : 0
      let up = Int(above[i])
      let predicted: Int
      switch filter {
      case 0: predicted = 0
      case 1: predicted = left
      case 2: predicted = up
      case 3: predicted = (left &+ up) >> 1
      default:
        let upLeft = i >= channels ? Int(above[i &- channels]) : 0
        let toLeft = abs(up &- upLeft), toUp = abs(left &- upLeft)
        let toUpLeft = abs(left &+ up &- 2 &* upLeft)
        predicted = toLeft <= toUp && toLeft <= toUpLeft ? left : (toUp <= toUpLeft ? up : upLeft)
      }
      let difference = UInt8(truncatingIfNeeded: Int(row[i]) &- predicted)
      out[i] = difference
      cost &+= Int(abs(Int(Int8(bitPattern: difference))))
    }
    return cost
  }
}
