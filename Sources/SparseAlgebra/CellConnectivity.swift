/// Which nodes each cell has, flat.
public struct CellConnectivity: Sendable, Equatable {
  public let nodeCount: Int
  /// First entry of each cell in `nodes`, and the number of entries at the end. `[cellCount + 1]`
  public let starts: [Int32]
  /// Nodes of the cells, one cell after the other, in the order of the cell matrices.
  public let nodes: [Int32]

  public init(nodeCount: Int, starts: [Int32], nodes: [Int32]) {
    precondition(starts.first == 0 && Int(starts.last!) == nodes.count, "cell starts do not span the nodes")
    precondition(nodes.allSatisfy { $0 >= 0 && $0 < Int32(nodeCount) }, "a cell names a node that does not exist")
    self.nodeCount = nodeCount
    self.starts = starts
    self.nodes = nodes
  }

  /// Cells that all have `nodesPerCell` nodes. `nodes` is `[cellCount, nodesPerCell]`.
  public init(nodeCount: Int, nodesPerCell: Int, nodes: [Int32]) {
    self.init(
      nodeCount: nodeCount, starts: (0...nodes.count / nodesPerCell).map { Int32($0 * nodesPerCell) }, nodes: nodes)
  }

  public var cellCount: Int { starts.count - 1 }

  /// Nodes of one cell.
  public func nodes(ofCell cell: Int) -> ArraySlice<Int32> { nodes[Int(starts[cell])..<Int(starts[cell + 1])] }
}
