#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The key light with the depths that it sees, for shadows.
struct Lights: Sendable {
  /// Unit vectors toward the lights.
  let key: SIMD3<Float>, fill: SIMD3<Float>
  let up: SIMD3<Float>
  /// Height of the floor along the up axis.
  let floor: Float
  /// The diagonal of the body's box.
  let extent: Float

  private let across: SIMD3<Float>, along: SIMD3<Float>
  private let corner: SIMD2<Float>
  private let texelsPerMetre: Float
  private let map: DepthBuffer
  private let bias: Float

  /// Texels along a side of the shadow map.
  private let resolution: Int

  init(
    _ view: ViewPoint, surface: TriangleSurface, bounds: (lower: SIMD3<Double>, upper: SIMD3<Double>), resolution: Int
  ) {
    self.resolution = resolution
    let (right, above, back) = view.frame
    // From the upper left behind the eye: the lit and the shaded sides are both seen.
    let toKey = unit(view.upVector * 1.15 - right * 0.75 + unit(back - view.upVector * dot(back, view.upVector)) * 0.55)
    key = SIMD3<Float>(toKey)
    fill = SIMD3<Float>(unit(right * 0.8 + above * 0.15 + back * 0.6))
    up = SIMD3<Float>(view.upVector)
    let diagonal = bounds.upper - bounds.lower
    extent = Float(dot(diagonal, diagonal).squareRoot())
    floor = Float(dot(bounds.lower, view.upVector))

    let s = unit(cross(abs(toKey.x) < 0.9 ? SIMD3(1, 0, 0) : SIMD3(0, 1, 0), toKey)), t = cross(toKey, s)
    across = SIMD3<Float>(s)
    along = SIMD3<Float>(t)
    let points = surface.vertices.map { SIMD3<Float>($0) }
    var low = SIMD2<Float>(repeating: .infinity), high = -low
    var seen: [SIMD3<Float>] = []
    seen.reserveCapacity(points.count)
    for p in points {
      let q = SIMD3((p * across).sum(), (p * along).sum(), -(p * key).sum())
      seen.append(q)
      low = pointwiseMin(low, SIMD2(q.x, q.y))
      high = pointwiseMax(high, SIMD2(q.x, q.y))
    }
    let span = max((high - low).max(), .leastNormalMagnitude)
    texelsPerMetre = Float(resolution - 4) / span
    corner = low - SIMD2(repeating: 2 / texelsPerMetre)
    let scale = texelsPerMetre, origin = corner
    map = DepthBuffer(
      width: resolution, height: resolution,
      corners: seen.map { SIMD3(($0.x - origin.x) * scale, ($0.y - origin.y) * scale, $0.z) },
      triangles: surface.triangles, parallel: true)
    bias = 2.5 / texelsPerMetre
  }

  /// The share of the key light that reaches a point, averaged over a disc of `radius` (in m).
  func visibility(_ p: SIMD3<Float>, radius: Float, spiral: Spiral, turn: Float) -> Float {
    let x = ((p * across).sum() - corner.x) * texelsPerMetre
    let y = ((p * along).sum() - corner.y) * texelsPerMetre
    let z = -(p * key).sum() - bias
    let reach = max(radius * texelsPerMetre, 1.2)
    let side = Float(resolution)
    if x < -reach || y < -reach || x > side + reach || y > side + reach { return 1 }
    let rotation = spiral.rotation(turn)
    return map.depth.withUnsafeBufferPointer { depth in
      spiral.offsets.withUnsafeBufferPointer { offsets in
        var lit: Float = 0
        for offset in offsets {
          let tx = x + reach * (offset.x * rotation.x - offset.y * rotation.y)
          let ty = y + reach * (offset.x * rotation.y + offset.y * rotation.x)
          if tx < 0 || ty < 0 || tx >= side || ty >= side {
            lit += 1
          } else if depth[Int(ty) &* resolution &+ Int(tx)] >= z {
            lit += 1
          }
        }
        return lit / Float(offsets.count)
      }
    }
  }
}

/// Points spread evenly over a disc, along the golden-angle spiral (Vogel 1979, "A better way to construct the
/// sunflower head"), and 64 angles to turn them by, so that neighbouring pixels do not repeat each other's pattern.
struct Spiral: Sendable {
  /// Within the unit disc.
  let offsets: [SIMD2<Float>]
  private let rotations: [SIMD2<Float>]

  init(points: Int) {
    func direction(_ i: Int) -> SIMD2<Double> {
      let angle = Double(i) * 2.399963229728653
      return SIMD2(cos(angle), sin(angle))
    }
    offsets = (0..<points).map { i in
      SIMD2<Float>(direction(i) * ((Double(i) + 0.5) / Double(points)).squareRoot())
    }
    rotations = (0..<64).map { SIMD2<Float>(direction($0)) }
  }

  /// Cosine and sine of an angle chosen by a number in [0, 1).
  func rotation(_ turn: Float) -> SIMD2<Float> { rotations[Int(turn * 64) & 63] }

  /// A number in [0, 1) that differs between neighbouring pixels (Jimenez 2014, "Next generation post processing in
  /// Call of Duty", SIGGRAPH courses: interleaved gradient noise).
  static func noise(_ x: Int, _ y: Int) -> Float {
    let inner = 0.06711056 * Float(x) + 0.00583715 * Float(y)
    let folded = 52.9829189 * (inner - inner.rounded(.down))
    return folded - folded.rounded(.down)
  }
}
