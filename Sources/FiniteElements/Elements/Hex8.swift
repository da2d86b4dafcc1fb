extension Element {
  /// Eight-node hexahedron on [0, 1]³, bottom counter-clockwise, then top; 2 x 2 x 2 Gauss points.
  public static let hex8 = Element(
    shape: .hex8,
    nodes: [
      [0, 0, 0], [1, 0, 0], [1, 1, 0], [0, 1, 0],
      [0, 0, 1], [1, 0, 1], [1, 1, 1], [0, 1, 1],
    ],
    quadrature: GaussRule.points.flatMap { t in
      GaussRule.points.flatMap { s in GaussRule.points.map { r in QuadraturePoint([r, s, t], weight: 0.125) } }
    },
    degree: 1,
    values: { x in
      let r = x[0], s = x[1], t = x[2]
      let p = 1 - r, q = 1 - s, b = 1 - t
      let bottom: [Double] = [p * q * b, r * q * b, r * s * b, p * s * b]
      let top: [Double] = [p * q * t, r * q * t, r * s * t, p * s * t]
      return bottom + top
    },
    gradients: { x in
      let r = x[0], s = x[1], t = x[2]
      let p = 1 - r, q = 1 - s, b = 1 - t
      let bottom: [[Double]] = [
        [-q * b, -p * b, -p * q],
        [q * b, -r * b, -r * q],
        [s * b, r * b, -r * s],
        [-s * b, p * b, -p * s],
      ]
      let top: [[Double]] = [
        [-q * t, -p * t, p * q],
        [q * t, -r * t, r * q],
        [s * t, r * t, r * s],
        [-s * t, p * t, p * s],
      ]
      return bottom + top
    })
}
