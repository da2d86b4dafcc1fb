@_exported import DifferentiableCore

/// A box cut into equal cells, in 2D or 3D.
///
/// Nodes and cells are numbered with x fastest, then y, then z; y points up, z toward the viewer (right-handed).
/// Node (i, j, k) is `i + (nx + 1) * (j + (ny + 1) * k)`; cell (i, j, k) is `i + nx * (j + ny * k)`. A cell's corners
/// are in the same lexicographic order: corner c sits at (c & 1, (c >> 1) & 1, c >> 2).
public struct StructuredGrid: Sendable, Hashable {
  /// The lowest corner, in m; `dimension` entries.
  public let origin: [Double]
  /// Edge lengths of the box, in m; `dimension` entries.
  public let size: [Double]
  /// Cells along each axis; `dimension` entries.
  public let cells: [Int]

  public init(origin: [Double]? = nil, size: [Double], cells: [Int]) {
    precondition(size.count == cells.count && (2...3).contains(cells.count), "a grid has two or three axes")
    precondition(cells.allSatisfy { $0 > 0 } && size.allSatisfy { $0 > 0 }, "a grid has cells of positive size")
    self.origin = origin ?? [Double](repeating: 0, count: size.count)
    self.size = size
    self.cells = cells
  }

  public var dimension: Int { cells.count }
  public var cellCount: Int { cells.reduce(1, *) }
  public var nodeCount: Int { cells.reduce(1) { $0 * ($1 + 1) } }
  /// Edge lengths of one cell, in m.
  public var spacing: [Double] { zip(size, cells).map { $0 / Double($1) } }
  /// Area (2D, m²) or volume (3D, m³) of one cell.
  public var cellVolume: Double { spacing.reduce(1, *) }

  /// Node index of (i, j, k).
  public func node(_ ijk: [Int]) -> Int {
    zip(ijk, cells).reversed().reduce(0) { $0 * ($1.1 + 1) + $1.0 }
  }

  /// The nodes whose (i, j, k) are as wanted: `grid.nodes { $0[0] == 0 }` is the side at the smallest x.
  public func nodes(where isWanted: (_ ijk: [Int]) -> Bool) -> [Int] {
    (0..<nodeCount).filter { isWanted(position(ofNode: $0)) }
  }

  /// Cell index of (i, j, k).
  public func cell(_ ijk: [Int]) -> Int { zip(ijk, cells).reversed().reduce(0) { $0 * $1.1 + $1.0 } }

  /// (i, j, k) of a node.
  public func position(ofNode node: Int) -> [Int] {
    var rest = node
    return cells.map { n in
      defer { rest /= n + 1 }
      return rest % (n + 1)
    }
  }

  /// (i, j, k) of a cell.
  public func position(ofCell cell: Int) -> [Int] {
    var rest = cell
    return cells.map { n in
      defer { rest /= n }
      return rest % n
    }
  }

  /// Coordinates of a node, in m.
  public func point(ofNode node: Int) -> [Double] {
    zip(position(ofNode: node), zip(origin, spacing)).map { $1.0 + Double($0) * $1.1 }
  }

  /// Coordinates of the centre of a cell, in m.
  public func centroid(ofCell cell: Int) -> [Double] {
    zip(position(ofCell: cell), zip(origin, spacing)).map { $1.0 + (Double($0) + 0.5) * $1.1 }
  }

  /// The corners of a cell, in lexicographic order.
  public func nodes(ofCell cell: Int) -> [Int] {
    let base = position(ofCell: cell)
    return (0..<(1 << dimension)).map { corner in
      node(base.enumerated().map { axis, i in i + (corner >> axis) & 1 })
    }
  }
}
