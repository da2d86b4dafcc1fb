extension Element {
  /// Four-node quadrilateral on [0, 1]², counter-clockwise; 2 x 2 Gauss points.
  public static let quad4 = Element(
    shape: .quad4,
    nodes: [[0, 0], [1, 0], [1, 1], [0, 1]],
    quadrature: GaussRule.points.flatMap { s in GaussRule.points.map { r in QuadraturePoint([r, s], weight: 0.25) } },
    degree: 1,
    values: { x in
      let r = x[0], s = x[1]
      return [(1 - r) * (1 - s), r * (1 - s), r * s, (1 - r) * s]
    },
    gradients: { x in
      let r = x[0], s = x[1]
      return [[s - 1, r - 1], [1 - s, -r], [s, r], [-s, 1 - r]]
    })
}
