/// A strip of boxes that grow along x: the smallest domain that is not a `StructuredGrid`.
public struct GradedStrip: Domain {
  public let rows: Int
  public let columns: Int
  private let edges: [Double]

  public init(columns: Int = 10, rows: Int = 4) {
    self.columns = columns
    self.rows = rows
    edges = (0...columns).map { i in
      let s = Double(i) / Double(columns)
      return s * (0.5 + 0.5 * s)
    }
  }

  public var dimension: Int { 2 }
  public var nodeCount: Int { (columns + 1) * (rows + 1) }
  public var cellCount: Int { columns * rows }

  public func point(ofNode node: Int) -> [Double] {
    [edges[node % (columns + 1)], Double(node / (columns + 1)) / Double(rows)]
  }

  public func centroid(ofCell cell: Int) -> [Double] {
    let i = cell % columns
    return [0.5 * (edges[i] + edges[i + 1]), (Double(cell / columns) + 0.5) / Double(rows)]
  }

  public func volume(ofCell cell: Int) -> Double {
    let i = cell % columns
    return (edges[i + 1] - edges[i]) / Double(rows)
  }

  public func nodes(ofCell cell: Int) -> [Int] {
    let first = cell % columns + (columns + 1) * (cell / columns)
    return [first, first + 1, first + columns + 2, first + columns + 1]
  }
}
