/// Colours for numbers from 0 to 1, piecewise linear between equally spaced anchors.
public struct ColorMap: Sendable, Hashable {
  public let anchors: [Color]

  public init(anchors: [Color]) {
    precondition(anchors.count > 1, "a colour map has at least two anchors")
    self.anchors = anchors
  }

  private init(hex: [UInt32]) { self.init(anchors: hex.map { Color(hex: $0) }) }

  /// Lower and higher values than 0 and 1 get the end colours; a value that is not a number a neutral grey.
  public subscript(value: Double) -> Color {
    guard !value.isNaN else { return Color(0.6, 0.6, 0.6) }
    let place = min(max(value, 0), 1) * Double(anchors.count - 1)
    let i = min(Int(place), anchors.count - 2)
    return anchors[i].mixed(with: anchors[i + 1], Float(place - Double(i)))
  }

  /// White to near black, even steps of sRGB lightness: 0 is void, 1 is solid.
  public static let grey = ColorMap(hex: [0xFFFFFF, 0x1A1F24])

  /// Dark blue over green to yellow: perceptually uniform, readable without colour vision. 17 samples of viridis by
  /// Nathaniel Smith, Stéfan van der Walt and Eric Firing (2015, released under CC0).
  public static let viridis = ColorMap(hex: [
    0x440154, 0x48186A, 0x472D7B, 0x424086, 0x3B528B, 0x33638D, 0x2C728E, 0x26828E, 0x21918C, 0x1FA088, 0x28AE80,
    0x3FBC73, 0x5EC962, 0x84D44B, 0xADDC30, 0xD8E219, 0xFDE725,
  ])

  /// Black over red to pale yellow, for heat. 17 samples of inferno, by the same authors (CC0).
  public static let inferno = ColorMap(hex: [
    0x000004, 0x0B0724, 0x210C4A, 0x3D0965, 0x57106E, 0x71196E, 0x8A226A, 0xA32C61, 0xBC3754, 0xD24644, 0xE45A31,
    0xF1731D, 0xF98E09, 0xFCAC11, 0xF9CB35, 0xF2EA69, 0xFCFFA4,
  ])
}
