extension Element {
  /// Two-node line on [0, 1], for loads on edges.
  public static let line2 = Element(
    shape: .line2,
    nodes: [[0], [1]],
    quadrature: GaussRule.points.map { QuadraturePoint([$0], weight: 0.5) },
    degree: 1,
    values: { x in [1 - x[0], x[0]] },
    gradients: { _ in [[-1], [1]] })
}

/// Gauss' two points on [0, 1], each of weight 1/2: exact to degree three.
enum GaussRule {
  static let points = [0.5 - 0.5 / 3.0.squareRoot(), 0.5 + 0.5 / 3.0.squareRoot()]
}
