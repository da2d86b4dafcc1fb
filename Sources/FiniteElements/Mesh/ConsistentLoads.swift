/// Nodal loads that do the same work as given forces, tractions and sources on every field of the elements.
///
/// A load of `components` numbers per node: the axes for elasticity (N), one for diffusion (W).
public enum ConsistentLoads {
  /// Forces at nodes: the same at each of `nodes`. `[nodeCount * force.count]`
  public static func nodal(_ force: [Double], at nodes: [Int], of domain: any Domain) -> DenseVector {
    var load = DenseVector(zeros: domain.nodeCount * force.count)
    for node in nodes { for (r, value) in force.enumerated() { load[node * force.count + r] += value } }
    return load
  }

  /// A traction (Pa) or a heat flux (W/m²) on facets: ∫ N t over each.
  /// - Parameters:
  ///   - traction: per axis, or one entry for a flux.
  ///   - facets: nodes of each, in order around it: two in 2D, three or four in 3D.
  ///   - domain: whose nodes they are.
  ///   - thickness: out of the plane (m), two dimensions only.
  public static func traction(
    _ traction: [Double], on facets: [[Int]], of domain: any Domain, thickness: Double = 1
  ) -> DenseVector {
    let d = traction.count
    var load = DenseVector(zeros: domain.nodeCount * d)
    for facet in facets {
      for (node, weight) in zip(facet, shapeIntegrals(facet, domain, thickness)) {
        for r in 0..<d { load[node * d + r] += weight * traction[r] }
      }
    }
    return load
  }

  /// A total force (N) or heat flow (W) spread evenly over facets.
  public static func total(_ force: [Double], over facets: [[Int]], of domain: any Domain) -> DenseVector {
    let area = facets.reduce(0) { $0 + shapeIntegrals($1, domain, 1).reduce(0, +) }
    precondition(area > 0, "a force on facets without extent")
    return traction(force.map { $0 / area }, on: facets, of: domain)
  }

  /// ∫ N over one facet, for each of its nodes.
  private static func shapeIntegrals(_ facet: [Int], _ domain: any Domain, _ thickness: Double) -> [Double] {
    guard let shape = CellShape.facet(ofDimension: domain.dimension - 1, nodeCount: facet.count) else {
      preconditionFailure("a facet of \(facet.count) nodes in \(domain.dimension) dimensions")
    }
    let scale = domain.dimension == 2 ? thickness : 1
    return PieceIntegrals(domain).shapeIntegrals(MeshPiece(shape: shape, nodes: facet, cell: 0)).map { $0 * scale }
  }
}

extension StructuredGrid {
  /// The facets of one side of the box, each with its nodes in order around it.
  /// - Parameters:
  ///   - axis: the axis that the side is normal to.
  ///   - atEnd: true for the side at the larger coordinate.
  public func facets(normalTo axis: Int, atEnd: Bool) -> [[Int]] {
    let others = (0..<dimension).filter { $0 != axis }
    var facets: [[Int]] = []
    for cell in 0..<cellCount {
      var ijk = position(ofCell: cell)
      guard ijk[axis] == (atEnd ? cells[axis] - 1 : 0) else { continue }
      if atEnd { ijk[axis] += 1 }
      let around = others.count == 1 ? [[0], [1]] : [[0, 0], [1, 0], [1, 1], [0, 1]]
      facets.append(
        around.map { step in
          var corner = ijk
          for (other, offset) in zip(others, step) { corner[other] += offset }
          return node(corner)
        })
    }
    return facets
  }
}
