import DifferentiableCore
import Foundation
import Geometry
import TestSupport
import Testing

@testable import SmoothedParticles

@Suite("Solids by signed distance")
struct SolidShapeTests {
  static let shapes: [SolidShape] = [
    .ball(center: [0.3, -0.2], radius: 0.5), .ball(center: [0.1, 0.2, 0.3], radius: 0.4),
    .box(center: [0.3, 0.1], halfSizes: [0.4, 0.35], angle: 0.4),
    .box(center: [0, 0.1, 0], halfSizes: [0.3, 0.2, 0.4]),
    .capsule(from: [0, 0.1], to: [0.8, 0.3], radius: 0.3),
    .capsule(from: [0, 0.1, 0.2], to: [0.5, 0.3, -0.1], radius: 0.25),
    .halfSpace(point: [0.1, 0.2], normal: [0.6, 0.8]), .halfSpace(point: [0.1, 0.2, 0], normal: [1, 2, 1]),
    .polygon([[0, 0], [1, 0.1], [0.6, 0.4], [0.9, 0.8], [0.1, 0.7]]),
    .polygon([[0, 0.7], [0.8, 0.8], [0.9, 0], [0, 0]]),
  ]

  @Test("layers lie at their depths, and fill the volume of the shell", arguments: shapes)
  func depths(_ shape: SolidShape) {
    let spacing = 0.05, d = shape.dimension
    let layers = BodyFittedLayers(
      shape, spacing: spacing, layers: 3,
      within: ([Double](repeating: -0.5, count: d), [Double](repeating: 0.5, count: d)))
    let places = layers.positions
    var seen: Set<Int> = []
    for k in 0..<layers.count {
      let depth = -shape.signedDistance(Array(places[k * d..<(k + 1) * d])) / spacing
      #expect(abs(depth - depth.rounded(.down) - 0.5) < 1e-5, "\(depth)")
      seen.insert(Int(depth))
    }
    #expect(seen == [0, 1, 2])
    // Each has about the volume of a place of the lattice.
    let cell = d == 2 ? spacing * spacing : spacing * spacing * spacing
    #expect(layers.volumes.allSatisfy { (0.7...1.4).contains($0 / cell) })
  }

  @Test("mirror points lie as far outside as their particles lie inside", arguments: shapes)
  func mirrors(_ shape: SolidShape) {
    let d = shape.dimension
    let layers = BodyFittedLayers(
      shape, spacing: 0.05, layers: 3,
      within: ([Double](repeating: -0.5, count: d), [Double](repeating: 0.5, count: d)))
    let places = layers.positions, mirrors = layers.mirrors
    var matched = 0
    for k in stride(from: 0, to: places.count, by: d) {
      let inside = shape.signedDistance(Array(places[k..<k + d]))
      let outside = shape.signedDistance(zip(places[k..<k + d], mirrors[k..<k + d]).map { $0 + $1 })
      #expect(outside > 0)
      if abs(outside + inside) < 1e-6 { matched += 1 }
    }
    // A corner of a box is seen through the corner, and beside one of a polygon another side may be nearer.
    #expect(Double(matched * d) > 0.7 * Double(places.count))
  }

