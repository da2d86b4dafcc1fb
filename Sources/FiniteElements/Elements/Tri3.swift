extension Element {
  /// Three-node triangle on r, s >= 0, r + s <= 1; quadrature exact to degree two (Strang and Fix 1973).
  public static let tri3 = Element(
    shape: .tri3,
    nodes: [[0, 0], [1, 0], [0, 1]],
    quadrature: [
      QuadraturePoint([near, near], weight: 1 / 6),
      QuadraturePoint([far, near], weight: 1 / 6),
      QuadraturePoint([near, far], weight: 1 / 6),
    ],
    degree: 1,
    values: { x in [1 - x[0] - x[1], x[0], x[1]] },
    gradients: { _ in [[-1, -1], [1, 0], [0, 1]] })
}

private let near = 1.0 / 6
private let far = 2.0 / 3
