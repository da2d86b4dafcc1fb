/// An sRGB colour; components from 0 to 1.
public struct Color: Sendable, Hashable {
  public var red, green, blue: Float

  public init(_ red: Float, _ green: Float, _ blue: Float) {
    self.red = red
    self.green = green
    self.blue = blue
  }

  /// From `0xRRGGBB`.
  public init(hex: UInt32) {
    self.init(Float(hex >> 16 & 255) / 255, Float(hex >> 8 & 255) / 255, Float(hex & 255) / 255)
  }

  public static let white = Color(1, 1, 1)
  public static let ink = Color(hex: 0x16212B)

  /// The colour at `fraction` of the way to another.
  public func mixed(with other: Color, _ fraction: Float) -> Color {
    Color(
      red + (other.red - red) * fraction, green + (other.green - green) * fraction,
      blue + (other.blue - blue) * fraction)
  }

  /// Components as bytes, with full opacity.
  var rgba: SIMD4<UInt8> {
    func byte(_ x: Float) -> UInt8 { UInt8(min(max(x, 0), 1) * 255 + 0.5) }
    return SIMD4(byte(red), byte(green), byte(blue), 255)
  }

  /// `#rrggbb`.
  var hex: String {
    let c = rgba
    return "#" + [c.x, c.y, c.z].map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }
}
