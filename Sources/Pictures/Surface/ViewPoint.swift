#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Where a body is looked at from; the distance is chosen so that it fills the picture.
public struct ViewPoint: Sendable, Hashable {
  public enum Axis: String, Sendable, Hashable, CaseIterable { case x, y, z }

  /// The axis that points up in the picture.
  public var up: Axis
  /// Degrees around the up axis. For y up, 0 looks along -z (the front), 90 along -x (from the right).
  public var azimuth: Double
  /// Degrees above the horizon, -89 to 89.
  public var elevation: Double
  /// Degrees from the top to the bottom of the picture; small is nearly parallel.
  public var fieldOfView: Double

  public init(up: Axis = .y, azimuth: Double = 32, elevation: Double = 24, fieldOfView: Double = 24) {
    self.up = up
    self.azimuth = azimuth
    self.elevation = elevation
    self.fieldOfView = fieldOfView
  }

  /// Unit vectors of the picture: to the right, up, and from the body toward the eye.
  var frame: (right: SIMD3<Double>, up: SIMD3<Double>, back: SIMD3<Double>) {
    let a = azimuth * .pi / 180, e = min(max(elevation, -89), 89) * .pi / 180
    // For y up; the other choices turn the axes cyclically, which keeps them right-handed.
    let right = SIMD3(cos(a), 0, -sin(a))
    let back = SIMD3(sin(a) * cos(e), sin(e), cos(a) * cos(e))
    let above = cross(back, right)
    func turned(_ v: SIMD3<Double>) -> SIMD3<Double> {
      switch up {
      case .y: v
      case .z: SIMD3(v.z, v.x, v.y)
      case .x: SIMD3(v.y, v.z, v.x)
      }
    }
    return (turned(right), turned(above), turned(back))
  }

  var upVector: SIMD3<Double> {
    switch up {
    case .x: SIMD3(1, 0, 0)
    case .y: SIMD3(0, 1, 0)
    case .z: SIMD3(0, 0, 1)
    }
  }
}

/// A pinhole that maps space to pixels and back.
struct Camera {
  let eye: SIMD3<Float>
  let right: SIMD3<Float>, up: SIMD3<Float>, back: SIMD3<Float>
  /// Pixels per unit of slope, and the middle of the picture.
  let focal: Float
  let centre: SIMD2<Float>

  /// Looks at all `points` from the view point's direction, as near as the margin allows.
  init(_ view: ViewPoint, points: some Sequence<SIMD3<Double>>, width: Int, height: Int, margin: Double) {
    let (r, u, b) = view.frame
    let half = max(0.5, min(view.fieldOfView, 120)) * .pi / 360
    let slope = tan(half)
    let aspect = Double(width) / Double(height)
    // Every point p asks |right·(p - c)| <= (d - back·(p - c))·slope·aspect: along each side the extreme point decides.
    var high = SIMD2<Double>(repeating: -.infinity), low = high, farthest = -Double.infinity
    var sum = SIMD3<Double>.zero, number = 0.0
    let usable = SIMD2(slope * aspect, slope) * (1 - margin)
    for p in points {
      let x = dot(p, r), y = dot(p, u), z = dot(p, b)
      high = pointwiseMax(high, SIMD2(x, y) / usable + SIMD2(repeating: z))
      low = pointwiseMax(low, SIMD2(-x, -y) / usable + SIMD2(repeating: z))
      farthest = max(farthest, z)
      sum += p
      number += 1
    }
    guard number > 0 else {
      self.init(eye: .zero, r, u, b, focal: 1, width, height)
      return
    }
    // Centred where both sides touch at once; the farther of the two demands sets the distance.
    let middle = (high - low) * usable / 2
    let distance = max(((high + low) / 2).max(), farthest + 1e-6)
    let position = r * middle.x + u * middle.y + b * distance
    self.init(eye: position, r, u, b, focal: Double(height) / 2 / slope, width, height)
  }

  private init(
    eye: SIMD3<Double>, _ right: SIMD3<Double>, _ up: SIMD3<Double>, _ back: SIMD3<Double>, focal: Double,
    _ width: Int, _ height: Int
  ) {
    self.eye = SIMD3<Float>(eye)
    self.right = SIMD3<Float>(right)
    self.up = SIMD3<Float>(up)
    self.back = SIMD3<Float>(back)
    self.focal = Float(focal)
    centre = SIMD2(Float(width), Float(height)) / 2
  }

  /// Pixel coordinates (y down) and the distance in front of the eye.
  func project(_ p: SIMD3<Float>) -> SIMD3<Float> {
    let v = p - eye
    let depth = -(v * back).sum()
    let scale = focal / max(depth, 1e-12)
    return SIMD3(centre.x + (v * right).sum() * scale, centre.y - (v * up).sum() * scale, depth)
  }

  /// The direction through a pixel, one unit deep.
  func ray(_ x: Float, _ y: Float) -> SIMD3<Float> {
    right * ((x - centre.x) / focal) + up * ((centre.y - y) / focal) - back
  }
}
