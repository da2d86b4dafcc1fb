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

  static let resolution = 1024

  init(_ view: ViewPoint, surface: TriangleSurface, bounds: (lower: SIMD3<Double>, upper: SIMD3<Double>)) {
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
    texelsPerMetre = Float(Self.resolution - 4) / span
    corner = low - SIMD2(repeating: 2 / texelsPerMetre)
    let scale = texelsPerMetre, origin = corner
    map = DepthBuffer(
      width: Self.resolution, height: Self.resolution,
      corners: seen.map { SIMD3(($0.x - origin.x) * scale, ($0.y - origin.y) * scale, $0.z) },
      triangles: surface.triangles, parallel: true)
    bias = 2.5 / texelsPerMetre
  }

  /// The share of the key light that reaches a point, averaged over a disc of `radius` (in m) with `taps` points.
  func visibility(_ p: SIMD3<Float>, radius: Float, taps: Int, turn: Float) -> Float {
    let x = ((p * across).sum() - corner.x) * texelsPerMetre
    let y = ((p * along).sum() - corner.y) * texelsPerMetre
    let z = -(p * key).sum() - bias
    let reach = max(radius * texelsPerMetre, 1.2)
    var lit: Float = 0
    // A spiral of equal areas (Vogel 1979), turned by a per-pixel angle.
    for tap in 0..<taps {
      let r = reach * ((Float(tap) + 0.5) / Float(taps)).squareRoot()
      let (sine, cosine) = Spiral.direction(tap, turn)
      let tx = Int(x + r * cosine), ty = Int(y + r * sine)
      if tx < 0 || ty < 0 || tx >= Self.resolution || ty >= Self.resolution {
        lit += 1
      } else if map.depth[ty &* Self.resolution &+ tx] >= z {
        lit += 1
      }
    }
    return lit / Float(taps)
  }
}

/// Directions of the golden-angle spiral, turned by one of 64 angles.
enum Spiral {
  private static let table: [(Float, Float)] = (0..<64).map { i in
    let angle = Double(i) * 2.399963229728653
    return (Float(sin(angle)), Float(cos(angle)))
  }

  static func direction(_ tap: Int, _ turn: Float) -> (sine: Float, cosine: Float) {
    let (s, c) = table[tap & 63], (ts, tc) = table[Int(turn * 64) & 63]
    return (s * tc + c * ts, c * tc - s * ts)
  }

  /// A number in [0, 1) that differs between neighbouring pixels (Jimenez 2014, "interleaved gradient noise").
  static func noise(_ x: Int, _ y: Int) -> Float {
    let inner = (0.06711056 * Float(x) + 0.00583715 * Float(y))
    let folded = 52.9829189 * (inner - inner.rounded(.down))
    return folded - folded.rounded(.down)
  }
}
