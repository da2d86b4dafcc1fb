/// Shaded pictures of bodies: a soft key light with its shadow, a fill light, a sky, and a ground that takes the shadow.
public struct SurfaceRenderer: Sendable {
  /// A body to draw, in one colour or with a colour at each vertex.
  public struct Part: Sendable {
    public var surface: TriangleSurface
    public var color: Color
    /// `[vertices]`, or empty for one colour.
    public var vertexColors: [Color]

    public init(_ surface: TriangleSurface, color: Color = Color(hex: 0x8FA9BF), vertexColors: [Color] = []) {
      precondition(vertexColors.isEmpty || vertexColors.count == surface.vertices.count, "one colour per vertex")
      self.surface = surface
      self.color = color
      self.vertexColors = vertexColors
    }
  }

  public var view: ViewPoint
  public var background: Color
  /// Draws where the body would stand on a floor, as a soft shadow.
  public var ground: Bool
  /// Share of the picture left free at each side.
  public var margin: Double
  /// Samples per pixel along each axis.
  public var samples: Int

  public init(
    view: ViewPoint = ViewPoint(), background: Color = .white, ground: Bool = true, margin: Double = 0.08,
    samples: Int = 2
  ) {
    self.view = view
    self.background = background
    self.ground = ground
    self.margin = margin
    self.samples = samples
  }

  /// A picture of one body in one colour.
  public func render(_ surface: TriangleSurface, width: Int = 1200, height: Int = 900) -> Raster {
    render([Part(surface)], width: width, height: height)
  }

  /// A picture of all parts together. Without any triangle it is the empty background.
  public func render(_ parts: [Part], width: Int = 1200, height: Int = 900) -> Raster {
    precondition(width > 0 && height > 0 && samples > 0, "a picture has pixels and samples")
    let scene = ShadingScene(parts)
    guard !scene.surface.isEmpty, let bounds = scene.surface.bounds else {
      return Canvas(width: width, height: height, background: background, samples: 1).raster
    }
    let fine = (width: width * samples, height: height * samples)
    let camera = Camera(
      view, points: scene.surface.vertices, width: fine.width, height: fine.height, margin: 2 * margin)
    let points = scene.surface.vertices.map { SIMD3<Float>($0) }
    let buffer = DepthBuffer(
      width: fine.width, height: fine.height, corners: points.map(camera.project), triangles: scene.surface.triangles,
      parallel: false)
    // As fine as the picture, so that small pictures are quick.
    let lights = Lights(
      view, surface: scene.surface, bounds: bounds, resolution: min(1024, max(128, fine.width, fine.height)))
    let shader = Shader(
      scene: scene, points: points, camera: camera, buffer: buffer, lights: lights, background: background,
      ground: ground, samples: samples)
    return shader.raster(width: width, height: height)
  }
}

/// All parts as one surface, with normals and linear-light colours at the corners.
struct ShadingScene: Sendable {
  var surface = TriangleSurface()
  /// Per corner of each triangle.
  let normals: [SIMD3<Float>]
  /// Per vertex, in linear light.
  var colors: [SIMD3<Float>] = []

  init(_ parts: [SurfaceRenderer.Part]) {
    for part in parts {
      let base = Int32(surface.vertices.count)
      surface.vertices += part.surface.vertices
      surface.triangles += part.surface.triangles.map { $0 &+ base }
      if part.vertexColors.isEmpty {
        colors += [SIMD3<Float>](repeating: linear(part.color), count: part.surface.vertices.count)
      } else {
        colors += part.vertexColors.map(linear)
      }
    }
    normals = surface.cornerNormals()
  }
}

/// sRGB to linear light, by the square that comes close to the standard's curve; undone at the end by the square root.
func linear(_ c: Color) -> SIMD3<Float> { SIMD3(c.red * c.red, c.green * c.green, c.blue * c.blue) }
