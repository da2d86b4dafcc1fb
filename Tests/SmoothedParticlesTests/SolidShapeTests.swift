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
    let shape = SolidShape.surface(surface, shift: [1, 0, 0])
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

  @Test("a thin solid has the layers that it has room for")
  func thin() {
    let disc = BodyFittedLayers(.ball(center: [0, 0], radius: 0.12), spacing: 0.1, layers: 4)
    let area = disc.volumes.reduce(0, +)
    #expect(abs(area - 0.0452389342) < 1e-9 && disc.count > 3)
  }
}
