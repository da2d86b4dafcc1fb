/// Integrals over cells, facets and edges that consistent nodal loads are made of.
public struct PieceIntegrals: Sendable {
  private let domain: any Domain

  public init(_ domain: any Domain) { self.domain = domain }

  /// ∫ N_a over a piece for each of its nodes: m, m² or m³ by the dimension of the piece.
  public func shapeIntegrals(_ piece: MeshPiece) -> [Double] {
    let sampling = ElementSampling(ElementTable.element(on: piece.shape))
    let x = piece.nodes.map { domain.position(ofNode: $0) }
    var integrals = [Double](repeating: 0, count: piece.nodes.count)
    for q in sampling.weights.indices {
      let measure = sampling.measure(point: q, x)
      for a in integrals.indices { integrals[a] += measure * sampling.values[q * sampling.nodeCount + a] }
    }
    return integrals
  }

  /// ∫ N_a n over a boundary facet for each of its nodes, n the outward unit normal. In m (2D) or m² (3D).
  public func normalIntegrals(_ piece: MeshPiece) -> [SIMD3<Double>] {
    let x = piece.nodes.map { domain.position(ofNode: $0) }
    var direction: SIMD3<Double>
    if piece.shape == .line2 {
      let along = x[1] - x[0]
      direction = SIMD3(along.y, -along.x, 0)
    } else {
      direction = cross(x[1] - x[0], x[x.count - 1] - x[0])
    }
    // Outward is away from the cell, whatever the order of the facet's nodes.
    let center = domain.centroid(ofCell: piece.cell)
    let inside = SIMD3(center[0], center[1], center.count > 2 ? center[2] : 0)
    if dot(direction, x[0] - inside) < 0 { direction = -direction }
    let normal = unit(direction)
    return shapeIntegrals(piece).map { $0 * normal }
  }
}
