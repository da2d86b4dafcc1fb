/// A drawing surface whose edges come out smooth: shapes are drawn at `samples` x `samples` points per pixel and averaged.
///
/// Coordinates are pixels from the top left corner, y down.
public struct Canvas: Sendable {
  public let width: Int
  public let height: Int
  public let samples: Int
  private var points: [SIMD4<UInt8>]

  public init(width: Int, height: Int, background: Color = .white, samples: Int = 3) {
    precondition(width > 0 && height > 0 && samples > 0, "a canvas has pixels and samples")
    self.width = width
    self.height = height
    self.samples = samples
    points = [SIMD4<UInt8>](repeating: background.rgba, count: width * height * samples * samples)
  }

  /// Fills a triangle with colours mixed between its corners. Shared edges are drawn once, whatever the orientation.
  public mutating func fill(_ a: SIMD2<Double>, _ b: SIMD2<Double>, _ c: SIMD2<Double>, _ colors: (Color, Color, Color))
  {
    let s = Double(samples)
    var (p, q, r) = (a * s, b * s, c * s)
    var (pc, qc, rc) = colors
    var area = (q.x - p.x) * (r.y - p.y) - (q.y - p.y) * (r.x - p.x)
    guard area != 0, area.isFinite else { return }
    if area < 0 {
      swap(&q, &r)
      swap(&qc, &rc)
      area = -area
    }
    let columns = width * samples, rows = height * samples
    let x0 = Int(min(Double(columns), max(0, min(p.x, q.x, r.x).rounded(.down))))
    let y0 = Int(min(Double(rows), max(0, min(p.y, q.y, r.y).rounded(.down))))
    let x1 = Int(max(0, min(Double(columns), max(p.x, q.x, r.x).rounded(.up))))
    let y1 = Int(max(0, min(Double(rows), max(p.y, q.y, r.y).rounded(.up))))
    guard x0 < x1, y0 < y1 else { return }
    let flat = pc == qc && qc == rc ? pc.rgba : nil
    points.withUnsafeMutableBufferPointer { points in
      for y in y0..<y1 {
        let py = Double(y) + 0.5
        for x in x0..<x1 {
          let px = Double(x) + 0.5
          let wp = (q.x - px) * (r.y - py) - (q.y - py) * (r.x - px)
          let wq = (r.x - px) * (p.y - py) - (r.y - py) * (p.x - px)
          let wr = area - wp - wq
          if wp < 0 || wq < 0 || wr < 0 { continue }
          if let flat {
            points[x &+ columns &* y] = flat
          } else {
            let u = Float(wp / area), v = Float(wq / area), w = Float(wr / area)
            points[x &+ columns &* y] =
              Color(
                u * pc.red + v * qc.red + w * rc.red, u * pc.green + v * qc.green + w * rc.green,
                u * pc.blue + v * qc.blue + w * rc.blue
              ).rgba
          }
        }
      }
    }
  }

  /// Fills a convex polygon with one colour.
  public mutating func fill(_ polygon: [SIMD2<Double>], _ color: Color) {
    guard polygon.count > 2 else { return }
    for i in 1..<polygon.count - 1 { fill(polygon[0], polygon[i], polygon[i + 1], (color, color, color)) }
  }

  /// Draws a straight line of the given width.
  public mutating func line(from a: SIMD2<Double>, to b: SIMD2<Double>, width: Double, _ color: Color) {
    let along = b - a
    let length = (along * along).sum().squareRoot()
    guard length > 0 else { return }
    let across = SIMD2(-along.y, along.x) * (width / 2 / length)
    fill([a + across, a - across, b - across, b + across], color)
  }

  /// An arrow from `a` to its tip `b`.
  public mutating func arrow(from a: SIMD2<Double>, to b: SIMD2<Double>, width: Double, _ color: Color) {
    let along = b - a
    let length = (along * along).sum().squareRoot()
    guard length > 0 else { return }
    let head = min(length, 4.5 * width)
    let neck = b - along * (head / length)
    let across = SIMD2(-along.y, along.x) * (1.9 * width / length)
    line(from: a, to: neck, width: width, color)
    fill([neck + across, neck - across, b], color)
  }

  /// The picture: each pixel the mean of its samples.
  public var raster: Raster {
    let columns = width * samples
    let count = UInt32(samples * samples)
    var rgba = [UInt8](repeating: 255, count: 4 * width * height)
    rgba.withUnsafeMutableBufferPointer { rgba in
      points.withUnsafeBufferPointer { points in
        for y in 0..<height {
          for x in 0..<width {
            var sum = SIMD4<UInt32>.zero
            for sy in 0..<samples {
              let row = (y &* samples &+ sy) &* columns &+ x &* samples
              for sx in 0..<samples { sum = sum &+ SIMD4<UInt32>(truncatingIfNeeded: points[row &+ sx]) }
            }
            for c in 0..<4 { rgba[4 &* (x &+ width &* y) &+ c] = UInt8((sum[c] + count / 2) / count) }
          }
        }
      }
    }
    return Raster(width: width, height: height, rgba: rgba)
  }
}
