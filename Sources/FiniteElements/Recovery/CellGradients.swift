/// Gradients of nodal fields at the centres of cells, where linear elements are most accurate.
struct CellGradients: Sendable {
  private let domain: any Domain
  /// Reference gradients at the centre, by shape.
  private let reference: [CellShape: [SIMD3<Double>]]

  init(_ domain: any Domain) {
    self.domain = domain
    reference = Dictionary(
      uniqueKeysWithValues: ElementTable.all.map { element in
        let center = (0..<element.dimension).map { axis in
          element.nodes.reduce(0) { $0 + $1[axis] } / Double(element.nodeCount)
        }
        let gradients = element.gradients(center).map { g in SIMD3(g[0], g.count > 1 ? g[1] : 0, g.count > 2 ? g[2] : 0)
        }
        return (element.shape, gradients)
      })
  }

  /// Calls `body` with every cell, its nodes and the physical gradients of its shape functions.
  func forEachCell(_ body: (_ cell: Int, _ nodes: [Int], _ gradients: [SIMD3<Double>]) -> Void) {
    for cell in 0..<domain.cellCount {
      let nodes = domain.shapeNodes(ofCell: cell)
      let local = reference[domain.shape(ofCell: cell)] ?? []
      var jr = SIMD3<Double>.zero, js = SIMD3<Double>.zero, jt = SIMD3<Double>.zero
      for (node, g) in zip(nodes, local) {
        let x = domain.position(ofNode: node)
        jr += x * g.x
        js += x * g.y
        jt += x * g.z
      }
      if domain.dimension == 2 { jt = SIMD3(0, 0, 1) }
      let rowR = cross(js, jt), rowS = cross(jt, jr), rowT = cross(jr, js)
      let inverse = 1 / dot(jr, rowR)
      body(cell, nodes, local.map { (rowR * $0.x + rowS * $0.y + rowT * $0.z) * inverse })
    }
  }
}
