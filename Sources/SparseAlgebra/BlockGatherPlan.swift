/// For every pair of nodes that share a cell (row node >= column node): which cell blocks add to it.
struct BlockGatherPlan: Sendable {
  let nodeCount: Int
  /// First block of each node's column, diagonal block first, and the number of blocks at the end. `[nodeCount + 1]`
  var blockStarts: [Int32] = []
  /// Row node of each block, ascending within a column. `[blockCount]`
  var rowNodes: [Int32] = []
  /// First contribution of each block, and the number of contributions at the end. `[blockCount + 1]`
  var contributionStarts: [Int32] = []
  var contributions: [Contribution] = []

  struct Contribution: Sendable {
    var cell: Int32
    /// Index into the blocks of `CellMatrices`.
    var block: Int32
  }

  init(connectivity: CellConnectivity, matrices: CellMatrices, matrixOfCell: [Int32]?) {
    nodeCount = connectivity.nodeCount
    let cellCount = connectivity.cellCount
    let (cellStarts, cellsOfNode) = connectivity.cellsByNode()

    // A node's own contributions: at most all nodes of all its cells, gathered, then sorted by row node.
    struct Entry {
      var row: Int32
      var contribution: Contribution
    }
    var entries: [Entry] = []
    contributions.reserveCapacity(cellCount * 10)
    blockStarts.reserveCapacity(nodeCount + 1)
    blockStarts.append(0)
    for node in 0..<nodeCount {
      entries.removeAll(keepingCapacity: true)
      let own = Int32(node)
      for k in Int(cellStarts[node])..<Int(cellStarts[node + 1]) {
        let cell = Int(cellsOfNode[k])
        let first = Int(connectivity.starts[cell])
        let count = Int(connectivity.starts[cell + 1]) - first
        let matrix = matrixOfCell.map { Int($0[cell]) } ?? (matrices.count == 1 ? 0 : cell)
        let base = matrices.blockStarts[matrix]
        for q in 0..<count where connectivity.nodes[first + q] == own {
          for p in 0..<count {
            let row = connectivity.nodes[first + p]
            if row < own { continue }
            // Insertion keeps the order of the cells among equal rows.
            var place = entries.count
            let entry = Entry(
              row: row, contribution: Contribution(cell: Int32(cell), block: Int32(base + p * count + q)))
            entries.append(entry)
            while place > 0 && entries[place - 1].row > row {
              entries[place] = entries[place - 1]
              place -= 1
            }
            entries[place] = entry
          }
        }
      }
      // A node of no cell still has its diagonal.
      if entries.isEmpty {
        rowNodes.append(own)
        contributionStarts.append(Int32(contributions.count))
      }
      var last: Int32 = -1
      for entry in entries {
        if entry.row != last {
          rowNodes.append(entry.row)
          contributionStarts.append(Int32(contributions.count))
          last = entry.row
        }
        contributions.append(entry.contribution)
      }
      blockStarts.append(Int32(rowNodes.count))
    }
    contributionStarts.append(Int32(contributions.count))
  }

  /// The pattern of unknowns: each node pair a dense block of `components` squared.
  func pattern(components d: Int) -> SparsePattern {
    var starts: [Int32] = [0]
    var rows: [Int32] = []
    starts.reserveCapacity(nodeCount * d + 1)
    rows.reserveCapacity(rowNodes.count * d * d)
    for node in 0..<nodeCount {
      let first = Int(blockStarts[node]), end = Int(blockStarts[node + 1])
      for c in 0..<d {
        for r in c..<d { rows.append(Int32(node * d + r)) }
        for block in first + 1..<end {
          let row = Int(rowNodes[block]) * d
          for r in 0..<d { rows.append(Int32(row + r)) }
        }
        starts.append(Int32(rows.count))
      }
    }
    return SparsePattern(columnStarts: starts, rows: rows)
  }
}

extension CellConnectivity {
  /// The cells around each node, ascending: first entry of each node, and the cells.
  public func cellsByNode() -> (starts: [Int32], cells: [Int32]) {
    var starts = [Int32](repeating: 0, count: nodeCount + 1)
    for node in nodes { starts[Int(node) + 1] += 1 }
    for node in 0..<nodeCount { starts[node + 1] += starts[node] }
    var next = starts
    var cells = [Int32](repeating: 0, count: nodes.count)
    for cell in 0..<cellCount {
      for k in Int(self.starts[cell])..<Int(self.starts[cell + 1]) {
        let node = Int(nodes[k])
        cells[Int(next[node])] = Int32(cell)
        next[node] += 1
      }
    }
    return (starts, cells)
  }
}
