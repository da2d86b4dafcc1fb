/// How open each place is to the sky, from the depths around it on the screen.
///
/// For each of a spiral of neighbours within a radius in space: one that lies nearer to the eye covers the place, unless
/// it is so near that it belongs to something else in front (screen-space ambient occlusion, Mittring 2007,
/// "Finding next gen: CryEngine 2", SIGGRAPH courses). Computed at every second sample and averaged over 4 x 4.
struct AmbientOcclusion: Sendable {
  private let width: Int, height: Int
  private let open: [Float]

  init(buffer: DepthBuffer, focal: Float, radius: Float) {
    let width = (buffer.width + 1) / 2, height = (buffer.height + 1) / 2
    self.width = width
    self.height = height
    var raw = [Float](repeating: 1, count: width * height)
    let spiral = Spiral(points: 14)
    let fine = buffer.width, rows = buffer.height
    raw.withUnsafeMutableBufferPointer { raw in
      buffer.depth.withUnsafeBufferPointer { depth in
        let shared = UncheckedShared((raw: raw, depth: depth))
        concurrentlyForEach(count: height, block: 16) { range in
          let depth = shared.value.depth
          for y in range {
            for x in 0..<width {
              let cx = min(2 * x, fine - 1), cy = min(2 * y, rows - 1)
              let z = depth[cy &* fine &+ cx]
              if z == .infinity { continue }
              shared.value.raw[y &* width &+ x] = Self.openness(
                depth, spiral, fine, rows, cx, cy, z, focal * radius / z, radius)
            }
          }
        }
      }
    }
    var smooth = raw
    smooth.withUnsafeMutableBufferPointer { smooth in
      raw.withUnsafeBufferPointer { raw in
        for y in 0..<height {
          for x in 0..<width {
            var sum: Float = 0, count: Float = 0
            for dy in -2...1 {
              for dx in -2...1 {
                let px = x + dx, py = y + dy
                if px < 0 || py < 0 || px >= width || py >= height { continue }
                sum += raw[py &* width &+ px]
                count += 1
              }
            }
            smooth[y &* width &+ x] = sum / count
          }
        }
      }
    }
    open = smooth
  }

  func openness(_ x: Int, _ y: Int) -> Float { open[(y / 2) &* width &+ x / 2] }

  private static func openness(
    _ depth: UnsafeBufferPointer<Float>, _ spiral: Spiral, _ width: Int, _ height: Int, _ x: Int, _ y: Int, _ z: Float,
    _ reach: Float, _ radius: Float
  ) -> Float {
    // The plane of the surface here, from the smaller of the two differences along each axis.
    func slope(_ before: Float, _ after: Float) -> Float {
      let a = z - before, b = after - z
      let s = abs(a) < abs(b) ? a : b
      return s.isFinite ? s : 0
    }
    let sx = x > 0 && x < width - 1 ? slope(depth[y &* width &+ x &- 1], depth[y &* width &+ x &+ 1]) : 0
    let sy = y > 0 && y < height - 1 ? slope(depth[(y &- 1) &* width &+ x], depth[(y &+ 1) &* width &+ x]) : 0
    let rotation = spiral.rotation(Spiral.noise(x / 2, y / 2))
    var covered: Float = 0
    for offset in spiral.offsets {
      let dx = reach * (offset.x * rotation.x - offset.y * rotation.y)
      let dy = reach * (offset.x * rotation.y + offset.y * rotation.x)
      let px = Int(Float(x) + dx), py = Int(Float(y) + dy)
      if px < 0 || py < 0 || px >= width || py >= height { continue }
      let other = depth[py &* width &+ px]
      if other == .infinity { continue }
      // Above the tangent plane by how much of the radius; far in front does not count.
      let rise = (z + sx * dx + sy * dy - other) / radius
      if rise > 0.04 && rise < 3 { covered += min(1, 1.4 * rise) * min(1, max(0, 1.5 - rise * 0.5)) }
    }
    return max(0.25, 1 - 1.5 * covered / Float(spiral.offsets.count))
  }
}
