/// Reads one number as JSON writes it: correctly rounded, without a text in between.
enum DecimalScanner {
  /// Up to this power of ten doubles are exact.
  private static let powers: [Double] = (0...22).map { k in (0..<k).reduce(1.0) { p, _ in p * 10 } }

  /// The number at a place, which moves behind it; nil where there is none. Infinite where it is too large.
  static func scan(_ bytes: UnsafeBufferPointer<UInt8>, _ at: inout Int) -> Double? {
    let start = at
    var i = at
    let end = bytes.count
    let isNegative = i < end && bytes[i] == UInt8(ascii: "-")
    if isNegative { i += 1 }
    var digits: UInt64 = 0
    var significant = 0, exponent = 0
    func digit(_ i: Int) -> UInt64? {
      guard i < end else { return nil }
      let value = bytes[i] &- UInt8(ascii: "0")
      return value < 10 ? UInt64(value) : nil
    }
    guard let first = digit(i) else { return nil }
    let leadsWithZero = first == 0
    let whole = i
    while let d = digit(i) {
      if significant < 19 {
        digits = digits &* 10 &+ d
        if digits > 0 { significant += 1 }
      } else {
        exponent += 1
        significant += 1
      }
      i += 1
    }
    if leadsWithZero, i - whole > 1 { return nil }
    if i < end, bytes[i] == UInt8(ascii: ".") {
      i += 1
      guard digit(i) != nil else { return nil }
      while let d = digit(i) {
        if significant < 19 {
          digits = digits &* 10 &+ d
          if digits > 0 { significant += 1 }
          exponent -= 1
        } else {
          significant += 1
        }
        i += 1
      }
    }
    if i < end, bytes[i] | 0x20 == UInt8(ascii: "e") {
      i += 1
      var sign = 1
      if i < end, bytes[i] == UInt8(ascii: "+") || bytes[i] == UInt8(ascii: "-") {
        sign = bytes[i] == UInt8(ascii: "-") ? -1 : 1
        i += 1
      }
      guard digit(i) != nil else { return nil }
      var written = 0
      while let d = digit(i) {
        if written < 100_000 { written = written * 10 + Int(d) }
        i += 1
      }
      exponent += sign * written
    }
    at = i
    let magnitude: Double
    if digits == 0 {
      magnitude = 0
    } else if significant <= 19, digits <= 1 << 53, abs(exponent) <= 22 {
      // Both factors are exact, so that one rounding remains (Clinger, PLDI 1990).
      let power = powers[abs(exponent)]
      magnitude = exponent < 0 ? Double(digits) / power : Double(digits) * power
    } else {
      return slow(UnsafeBufferPointer(rebasing: bytes[start..<i]))
    }
    return isNegative ? -magnitude : magnitude
  }

  /// Swift's own conversion, which knows no locale.
  private static func slow(_ digits: UnsafeBufferPointer<UInt8>) -> Double {
    // What overflows reads as infinite, what underflows as zero.
    Double(String(decoding: digits, as: UTF8.self)) ?? .infinity
  }
}
