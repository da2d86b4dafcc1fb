import Backsolve
import TestSupport
import Testing

extension GradientTable {
  static let solidShapes: [GradientCase] = [
    ("disc", .ball(center: [0.3, -0.2], radius: 0.5)), ("ball", .ball(center: [0.1, 0.2, 0.3], radius: 0.4)),
    ("turned box", .box(center: [0.3, 0.1], halfSizes: [0.4, 0.35], angle: 0.4)),
    ("box in space", .box(center: [0, 0.1, 0], halfSizes: [0.3, 0.2, 0.4])),
    ("capsule", SolidShape.capsule(from: [0, 0.1], to: [0.8, 0.3], radius: 0.3)),
    ("capsule in space", .capsule(from: [0, 0.1, 0.2], to: [0.5, 0.3, -0.1], radius: 0.25)),
    ("half-plane", .halfSpace(point: [0.1, 0.2], normal: [0.6, 0.8])),
    ("half-space", .halfSpace(point: [0.1, 0.2, 0], normal: [0.5, 0.8, 0.3])),
    ("polygon", .polygon([[0, 0], [1, 0.1], [0.6, 0.4], [0.9, 0.8], [0.1, 0.7]])),
    ("polygon, clockwise", .polygon([[0, 0.7], [0.8, 0.8], [0.9, 0], [0, 0]])),
  ].map { name, shape in
    let d = shape.dimension
    let layers = BodyFittedLayers(
      shape, spacing: 0.1, layers: 2,
      within: ([Double](repeating: -0.5, count: d), [Double](repeating: 0.5, count: d)))
    // Positions are linear in all but angles and ends; their products make the map curved for the Taylor test.
    return GradientCase(
      "solid layers: \(name)", at: DenseVector(shape.parameters),
      image: { parameters in
        let places = layers.positions(parameters)
        return DenseVector(places.elements.map { $0 * $0 })
      },
      pullback: { seed, parameters in
        if seed.isEmpty { return .zero }
        let places = layers.positions(parameters)
        return layers.pullback(
          DenseVector(zip(seed.elements, places.elements).map { 2 * $0 * $1 }), at: parameters)
      })
  }

  @Test(arguments: solidShapes)
  func solidShape(_ row: GradientCase) throws { try row.check() }
}
