/// The nearest triangle at each pixel, and how far away it is.
struct DepthBuffer: Sendable {
  let width: Int
  let height: Int
  /// Infinity where nothing was drawn.
  var depth: [Float]
  /// -1 where nothing was drawn.
  var triangle: [Int32]

  /// Draws triangles given by projected corners: x and y in pixels, z the depth.
  ///
  /// Depth is interpolated linearly in its reciprocal for a pinhole and linearly for a parallel projection. Rows are
  /// cut into bands, each drawn by one thread from all triangles in order, so that the result has no order of its own.
  init(width: Int, height: Int, corners: [SIMD3<Float>], triangles: [SIMD3<Int32>], parallel: Bool) {
    self.width = width
    self.height = height
    depth = [Float](repeating: .infinity, count: width * height)
    triangle = [Int32](repeating: -1, count: width * height)
    let bandHeight = 64
    let bands = (height + bandHeight - 1) / bandHeight
    depth.withUnsafeMutableBufferPointer { depth in
      triangle.withUnsafeMutableBufferPointer { triangle in
        corners.withUnsafeBufferPointer { corners in
          triangles.withUnsafeBufferPointer { triangles in
            let shared = UncheckedShared((depth: depth, triangle: triangle, corners: corners, triangles: triangles))
            concurrentlyForEach(piece: bands) { band in
              let rows = band * bandHeight..<min((band + 1) * bandHeight, height)
              Self.draw(
                shared.value.corners, shared.value.triangles, rows, width, parallel,
                shared.value.depth.baseAddress!, shared.value.triangle.baseAddress!)
            }
          }
        }
      }
    }
  }

  private static func draw(
    _ corners: UnsafeBufferPointer<SIMD3<Float>>, _ triangles: UnsafeBufferPointer<SIMD3<Int32>>, _ rows: Range<Int>,
    _ width: Int, _ parallel: Bool, _ depth: UnsafeMutablePointer<Float>, _ triangle: UnsafeMutablePointer<Int32>
  ) {
    let top = Float(rows.lowerBound), bottom = Float(rows.upperBound), side = Float(width)
    for t in 0..<triangles.count {
      let index = triangles[t]
      let a = corners[Int(index.x)], b = corners[Int(index.y)], c = corners[Int(index.z)]
      let lowY = min(a.y, b.y, c.y), highY = max(a.y, b.y, c.y)
      if highY < top || lowY >= bottom { continue }
      let lowX = min(a.x, b.x, c.x), highX = max(a.x, b.x, c.x)
      if highX < 0 || lowX >= side { continue }
      let area = (b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x)
      if !(abs(area) > 1e-12) || !area.isFinite { continue }
      let inverse = 1 / area
      let za = parallel ? a.z : 1 / a.z, zb = parallel ? b.z : 1 / b.z, zc = parallel ? c.z : 1 / c.z
      let x0 = Int(max(0, lowX)), x1 = min(width - 1, Int(min(highX, side)))
      let y0 = max(rows.lowerBound, Int(max(lowY, 0))), y1 = min(rows.upperBound - 1, Int(min(highY, bottom)))
      if x0 > x1 || y0 > y1 { continue }
      for y in y0...y1 {
        let py = Float(y) + 0.5
        for x in x0...x1 {
          let px = Float(x) + 0.5
          let u = ((b.x - px) * (c.y - py) - (b.y - py) * (c.x - px)) * inverse
          let v = ((c.x - px) * (a.y - py) - (c.y - py) * (a.x - px)) * inverse
          let w = 1 - u - v
          if u < 0 || v < 0 || w < 0 { continue }
          let mixed = u * za + v * zb + w * zc
          let z = parallel ? mixed : 1 / mixed
          let pixel = y &* width &+ x
          if z < depth[pixel] {
            depth[pixel] = z
            triangle[pixel] = Int32(truncatingIfNeeded: t)
          }
        }
      }
    }
  }
}
