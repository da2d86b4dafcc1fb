extension UnstructuredMesh {
  /// A facet that belongs to one cell only.
  public struct BoundaryFacet: Sendable, Equatable {
    public let cell: Int
    /// Counter-clockwise when seen from outside; in 2D the cell is on the left.
    public let nodes: [Int]
  }

  /// The facets on the boundary, in the order of their cells. A facet shared by two cells is inside.
  public var boundaryFacets: [BoundaryFacet] {
    var count: [[Int]: Int] = [:]
    var all: [(key: [Int], facet: BoundaryFacet)] = []
    for (index, block) in blocks.enumerated() {
      for cell in cells(ofBlock: index) {
        let own = nodes(ofCell: cell)
        for local in block.shape.facets {
          let nodes = local.map { own[$0] }
          let key = nodes.sorted()
          count[key, default: 0] += 1
          all.append((key, BoundaryFacet(cell: cell, nodes: nodes)))
        }
      }
    }
    return all.compactMap { count[$0.key] == 1 ? $0.facet : nil }
  }

  /// The mesh of a structured grid: quad4 or hex8 cells in the order of the grid's own.
  public init(_ grid: StructuredGrid) throws(MeshError) {
    let order = grid.dimension == 2 ? [0, 1, 3, 2] : [0, 1, 3, 2, 4, 5, 7, 6]
    var nodes: [Int32] = []
    for cell in 0..<grid.cellCount {
      let corners = grid.nodes(ofCell: cell)
      for corner in order { nodes.append(Int32(corners[corner])) }
    }
    try self.init(
      dimension: grid.dimension, points: (0..<grid.nodeCount).flatMap { grid.point(ofNode: $0) },
      blocks: [CellBlock(grid.dimension == 2 ? .quad4 : .hex8, nodes: nodes)])
  }
}
