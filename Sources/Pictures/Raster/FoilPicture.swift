/// An airfoil's section as a small picture, filled, its chord along x.
public enum FoilPicture {
  /// - Parameters:
  ///   - surface: `[nodeCount, 2]` in chords, from the upper trailing edge over the nose to the lower trailing edge.
  ///   - width: Pixels.
  ///   - height: Pixels; the chord keeps its scale and what is higher is cut off.
  ///   - color: Of the foil.
  public static func render(
    _ surface: DenseVector, width: Int = 240, height: Int = 96, color: Color = Color(hex: 0x0072B2)
  ) -> Raster {
    var canvas = Canvas(width: width, height: height)
    let margin = 8.0
    let scale = Double(width) - 2 * margin
    func pixel(_ node: Int) -> SIMD2<Double> {
      SIMD2(margin + scale * surface[2 * node], 0.5 * Double(height) - scale * surface[2 * node + 1])
    }
    canvas.line(
      from: SIMD2(margin, 0.5 * Double(height)), to: SIMD2(margin + scale, 0.5 * Double(height)), width: 1,
      Color(hex: 0xC9D1D8))
    let last = surface.count / 2 - 1
    // Strips between the two sides: a cambered foil is not convex.
    for i in 0..<last / 2 {
      canvas.fill([pixel(i), pixel(i + 1), pixel(last - i - 1), pixel(last - i)], color.mixed(with: .white, 0.55))
    }
    for i in 0..<last { canvas.line(from: pixel(i), to: pixel(i + 1), width: 1.6, color) }
    return canvas.raster
  }
}
