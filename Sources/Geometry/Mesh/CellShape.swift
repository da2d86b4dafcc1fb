/// The shape of a cell or of a facet, its nodes numbered as VTK and Gmsh number them.
///
/// A quadrilateral goes round counter-clockwise; a hexahedron has its bottom counter-clockwise, then its top; a
/// tetrahedron has its first triangle counter-clockwise when seen from the fourth node's side.
public enum CellShape: String, Sendable, CaseIterable, Hashable {
  case line2, tri3, quad4, tet4, hex8

  public var dimension: Int {
    switch self {
    case .line2: 1
    case .tri3, .quad4: 2
    case .tet4, .hex8: 3
    }
  }

  public var nodeCount: Int {
    switch self {
    case .line2: 2
    case .tri3: 3
    case .quad4, .tet4: 4
    case .hex8: 8
    }
  }

  /// The local nodes of each facet, seen counter-clockwise from outside (in 2D: with the cell on the left).
  public var facets: [[Int]] {
    switch self {
    case .line2: [[0], [1]]
    case .tri3: [[0, 1], [1, 2], [2, 0]]
    case .quad4: [[0, 1], [1, 2], [2, 3], [3, 0]]
    case .tet4: [[0, 2, 1], [0, 1, 3], [1, 2, 3], [2, 0, 3]]
    case .hex8: [[0, 3, 2, 1], [4, 5, 6, 7], [0, 1, 5, 4], [1, 2, 6, 5], [2, 3, 7, 6], [3, 0, 4, 7]]
    }
  }

  /// The number that VTK files use for this shape.
  public var vtkType: UInt8 {
    switch self {
    case .line2: 3
    case .tri3: 5
    case .quad4: 9
    case .tet4: 10
    case .hex8: 12
    }
  }

  /// The shape of a facet of a cell, by its dimension and its number of nodes.
  public static func facet(ofDimension dimension: Int, nodeCount: Int) -> CellShape? {
    allCases.first { $0.dimension == dimension && $0.nodeCount == nodeCount }
  }
}
