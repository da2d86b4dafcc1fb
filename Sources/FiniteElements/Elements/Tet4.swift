extension Element {
  /// Four-node tetrahedron on r, s, t >= 0, r + s + t <= 1; quadrature exact to degree two (Keast 1986).
  public static let tet4 = Element(
    shape: .tet4,
    nodes: [[0, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1]],
    quadrature: [
      QuadraturePoint([near, near, near], weight: 1 / 24),
      QuadraturePoint([far, near, near], weight: 1 / 24),
      QuadraturePoint([near, far, near], weight: 1 / 24),
      QuadraturePoint([near, near, far], weight: 1 / 24),
    ],
    degree: 1,
    values: { x in [1 - x[0] - x[1] - x[2], x[0], x[1], x[2]] },
    gradients: { _ in [[-1, -1, -1], [1, 0, 0], [0, 1, 0], [0, 0, 1]] })
}

private let near = (5 - 5.0.squareRoot()) / 20
private let far = (5 + 3 * 5.0.squareRoot()) / 20
