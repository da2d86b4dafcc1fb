/// An element's shape functions and reference gradients at its quadrature points, flat, for loops over cells.
struct ElementSampling: Sendable {
  let nodeCount: Int
  let dimension: Int
  /// `[pointCount]`
  let weights: [Double]
  /// `[pointCount, nodeCount]`
  let values: [Double]
  /// Unused axes are zero. `[pointCount, nodeCount]`
  let gradients: [SIMD3<Double>]

  init(_ element: Element) {
    nodeCount = element.nodeCount
    dimension = element.dimension
    weights = element.quadrature.map(\.weight)
    values = element.quadrature.flatMap { element.values($0.at) }
    gradients = element.quadrature.flatMap { point in
      element.gradients(point.at).map { g in SIMD3(g[0], g.count > 1 ? g[1] : 0, g.count > 2 ? g[2] : 0) }
    }
  }

  /// Physical gradients of the shape functions at a quadrature point, and the quadrature weight times the Jacobian
  /// determinant. `x` holds the nodes' coordinates, z = 0 in 2D.
  func mapGradients(
    point q: Int, _ x: UnsafePointer<SIMD3<Double>>, into physical: UnsafeMutablePointer<SIMD3<Double>>
  ) -> Double {
    // Columns of the Jacobian: ∂x/∂r, ∂x/∂s, ∂x/∂t.
    var jr = SIMD3<Double>.zero, js = SIMD3<Double>.zero, jt = SIMD3<Double>.zero
    for a in 0..<nodeCount {
      let g = gradients[q * nodeCount + a]
      jr += x[a] * g.x
      js += x[a] * g.y
      jt += x[a] * g.z
    }
    if dimension == 2 { jt = SIMD3(0, 0, 1) }
    // Rows of the inverse times the determinant are the cross products of the columns.
    let rowR = cross(js, jt), rowS = cross(jt, jr), rowT = cross(jr, js)
    let determinant = (jr * rowR).sum()
    let inverse = 1 / determinant
    for a in 0..<nodeCount {
      let g = gradients[q * nodeCount + a]
      physical[a] = (rowR * g.x + rowS * g.y + rowT * g.z) * inverse
    }
    return weights[q] * determinant
  }

  /// The quadrature weight times the length, area or volume element at a quadrature point, for cells and for facets
  /// in a space of one dimension more.
  func measure(point q: Int, _ x: UnsafePointer<SIMD3<Double>>) -> Double {
    var jr = SIMD3<Double>.zero, js = SIMD3<Double>.zero, jt = SIMD3<Double>.zero
    for a in 0..<nodeCount {
      let g = gradients[q * nodeCount + a]
      jr += x[a] * g.x
      js += x[a] * g.y
      jt += x[a] * g.z
    }
    switch dimension {
    case 1: return weights[q] * (jr * jr).sum().squareRoot()
    case 2:
      let normal = cross(jr, js)
      return weights[q] * (normal * normal).sum().squareRoot()
    default: return weights[q] * (jr * cross(js, jt)).sum()
    }
  }
}
