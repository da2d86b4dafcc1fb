/// A cell field on a 2D grid as a picture: one block of pixels per cell, y up.
public enum DensityPicture {
  /// - Parameters:
  ///   - grid: in two dimensions.
  ///   - field: `[cellCount]`, drawn from 0 (first colour of the map) to 1 (last).
  ///   - map: grey by default.
  ///   - longerSide: pixels wanted along the longer side; cells of a coarse grid get whole pixels, so the side may be shorter.
  public static func render(
    _ grid: StructuredGrid, field: DenseVector, map: ColorMap = .grey, longerSide: Int = 1200
  ) -> Raster {
    precondition(grid.dimension == 2 && field.count == grid.cellCount, "a density picture shows one value per 2D cell")
    let spacing = grid.spacing, least = min(spacing[0], spacing[1])
    // Pixels per shorter cell edge; a grid finer than the picture keeps one pixel per cell.
    let longest = max(grid.size[0], grid.size[1]) / least
    let scale = max(1, Double(longerSide) / longest)
    let block = scale >= 2 ? scale.rounded(.down) : 1
    let size = (0..<2).map { axis in
      Int(min(max(1, (grid.size[axis] / least * block).rounded()), 6000))
    }
    var rgba = [UInt8](repeating: 255, count: 4 * size[0] * size[1])
    for y in 0..<size[1] {
      let j = min((size[1] - 1 - y) * grid.cells[1] / size[1], grid.cells[1] - 1)
      for x in 0..<size[0] {
        let i = min(x * grid.cells[0] / size[0], grid.cells[0] - 1)
        let color = map[field[i + grid.cells[0] * j]].rgba
        for c in 0..<3 { rgba[4 * (x + size[0] * y) + c] = color[c] }
      }
    }
    return Raster(width: size[0], height: size[1], rgba: rgba)
  }
}
