/// A discretization on a cell: nodes, shape functions and quadrature on the reference cell.
///
/// Each member of the catalog is one file that reads like a table; everything else is computed from it.
public struct Element: Sendable {
  public let shape: CellShape
  /// Reference coordinates of the nodes. `[nodeCount, dimension]`
  public let nodes: [[Double]]
  /// Exact for polynomials of the degree that mass matrices and loads need.
  public let quadrature: [QuadraturePoint]
  /// Degree of the polynomials that the shape functions reproduce.
  public let degree: Int
  /// Shape functions at a reference point. `[nodeCount]`
  public let values: @Sendable (_ at: [Double]) -> [Double]
  /// Reference gradients at a reference point. `[nodeCount, dimension]`
  public let gradients: @Sendable (_ at: [Double]) -> [[Double]]

  /// A point of the reference cell and its weight; the weights sum to the measure of the reference cell.
  public struct QuadraturePoint: Sendable, Equatable {
    public let at: [Double]
    public let weight: Double

    public init(_ at: [Double], weight: Double) {
      self.at = at
      self.weight = weight
    }
  }

  public var nodeCount: Int { shape.nodeCount }
  public var dimension: Int { shape.dimension }
}

/// The catalog of elements on cells; tests sweep it.
public enum ElementTable {
  public static let all: [Element] = [.tri3, .quad4, .tet4, .hex8]

  /// The element on cells or facets of a shape.
  public static func element(on shape: CellShape) -> Element {
    switch shape {
    case .line2: .line2
    case .tri3: .tri3
    case .quad4: .quad4
    case .tet4: .tet4
    case .hex8: .hex8
    }
  }
}
