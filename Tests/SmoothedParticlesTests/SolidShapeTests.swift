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
  ]

  @Test("layers lie at their depths, and fill the volume of the shell", arguments: shapes)
  func depths(_ shape: SolidShape) {
    let spacing = 0.05, layers = BodyFittedLayers(shape, spacing: spacing, layers: 3), d = shape.dimension
    let places = layers.positions
    var seen: Set<Int> = []
    for k in 0..<layers.count {
      let depth = -shape.signedDistance(Array(places[k * d..<(k + 1) * d])) / spacing
      #expect(abs(depth - depth.rounded(.down) - 0.5) < 1e-9, "\(depth)")
      seen.insert(Int(depth))
    }
    #expect(seen == [0, 1, 2])
    // Each has about the volume of a place of the lattice.
    let cell = d == 2 ? spacing * spacing : spacing * spacing * spacing
    #expect(layers.volumes.allSatisfy { (0.7...1.4).contains($0 / cell) })
  }

  @Test("a thin solid has the layers that it has room for")
  func thin() {
    let disc = BodyFittedLayers(.ball(center: [0, 0], radius: 0.12), spacing: 0.1, layers: 4)
    let area = disc.volumes.reduce(0, +)
    #expect(abs(area - 0.0452389342) < 1e-9 && disc.count > 3)
  }
}