  @Test("the layers of a closed surface lie in it, and fill it")
  func surface() {
    var surface = TriangleSurface(vertices: (0..<8).map { SIMD3(Double($0 & 1), Double($0 >> 1 & 1), Double($0 >> 2)) })
    for (a, b, c, d) in [(0, 2, 3, 1), (4, 5, 7, 6), (0, 1, 5, 4), (2, 6, 7, 3), (0, 4, 6, 2), (1, 3, 7, 5)] {
      surface.triangles += [SIMD3(Int32(a), Int32(b), Int32(c)), SIMD3(Int32(a), Int32(c), Int32(d))]
    }
    #expect(surface.closedness.isClosed && abs(surface.volume - 1) < 1e-12)
    let shape = SolidShape.surface(SurfaceDistance(surface), shift: [1, 0, 0])
    let layers = BodyFittedLayers(shape, spacing: 0.1, layers: 2), places = layers.positions
    // A shell of two layers of a cube of ten.
    #expect(layers.count == 1000 - 216)
    for k in stride(from: 0, to: places.count, by: 3) {
      let depth = -shape.signedDistance(Array(places[k..<k + 3])) / 0.1
      #expect(abs(depth - depth.rounded(.down) - 0.5) < 1e-9)
    }
    #expect(shape.signedDistance([2.5, 0.5, 0.5]) == 0.5 && shape.keeps(0.4, from: [2.5, 0.5, 0.5]))
    #expect(shape.keeps(0.4, from: [5, 5, 5]) && !shape.keeps(0.1, from: [1.5, 0.5, 0.5]))
  }

  /// A ring whose radius waves: not convex, and seen through its hole.
  private static func ring(_ m: Int, _ n: Int) -> TriangleSurface {
    var surface = TriangleSurface()
    for i in 0..<m {
      for j in 0..<n {
        let u = 2 * .pi * Double(i) / Double(m), v = 2 * .pi * Double(j) / Double(n)
        let tube = 0.3 + 0.1 * sin(3 * u) * cos(2 * v), reach = 1 + tube * cos(v)
        surface.vertices.append([reach * cos(u), reach * sin(u), tube * sin(v)])
        let corners = [(i, j), (i + 1, j), (i + 1, j + 1), (i, j + 1)].map { Int32(($0.0 % m) * n + $0.1 % n) }
        surface.triangles += [[corners[0], corners[1], corners[2]], [corners[0], corners[2], corners[3]]]
      }
    }
    return surface
  }

  @Test("boxes of triangles answer as all triangles do")
  func hierarchy() {
    let surface = Self.ring(24, 12), distance = SurfaceDistance(surface)
    #expect(surface.closedness.isClosed && surface.volume > 0)
    // Each triangle is in one leaf, and large parts have few caps.
    let tree = TriangleHierarchy(surface)
    #expect(tree.order.sorted() == Array(surface.triangles.indices))
    #expect(tree.boxes[0].caps?.isEmpty == true && (tree.boxes[1].caps?.count ?? .max) <= 24)
    var random = SeededGenerator(seed: 4), inside = 0
    for k in 0..<400 {
      var place = SIMD3<Double>((0..<3).map { _ in Double.random(in: -1.5...1.5, using: &random) })
      if k % 2 == 0 { place.z *= 0.2 }
      if k < 20 { place = surface.vertices[k] }
      var best = place, least = Double.infinity, angle = 0.0
      for t in surface.triangles {
        let (a, b, c) = surface.corners(t), point = SurfaceDistance.nearest(place, a, b, c)
        let gap = place - point, square = (gap * gap).sum()
        if square < least { (best, least) = (point, square) }
        let d = [a - place, b - place, c - place], l = d.map { dot($0, $0).squareRoot() }
        let below = l[0] * l[1] * l[2] + dot(d[0], d[1]) * l[2] + dot(d[1], d[2]) * l[0] + dot(d[2], d[0]) * l[1]
        angle += 2 * atan2(dot(d[0], Geometry.cross(d[1], d[2])), below)
      }
      #expect(distance.nearest(place) == best)
      if k < 20 { continue }
      #expect(distance.isInside(place) == (abs(angle) > 2 * .pi))
      if distance.isInside(place) { inside += 1 }
    }
    #expect((20...200).contains(inside))
  }

  @Test("a thin solid has the layers that it has room for")
  func thin() {
    let disc = BodyFittedLayers(.ball(center: [0, 0], radius: 0.12), spacing: 0.1, layers: 4)
    let area = disc.volumes.reduce(0, +)
    #expect(abs(area - 0.0452389342) < 1e-9 && disc.count > 3)
  }
}
