/// Small pictures side by side in rows, each in a frame.
public struct ContactSheet: Sendable {
  public struct Tile: Sendable {
    public var picture: Raster
    /// Of its frame.
    public var frame: Color

    public init(_ picture: Raster, frame: Color = Color(hex: 0xC9D1D8)) {
      self.picture = picture
      self.frame = frame
    }
  }

  /// Pictures in a row.
  public var columns: Int
  /// Pixels between two pictures, the frame within.
  public var gap: Int

  public init(columns: Int = 6, gap: Int = 12) {
    precondition(columns > 0 && gap >= 2, "a sheet of \(columns) columns with gaps of \(gap)")
    self.columns = columns
    self.gap = gap
  }

  /// All tiles in order, row by row; each row is as high as its highest picture. One white pixel for none.
  public func render(_ tiles: [Tile]) -> Raster {
    guard !tiles.isEmpty else { return Raster(width: 1, height: 1, rgba: [255, 255, 255, 255]) }
    let rows = stride(from: 0, to: tiles.count, by: columns).map { Array(tiles[$0..<min($0 + columns, tiles.count)]) }
    let cell = tiles.map(\.picture.width).max() ?? 1
    let heights = rows.map { $0.map(\.picture.height).max() ?? 1 }
    let width = gap + min(columns, tiles.count) * (cell + gap)
    let height = gap + heights.reduce(0) { $0 + $1 + gap }
    var rgba = [UInt8](repeating: 255, count: 4 * width * height)
    var top = gap
    for (row, high) in zip(rows, heights) {
      for (column, tile) in row.enumerated() {
        let picture = tile.picture
        let left = gap + column * (cell + gap) + (cell - picture.width) / 2
        let upper = top + (high - picture.height) / 2
        let color = tile.frame.rgba
        for y in -2..<picture.height + 2 {
          for x in -2..<picture.width + 2 {
            let isInside = (0..<picture.width).contains(x) && (0..<picture.height).contains(y)
            let pixel = isInside ? picture[x, y] : color
            let place = 4 * (left + x + width * (upper + y))
            for c in 0..<4 { rgba[place + c] = pixel[c] }
          }
        }
      }
      top += high + gap
    }
    return Raster(width: width, height: height, rgba: rgba)
  }
}
