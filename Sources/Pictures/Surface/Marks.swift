#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Where a structure is held and where it is pushed, as signs in a picture.
public struct Marks: Sendable {
  public struct Load: Sendable {
    /// In m; z is 0 in 2D.
    public var place: SIMD3<Double>
    /// The way it pushes; only the direction is shown.
    public var direction: SIMD3<Double>

    public init(at place: SIMD3<Double>, direction: SIMD3<Double>) {
      self.place = place
      self.direction = direction
    }
  }

  public var loads: [Load]
  /// In m; z is 0 in 2D.
  public var supports: [SIMD3<Double>]
  public var loadColor = Color(hex: 0xD1495B)
  public var supportColor = Color(hex: 0x2A7F62)

  public init(loads: [Load] = [], supports: [SIMD3<Double>] = []) {
    self.loads = loads
    self.supports = supports
  }

  public var isEmpty: Bool { loads.isEmpty && supports.isEmpty }

  /// Arrows and balls to draw with a body of the given extent (its diagonal, in m).
  ///
  /// A load or support on many nodes is shown by one sign per twelfth of the extent.
  public func parts(extent: Double) -> [SurfaceRenderer.Part] {
    var arrows = TriangleSurface(), balls = TriangleSurface()
    for load in Self.thinned(loads, cell: extent / 12, place: \.place) where unit(load.direction) != .zero {
      // The tip just touches the body.
      let along = unit(load.direction), tip = load.place - along * (0.004 * extent)
      arrows.append(.arrow(from: tip - along * (0.11 * extent), to: tip, radius: 0.006 * extent))
    }
    for place in Self.thinned(supports, cell: extent / 12, place: \.self) {
      balls.append(.ball(at: place, radius: 0.012 * extent))
    }
    return [.init(arrows, color: loadColor), .init(balls, color: supportColor)].filter { !$0.surface.isEmpty }
  }

  /// Draws the signs on a canvas; `pixel` maps metres to its pixels.
  func draw(on canvas: inout Canvas, extent: Double, unitLength: Double, pixel: (SIMD2<Double>) -> SIMD2<Double>) {
    for place in Self.thinned(supports, cell: extent / 16, place: \.self) {
      let p = pixel(SIMD2(place.x, place.y)), r = 0.22 * unitLength
      canvas.fill([p + SIMD2(-r, 0), p + SIMD2(0, -r), p + SIMD2(r, 0), p + SIMD2(0, r)], supportColor)
    }
    for load in Self.thinned(loads, cell: extent / 16, place: \.place) where unit(load.direction) != .zero {
      let along = unit(load.direction), tip = pixel(SIMD2(load.place.x, load.place.y))
      canvas.arrow(
        from: tip - SIMD2(along.x, -along.y) * unitLength * 1.2, to: tip, width: 0.1 * unitLength, loadColor)
    }
  }

  /// The first of each lattice cell, in order.
  private static func thinned<Sign>(_ signs: [Sign], cell: Double, place: (Sign) -> SIMD3<Double>) -> [Sign] {
    guard cell > 0 else { return [] }
    var seen: Set<SIMD3<Double>> = []
    return signs.filter { seen.insert((place($0) / cell).rounded(.toNearestOrEven)).inserted }
  }
}

extension TriangleSurface {
  /// Adds the triangles of another surface; they share no vertex.
  mutating func append(_ other: TriangleSurface) {
    let base = Int32(vertices.count)
    vertices += other.vertices
    triangles += other.triangles.map { $0 &+ base }
  }

  /// A closed arrow: shaft and head turned around the line from `tail` to `tip`.
  static func arrow(from tail: SIMD3<Double>, to tip: SIMD3<Double>, radius: Double) -> TriangleSurface {
    let neck = tip + (tail - tip) * 0.36
    return revolved([(tail, radius), (neck, radius), (neck, 2.8 * radius)], from: tail, to: tip)
  }

  static func ball(at centre: SIMD3<Double>, radius: Double) -> TriangleSurface {
    let pole = SIMD3(0, radius, 0)
    let rings = (1..<8).map { i -> (SIMD3<Double>, Double) in
      let angle = Double(i) * .pi / 8
      return (centre - pole * cos(angle), radius * sin(angle))
    }
    return revolved(rings, from: centre - pole, to: centre + pole)
  }

  /// Rings of radius r around points of the line from `start` to `end`, closed at both ends.
  private static func revolved(
    _ rings: [(centre: SIMD3<Double>, radius: Double)], from start: SIMD3<Double>, to end: SIMD3<Double>
  ) -> TriangleSurface {
    let axis = unit(end - start)
    let across = unit(cross(abs(axis.x) < 0.8 ? SIMD3(1, 0, 0) : SIMD3(0, 1, 0), axis)), along = cross(axis, across)
    let sides: Int32 = 20
    var surface = TriangleSurface(vertices: [start, end])
    for ring in rings {
      for s in 0..<sides {
        let angle = 2 * Double.pi * Double(s) / Double(sides)
        surface.vertices.append(ring.centre + (across * cos(angle) + along * sin(angle)) * ring.radius)
      }
    }
    let last = 2 + sides * Int32(rings.count - 1)
    for s in 0..<sides {
      let t = (s + 1) % sides
      surface.triangles.append(SIMD3(0, 2 + t, 2 + s))
      for r in 0..<Int32(rings.count - 1) {
        let low = 2 + sides * r, high = low + sides
        surface.triangles.append(SIMD3(low + s, low + t, high + t))
        surface.triangles.append(SIMD3(low + s, high + t, high + s))
      }
      surface.triangles.append(SIMD3(1, last + s, last + t))
    }
    return surface
  }
}
