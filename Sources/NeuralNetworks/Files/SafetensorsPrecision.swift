extension SafetensorsFile {
  /// How numbers are written.
  public enum Precision: Sendable, Hashable {
    /// 32 bits.
    case single
    /// 16 bits: eleven binary digits, numbers up to 65504.
    case half

    var bytes: Int { self == .single ? 4 : 2 }

    /// The number that is read back.
    public func rounded(_ value: Float) -> Float {
      self == .single ? value : Self.single(ofHalf: Self.half(value))
    }

    /// IEEE 754 binary16: one bit of sign, five of exponent, ten of fraction.
    static func single(ofHalf bits: UInt16) -> Float {
      let sign: Float = bits >> 15 == 0 ? 1 : -1
      let (exponent, fraction) = (Int(bits >> 10 & 31), Float(bits & 1023) / 1024)
      switch exponent {
      case 0: return sign * fraction * 0x1p-14
      case 31: return fraction == 0 ? sign * .infinity : .nan
      default: return Float(sign: sign < 0 ? .minus : .plus, exponent: exponent - 15, significand: 1 + fraction)
      }
    }

    /// IEEE 754 binary16, to the nearest and then to the even one.
    static func half(_ value: Float) -> UInt16 {
      let sign: UInt16 = value.sign == .minus ? 0x8000 : 0
      let size = abs(value)
      if value.isNaN { return 0x7E00 }
      if size >= 65520 { return sign | 0x7C00 }
      // Below the least normal number steps are of one size.
      if size < 0x1p-14 { return sign | UInt16((size * 0x1p24).rounded(.toNearestOrEven)) }
      let steps = (size.significand * 1024).rounded(.toNearestOrEven)
      // A significand rounded up to two is one of the next exponent: the carry does that by itself.
      return sign | UInt16((Int(size.exponent) + 15) << 10 + Int(steps) - 1024)
    }
  }
}
