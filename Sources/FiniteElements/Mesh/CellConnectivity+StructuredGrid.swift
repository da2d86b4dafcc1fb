extension CellConnectivity {
  /// The cells of a grid, corners in lexicographic order.
  public init(_ grid: StructuredGrid) {
    let corners = 1 << grid.dimension
    let nx = grid.cells[0], ny = grid.cells[1], nz = grid.dimension == 3 ? grid.cells[2] : 1
    let row = nx + 1, layer = row * (ny + 1)
    var nodes: [Int32] = []
    nodes.reserveCapacity(grid.cellCount * corners)
    for k in 0..<nz {
      for j in 0..<ny {
        for i in 0..<nx {
          let base = i + row * j + layer * k
          for c in 0..<corners {
            nodes.append(Int32(base + (c & 1) + row * ((c >> 1) & 1) + layer * (c >> 2)))
          }
        }
      }
    }
    self.init(nodeCount: grid.nodeCount, nodesPerCell: corners, nodes: nodes)
  }
}
