/// Colours for the pixels of a depth buffer.
struct Shader: Sendable {
  let scene: ShadingScene
  let points: [SIMD3<Float>]
  let camera: Camera
  let buffer: DepthBuffer
  let lights: Lights
  let background: Color
  let ground: Bool
  let samples: Int
  // Points per sample; the samples of a pixel turn them differently, so that a pixel has four times as many.
  private let narrow = Spiral(points: 5)
  private let wide = Spiral(points: 8)

  init(
    scene: ShadingScene, points: [SIMD3<Float>], camera: Camera, buffer: DepthBuffer, lights: Lights,
    background: Color, ground: Bool, samples: Int
  ) {
    self.scene = scene
    self.points = points
    self.camera = camera
    self.buffer = buffer
    self.lights = lights
    self.background = background
    self.ground = ground
    self.samples = samples
  }

  /// Samples shaded and averaged; rows are independent of each other.
  func raster(width: Int, height: Int) -> Raster {
    let occlusion = AmbientOcclusion(buffer: buffer, focal: camera.focal, radius: 0.045 * lights.extent)
    let backdrop = linear(background)
    var rgba = [UInt8](repeating: 255, count: 4 * width * height)
    rgba.withUnsafeMutableBufferPointer { rgba in
      let shared = UncheckedShared(rgba)
      concurrentlyForEach(count: height, block: 16) { rows in
        for y in rows {
          for x in 0..<width {
            var sum = SIMD3<Float>.zero
            for sy in 0..<samples {
              for sx in 0..<samples {
                // Averaged as displayed: averaging light would fray bright edges on a white page.
                let c = shade(x &* samples &+ sx, y &* samples &+ sy, occlusion, backdrop)
                sum += SIMD3(c.x.squareRoot(), c.y.squareRoot(), c.z.squareRoot())
              }
            }
            let mean = sum / Float(samples * samples)
            let bytes = Color(mean.x, mean.y, mean.z).rgba
            let base = 4 &* (x &+ width &* y)
            for c in 0..<3 { shared.value[base &+ c] = bytes[c] }
          }
        }
      }
    }
    return Raster(width: width, height: height, rgba: rgba)
  }

  private func shade(_ x: Int, _ y: Int, _ occlusion: AmbientOcclusion, _ backdrop: SIMD3<Float>) -> SIMD3<Float> {
    let pixel = y &* buffer.width &+ x
    let ray = camera.ray(Float(x) + 0.5, Float(y) + 0.5)
    let turn = Spiral.noise(x, y)
    let t = Int(buffer.triangle[pixel])
    guard t >= 0 else { return ground ? floor(ray, turn, backdrop) : backdrop }

    let place = camera.eye + ray * buffer.depth[pixel]
    let index = scene.surface.triangles[t]
    let a = points[Int(index.x)], b = points[Int(index.y)], c = points[Int(index.z)]
    let (u, v, w) = barycentric(place, a, b, c)
    var normal = scene.normals[3 * t] * u + scene.normals[3 * t + 1] * v + scene.normals[3 * t + 2] * w
    normal = unitFloat(normal)
    let albedo =
      scene.colors[Int(index.x)] * u + scene.colors[Int(index.y)] * v + scene.colors[Int(index.z)] * w

    let facing = (normal * lights.key).sum()
    var direct: Float = 0
    if facing > 0 {
      let lifted = place + normal * (0.004 * lights.extent)
      direct = facing * lights.visibility(lifted, radius: 0.006 * lights.extent, spiral: narrow, turn: turn)
    }
    let open = occlusion.openness(x, y)
    let side = max(0, (normal * lights.fill).sum())
    let sky = 0.5 + 0.5 * (normal * lights.up).sum()
    // Light: key 0.95 warm, fill 0.22 cool, sky 0.2 to 0.42 cool.
    var light = SIMD3<Float>(1.0, 0.975, 0.94) * (0.95 * direct)
    light += SIMD3<Float>(0.9, 0.96, 1.0) * ((0.22 * side + 0.16 + 0.26 * sky) * open)
    // A sheen: Blinn's half vector, and a brighter rim where the surface turns away.
    let toEye = unitFloat(-ray)
    let half = unitFloat(toEye + lights.key)
    var gloss = max(0, (normal * half).sum())
    gloss *= gloss; gloss *= gloss; gloss *= gloss; gloss *= gloss; gloss *= gloss
    let turned = 1 - max(0, (normal * toEye).sum())
    let rim = turned * turned * turned * 0.10 * open
    var color = albedo * light
    color += SIMD3<Float>(repeating: direct * gloss * 0.12 + rim)
    return pointwiseMin(color, SIMD3<Float>(repeating: 1))
  }

  /// The shadow on the floor, fading away with distance from the body.
  private func floor(_ ray: SIMD3<Float>, _ turn: Float, _ backdrop: SIMD3<Float>) -> SIMD3<Float> {
    let descent = -(ray * lights.up).sum()
    guard descent > 1e-4 else { return backdrop }
    let height = (camera.eye * lights.up).sum() - lights.floor
    guard height > 0 else { return backdrop }
    let place = camera.eye + ray * (height / descent)
    let contact = 1 - lights.visibility(place, radius: 0.012 * lights.extent, spiral: narrow, turn: turn)
    let soft = 1 - lights.visibility(place, radius: 0.06 * lights.extent, spiral: wide, turn: turn)
    return backdrop * (1 - 0.16 * contact - 0.20 * soft)
  }

  private func barycentric(
    _ p: SIMD3<Float>, _ a: SIMD3<Float>, _ b: SIMD3<Float>, _ c: SIMD3<Float>
  ) -> (Float, Float, Float) {
    let e = b - a, f = c - a, g = p - a
    let ee = (e * e).sum(), ef = (e * f).sum(), ff = (f * f).sum(), ge = (g * e).sum(), gf = (g * f).sum()
    let determinant = ee * ff - ef * ef
    guard determinant > 0 else { return (1, 0, 0) }
    let v = min(max((ff * ge - ef * gf) / determinant, 0), 1)
    let w = min(max((ee * gf - ef * ge) / determinant, 0), 1 - v)
    return (1 - v - w, v, w)
  }
}

@inline(__always) func unitFloat(_ v: SIMD3<Float>) -> SIMD3<Float> {
  let square = (v * v).sum()
  return square > 0 ? v / square.squareRoot() : v
}
