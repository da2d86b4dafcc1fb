/// A picture of pixels: sRGB and opacity, 8 bits each, top row first.
public struct Raster: Sendable, Hashable {
  public let width: Int
  public let height: Int
  /// `[height, width, 4]`
  public var rgba: [UInt8]

  public init(width: Int, height: Int, rgba: [UInt8]) {
    precondition(width > 0 && height > 0 && rgba.count == 4 * width * height, "a picture has 4 bytes per pixel")
    self.width = width
    self.height = height
    self.rgba = rgba
  }

  /// The picture as a PNG file.
  public var png: [UInt8] { PNGEncoder.encode(rgba: rgba, width: width, height: height) }

  public subscript(x: Int, y: Int) -> SIMD4<UInt8> {
    let i = 4 * (x + width * y)
    return SIMD4(rgba[i], rgba[i + 1], rgba[i + 2], rgba[i + 3])
  }
}
