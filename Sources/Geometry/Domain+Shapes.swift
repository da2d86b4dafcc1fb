extension Domain {
  /// The shape of a cell.
  public func shape(ofCell cell: Int) -> CellShape {
    if self is StructuredGrid { return dimension == 2 ? .quad4 : .hex8 }
    let count = nodes(ofCell: cell).count
    // Within a dimension the number of nodes tells the shape.
    return CellShape.facet(ofDimension: dimension, nodeCount: count) ?? (dimension == 2 ? .quad4 : .hex8)
  }

  /// The nodes of a cell in the order of its shape (VTK's), where `nodes(ofCell:)` of a grid is lexicographic.
  public func shapeNodes(ofCell cell: Int) -> [Int] {
    let nodes = nodes(ofCell: cell)
    guard self is StructuredGrid else { return nodes }
    return (dimension == 2 ? [0, 1, 3, 2] : [0, 1, 3, 2, 4, 5, 7, 6]).map { nodes[$0] }
  }

  /// Coordinates of a node with z = 0 in 2D, in m.
  public func position(ofNode node: Int) -> SIMD3<Double> {
    let x = point(ofNode: node)
    return SIMD3(x[0], x[1], dimension == 3 ? x[2] : 0)
  }
}

/// A cell, facet or edge by its nodes, in the order of its shape.
public struct MeshPiece: Sendable, Hashable {
  public let shape: CellShape
  public let nodes: [Int]
  /// The cell it belongs to; one of them where several share it.
  public let cell: Int

  public init(shape: CellShape, nodes: [Int], cell: Int) {
    self.shape = shape
    self.nodes = nodes
    self.cell = cell
  }
}

extension Domain {
  /// The pieces of the highest dimension that lie wholly in a set of nodes: cells, else facets, else edges, each once;
  /// empty where the set holds no more than single nodes.
  ///
  /// - Parameters:
  ///   - selected: true at the nodes of the set. `[nodeCount]`
  ///   - boundaryOnly: facets that two cells share do not count, and cells neither.
  public func pieces(within selected: [Bool], boundaryOnly: Bool = false) -> [MeshPiece] {
    var touched: [Int] = []
    for cell in 0..<cellCount where nodes(ofCell: cell).contains(where: { selected[$0] }) { touched.append(cell) }
    if !boundaryOnly {
      let whole = touched.filter { nodes(ofCell: $0).allSatisfy { selected[$0] } }
      if !whole.isEmpty {
        return whole.map { MeshPiece(shape: shape(ofCell: $0), nodes: shapeNodes(ofCell: $0), cell: $0) }
      }
    }
    let facets = facets(of: touched, within: selected, boundaryOnly: boundaryOnly)
    if !facets.isEmpty || dimension == 2 { return facets }
    return edges(of: touched, within: selected)
  }

  private func facets(of cells: [Int], within selected: [Bool], boundaryOnly: Bool) -> [MeshPiece] {
    var found: [Set<Int>: (piece: MeshPiece, count: Int)] = [:]
    var order: [Set<Int>] = []
    for cell in cells {
      let nodes = shapeNodes(ofCell: cell)
      for facet in shape(ofCell: cell).facets {
        let members = facet.map { nodes[$0] }
        guard members.allSatisfy({ selected[$0] }) else { continue }
        let key = Set(members)
        if let known = found[key] {
          found[key] = (known.piece, known.count + 1)
        } else if let shape = CellShape.facet(ofDimension: dimension - 1, nodeCount: members.count) {
          found[key] = (MeshPiece(shape: shape, nodes: members, cell: cell), 1)
          order.append(key)
        }
      }
    }
    return order.compactMap { key in
      let entry = found[key]!
      return boundaryOnly && entry.count > 1 ? nil : entry.piece
    }
  }

  private func edges(of cells: [Int], within selected: [Bool]) -> [MeshPiece] {
    var seen: Set<Set<Int>> = []
    var result: [MeshPiece] = []
    for cell in cells {
      let nodes = shapeNodes(ofCell: cell)
      for facet in shape(ofCell: cell).facets {
        for (a, b) in zip(facet, facet.dropFirst() + facet.prefix(1)) {
          let members = [nodes[a], nodes[b]]
          guard selected[members[0]], selected[members[1]], seen.insert(Set(members)).inserted else { continue }
          result.append(MeshPiece(shape: .line2, nodes: members, cell: cell))
        }
      }
    }
    return result
  }
}
